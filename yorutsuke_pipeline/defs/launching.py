"""Launching days from outside of Dagster's UI: into the queue that a running `dagster dev` works off.

What belongs here: the instance (its history and its queue), which days failed, and launching runs. Which
half a failed day needs is `engine/retrying.py`; words and options are the command line's.
"""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.errors import DagsterHomeNotSetError  # exported nowhere else; raised by the public `get`

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.jobs import WORKLOAD_TAG
from yorutsuke_pipeline.defs.partitions import build_days
from yorutsuke_pipeline.defs.run_failures import failure_reasons
from yorutsuke_pipeline.defs.sensors.day_runs import PARTITION_TAG, UNDER_WAY, DayRuns
from yorutsuke_pipeline.engine.errors import ConfigurationError, PermanentError
from yorutsuke_pipeline.engine.intent import Intent
from yorutsuke_pipeline.engine.retrying import Half

_LAUNCH_TAG = "yorutsuke/launch"
_QUEUE_DAEMON = "QUEUED_RUN_COORDINATOR"
# The daemon gives a sign of life every 30 s; Dagster itself believes in it for half an hour.
_SECONDS_WITHOUT_SIGN = 90.0
_SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(frozen=True)
class LaunchedRun:
    """A run of one day, as it was when asked for.

    Attributes:
        status: Dagster's word, such as QUEUED or SUCCESS.
        failure: The first line of why it failed; None of a run that did not.
    """

    run_id: str
    day: date
    half: Half
    status: str
    failure: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, well or badly."""
        return dg.DagsterRunStatus(self.status) not in UNDER_WAY

    @property
    def ended_well(self) -> bool:
        """Whether it succeeded."""
        return self.status == dg.DagsterRunStatus.SUCCESS.value


@dataclass(frozen=True)
class Launchpad:
    """Dagster's instance, and the folder in which `dagster dev` runs.

    Attributes:
        blueprint: The workload's whose days these are.
        instance: Where Dagster keeps its history and its queue.
        folder: Holds workspace.yaml; relative paths in dagster.yaml start here.
        home: What DAGSTER_HOME must be for the instance to be found again; None if it is set already.
    """

    blueprint: Blueprint
    instance: dg.DagsterInstance
    folder: Path
    home: Path | None

    def failed_days(
        self, first: date, last: date, *, first_partition: date, open_intents: Iterable[Intent]
    ) -> list[date]:
        """Return the days whose latest status is failed, for any of the six assets, or whose intent a run left failed.

        Args:
            first: The first day.
            last: The last day, included.
            first_partition: No day before it has a status.
            open_intents: The workload's. Another intent's run turns their day green and does nothing for them.
        """
        days = build_days(first_partition)
        keys = [day.isoformat() for day in _days(max(first, first_partition), last)]
        there = [intent for intent in open_intents if intent.day.isoformat() in keys]
        left = DayRuns(self.instance, [self.blueprint]).left_failed(there)
        failed = {intent.day.isoformat() for intent in there if intent.intent_id in left}
        for asset in (*self.blueprint.submitted_half, *self.blueprint.ingested_half):
            statuses = self.instance.get_status_by_partition(dg.AssetKey(asset), keys, days) or {}
            failed.update(key for key, status in statuses.items() if status is not None and status.value == "FAILED")
        return [date.fromisoformat(key) for key in sorted(failed)]

    def busy_days(self, days: Iterable[date]) -> set[date]:
        """Return those of `days` for which a run is queued or under way."""
        return {day for day in days if any(self._is_ours(run) for run in self.instance.get_runs(_unfinished_runs(day)))}

    def launch(self, half: Half, days: Sequence[date]) -> list[LaunchedRun]:
        """Put a run of `half` for each day into the queue.

        Through `dagster job backfill`, the one public way from a process of its own: it makes a run for each
        day and hands it to the instance's queue, whether or not a daemon is there to take it.

        Raises:
            PermanentError: Dagster refused; the message holds its last words.
        """
        tag = uuid.uuid4().hex
        command = [
            *(sys.executable, "-m", "dagster", "job", "backfill", "--noprompt"),
            *("--workspace", str(self.folder / "workspace.yaml"), "--job", self.blueprint.job(half)),
            *("--partitions", ",".join(day.isoformat() for day in days)),
            *("--tags", json.dumps({_LAUNCH_TAG: tag})),
        ]
        ended = subprocess.run(command, cwd=self.folder, env=self._environment(), capture_output=True, check=False)  # noqa: S603 — our own words
        runs = self.instance.get_runs(dg.RunsFilter(tags={_LAUNCH_TAG: tag}))
        if ended.returncode != 0 or len(runs) < len(days):
            words = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-5:]
            raise PermanentError(
                f"Dagster launched {len(runs)} of {len(days)} runs of {half}. Its last words: {' '.join(words)}",
            )
        return sorted((_launched(run, half) for run in runs), key=lambda run: run.day)

    def daemon_is_alive(self) -> bool:
        """Tell whether somebody takes runs from the queue."""
        status = self.instance.get_daemon_statuses([_QUEUE_DAEMON])[_QUEUE_DAEMON]
        if not status.required:
            return True
        sign = status.last_heartbeat
        return sign is not None and time.time() - sign.timestamp < _SECONDS_WITHOUT_SIGN

    def wait(self, runs: Sequence[LaunchedRun], progress: Callable[[int, int], None]) -> list[LaunchedRun]:
        """Return the runs once all of them have ended; `progress` gets how many have, and of how many."""
        while True:
            now = [self._seen_again(run) for run in runs]
            finished = sum(run.is_finished for run in now)
            progress(finished, len(now))
            if finished == len(now):
                return now
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _is_ours(self, run: dg.DagsterRun) -> bool:
        """Tell whether a run may work on this workload; one that a person launched in the UI has no tag."""
        return run.tags.get(WORKLOAD_TAG, self.blueprint.name) == self.blueprint.name

    def _seen_again(self, run: LaunchedRun) -> LaunchedRun:
        found = self.instance.get_run_by_id(run.run_id)
        if found is None:
            raise PermanentError(f"run {run.run_id} of {run.day} was deleted while it was waited for")
        seen = _launched(found, run.half)
        if found.status is not dg.DagsterRunStatus.FAILURE:
            return seen
        return replace(seen, failure=next(failure_reasons(found, self.instance)).partition("\n")[0])

    def _environment(self) -> dict[str, str]:
        return {**os.environ} if self.home is None else {**os.environ, "DAGSTER_HOME": str(self.home)}


@contextmanager
def launchpad(blueprint: Blueprint) -> Iterator[Launchpad]:
    """Open Dagster's instance for the days of a workload.

    That of DAGSTER_HOME, else the one of plain `dagster dev` in the checkout.

    The process stands in the checkout meanwhile, as `dagster dev` does: dagster.yaml has relative paths.

    Raises:
        ConfigurationError: There is no workspace.yaml or no instance.
    """
    folder = _workspace_folder()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with ExitStack() as stack:
            home = None
            try:
                instance = stack.enter_context(dg.DagsterInstance.get())
            except DagsterHomeNotSetError:
                home = _checked_home(folder)
                instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
            yield Launchpad(blueprint, instance, folder, home)
    finally:
        os.chdir(before)


def _workspace_folder() -> Path:
    places = (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2])
    for place in places:
        if (place / "workspace.yaml").is_file():
            return place
    raise ConfigurationError(
        f"there is no workspace.yaml in {places[0]} or above: run this where `dagster dev` is run, in the checkout",
    )


def _checked_home(folder: Path) -> Path:
    if not (folder / "dagster.yaml").is_file():
        raise ConfigurationError(
            f"Dagster's history is not found: set DAGSTER_HOME as for `dagster dev`, or put a dagster.yaml in {folder}",
        )
    return folder


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def _unfinished_runs(day: date) -> dg.RunsFilter:
    return dg.RunsFilter(tags={PARTITION_TAG: day.isoformat()}, statuses=UNDER_WAY)


def _launched(run: dg.DagsterRun, half: Half) -> LaunchedRun:
    return LaunchedRun(run.run_id, date.fromisoformat(run.tags[PARTITION_TAG]), half, run.status.value)
