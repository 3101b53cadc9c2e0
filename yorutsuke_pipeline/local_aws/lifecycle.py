"""Starting, finding, stopping and resetting the embedded AWS of one home.

What belongs here: what a caller does, in the caller's process; it needs nothing but the standard library
and milliseconds when a server already runs. What is kept out: what the server does (`server`).
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import time
from enum import Enum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from yorutsuke_pipeline.local_aws.endpoint import Endpoint, ask_to_stop, is_alive, read_endpoint
from yorutsuke_pipeline.local_aws.errors import OtherSettingsError, StartFailedError, UnresponsiveError
from yorutsuke_pipeline.local_aws.home import Home, starting
from yorutsuke_pipeline.local_aws.launch import launch
from yorutsuke_pipeline.local_aws.options import BEDROCK, Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEFAULT_ACCOUNT_ID = "000000000000"
DEFAULT_REGION = "us-east-1"
DEFAULT_IDLE_EXIT_SECONDS = 12 * 3600.0


class Condition(str, Enum):
    """What a home is doing."""

    RUNNING = "running"
    STOPPED = "stopped"
    UNRESPONSIVE = "unresponsive"


class Status(BaseModel):
    """What `yorutsuke aws status` tells. `endpoint` and `services` are there only while it runs."""

    model_config = ConfigDict(frozen=True)

    condition: Condition
    home: str
    log: str
    pid: int | None = None
    fresh: bool = Field(description="nobody has put the sample data in yet")
    endpoint: Endpoint | None = None
    services: dict[str, str] = Field(default_factory=dict, description="the address of each service")


def ensure_running(
    home: Path,
    *,
    environment: str = "dev",
    region: str = DEFAULT_REGION,
    account_id: str = DEFAULT_ACCOUNT_ID,
    port: int | None = None,
    idle_exit_seconds: float = DEFAULT_IDLE_EXIT_SECONDS,
    timeout_seconds: float = 60.0,
    bedrock: str = BEDROCK,
) -> Endpoint:
    """The endpoint of the server on this home, started if need be. However many ask at once, one starts.

    `port=None` takes the port of last time if it is free, else any. The server outlives the caller.
    Raises StartFailedError, UnresponsiveError or OtherSettingsError, each saying what to do.
    """
    place = Home(home.resolve())
    wanted = environment, region, account_id
    if (running := _answering(place)) is not None:
        return _as_wanted(running, wanted)
    with starting(place, timeout_seconds=timeout_seconds) as mine:
        if (running := _answering(place)) is not None:
            return _as_wanted(running, wanted)
        if not mine:
            raise UnresponsiveError(
                f"another process has been starting an embedded AWS on {place.path} for {timeout_seconds:.0f} s; "
                f"see {place.log_file}, or run `yorutsuke aws stop`."
            )
        if (revived := _outwait_predecessor(place)) is not None:
            return _as_wanted(revived, wanted)
        last = read_endpoint(place.endpoint_file)
        options = Options(
            home=place.path,
            instance=secrets.token_hex(16),
            port=port if port is not None else (last.port if last else 0),
            must_have_port=port is not None,
            region=region,
            account_id=account_id,
            environment=environment,
            idle_exit_seconds=idle_exit_seconds,
            bedrock=bedrock,
        )
        try:
            return launch(place, options, timeout_seconds=timeout_seconds)
        except StartFailedError:
            stop(home)  # one that was merely too slow would surprise the next caller
            raise


def stop(home: Path, *, timeout_seconds: float = 20.0) -> bool:
    """End the server on this home in good order, by force if it does not react; False if none ran.

    Only a process that holds the home's lock is ever sent a signal, never a number read from a file.
    """
    place = Home(home.resolve())
    pid = place.serving_pid()
    if pid is None:
        return False
    endpoint = read_endpoint(place.endpoint_file)
    if not (endpoint is not None and endpoint.pid == pid and ask_to_stop(endpoint)):
        _signal(place, pid, signal.SIGTERM)
    if not _until(lambda: place.serving_pid() != pid, timeout_seconds):
        _signal(place, pid, signal.SIGKILL)
        _until(lambda: place.serving_pid() != pid, timeout_seconds)
    return True


def status(home: Path) -> Status:
    """What the home is doing, without starting anything."""
    place = Home(home.resolve())
    endpoint = _answering(place)
    pid = endpoint.pid if endpoint else place.serving_pid()
    fallen_silent = Condition.UNRESPONSIVE if pid else Condition.STOPPED
    return Status(
        condition=Condition.RUNNING if endpoint else fallen_silent,
        home=str(place.path),
        log=str(place.log_file),
        pid=pid,
        fresh=not place.seeded_marker.exists(),
        endpoint=endpoint,
        services=endpoint.service_urls() if endpoint else {},
    )


def reset(home: Path) -> None:
    """Stop the server and delete everything it kept: the next start is a fresh one, on any port."""
    place = Home(home.resolve())
    with starting(place, timeout_seconds=60.0):
        stop(home)
        shutil.rmtree(place.state, ignore_errors=True)
        for path in (place.endpoint_file, place.seeded_marker):
            path.unlink(missing_ok=True)


def mark_seeded(home: Path) -> None:
    """Note that the sample data is in, so that `fresh` is False from now on."""
    Home(home.resolve()).seeded_marker.touch()


def _answering(place: Home) -> Endpoint | None:
    endpoint = read_endpoint(place.endpoint_file)
    return endpoint if endpoint is not None and is_alive(endpoint) else None


def _as_wanted(running: Endpoint, wanted: tuple[str, str, str]) -> Endpoint:
    found = running.environment, running.region, running.account_id
    if found != wanted:
        raise OtherSettingsError(
            f"the embedded AWS on {running.home} runs as environment, region, account {', '.join(found)}, "
            f"not {', '.join(wanted)}: run `yorutsuke aws stop` first, or use another home."
        )
    return running


def _outwait_predecessor(place: Home) -> Endpoint | None:
    """Wait for a server that is ending to end; or give the one that was merely slow to answer."""
    if _until(lambda: place.serving_pid() is None or _answering(place) is not None, 15.0):
        return _answering(place)
    raise UnresponsiveError(
        f"process {place.serving_pid()} serves {place.path} but does not answer; "
        f"see {place.log_file}, then run `yorutsuke aws stop`."
    )


def _signal(place: Home, pid: int, number: signal.Signals) -> None:
    if place.serving_pid() == pid:
        os.kill(pid, number)


def _until(is_so: Callable[[], bool], timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while not (so := is_so()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return so
