"""One night in a process of its own: the real Dagster jobs and the real sensor, over the real composition.

What belongs here: what the process that is killed does. It is a fork of one that has imported and rehearsed
all this (`zygote`), since that would cost every trial three seconds.
"""

from __future__ import annotations

import functools
import gc
import json
import logging
import os
import sys
import time
import urllib.request
import uuid
import warnings
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from yorutsuke_pipeline.composition import compose
from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.tables import markdown_table
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.proof.order import Order, Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagster._core.definitions.repository_definition import RepositoryDefinition

_SENSOR = "batch_completion"
# One for what the jobs did, one for what was left over, one that finds nothing, and one to spare.
_MOST_TICKS = 4
_TERMINAL = frozenset({"Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired"})
_SECONDS_FOR_JOBS = 60.0
_SECONDS_BETWEEN_LOOKS = 2.0  # a fiftieth of a second, in a fork of the zygote


def run_night(order: Order) -> None:
    """Become a worker that submits the day, waits for its jobs, and ingests what the sensor asks for."""
    _redirect(order.output)
    os.environ.update(order.environment())
    _Night(order).run()


def rehearse() -> None:
    """Do, without AWS, what every night does first, so that it is loaded and cached before the fork."""
    os.environ.update(Order("", "http://127.0.0.1:9", "", Path()).environment())
    product = compose()
    clients = product.clients
    _ = clients.s3, clients.dynamodb, clients.bedrock, clients.bedrock_runtime
    # Both load, when they are first asked, what takes most of a second: prices, and tables' pandas.
    product.prices.price(product.settings.model_id)
    markdown_table([{"column": "cell"}], ["column"])

    @dg.asset
    def rehearsal() -> None: ...

    logging.disable()
    dg.materialize([rehearsal], instance=_instance())
    logging.disable(logging.NOTSET)
    _instance.cache_clear()
    _instance()
    _sensor_resources()
    # A collection in the fork would touch, and so copy, every page of what is here: a third of a night's time.
    gc.collect()
    gc.freeze()
    gc.disable()


class _Night:
    """One night, in one Dagster instance that lives as long as the process: what must last is in AWS."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._runs: list[Run] = []
        self._stage = os.open(order.stage, os.O_WRONLY | os.O_CREAT)

    def run(self) -> None:
        """Write down how the runs ended, also when something unforeseen ends the night."""
        try:
            if self._order.retried is not None:
                self.execute("ingest_results", {INTENT_TAG: self._order.retried})
            else:
                self._go_through()
        finally:
            self._order.runs.write_text(json.dumps([asdict(run) for run in self._runs]))

    def _go_through(self) -> None:
        self.execute("submit_batch", {})
        for _ in range(_MOST_TICKS):
            self._await_jobs()
            if not self.tick():
                return

    def tick(self) -> bool:
        """Evaluate the sensor and run what it asks for, for this day; return whether that was anything."""
        self._enter("completion sensor")
        with self._order.events.open("a") as events, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = dg.build_sensor_context(
                instance=_instance(),
                repository_def=_repository(),
                sensor_name=_SENSOR,
                resources=_sensor_resources(),
            )
            try:
                seen = _repository().get_sensor_def(_SENSOR).evaluate_tick(context)
            except Exception as error:  # noqa: BLE001 — the daemon notes whatever it is, and ticks again
                events.write(f"{error!r}\n")
                return True
            events.write(f"{seen}\n")
        requests = [request for request in seen.run_requests or [] if request.partition_key == self._order.day]
        for request in requests:
            self.execute(str(request.job_name), request.tags)
        return bool(requests)

    def execute(self, job: str, tags: Mapping[str, str]) -> None:
        """Run a job for the day."""
        self._enter(f"start of {job}")
        self._order.under_way.write_text(tags.get(INTENT_TAG, ""))
        run_id = str(uuid.uuid4())
        _instance().add_event_listener(run_id, self._listen)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = (
                _repository()
                .get_job(job)
                .execute_in_process(
                    instance=_instance(),
                    partition_key=self._order.day,
                    run_id=run_id,
                    raise_on_error=False,
                    tags={name: value for name, value in tags.items() if not name.startswith("dagster/")},
                )
            )
        self._enter(f"end of {job}")
        self._order.under_way.unlink()
        checks = {check.check_name: check.passed for check in result.get_asset_check_evaluations()}
        failed = tuple(event.step_key or "" for event in result.all_events if event.is_step_failure)
        self._runs.append(Run(job, result.success, tags.get(INTENT_TAG), checks, failed))
        with self._order.events.open("a") as events:
            events.writelines(f"{entry!r}\n" for entry in _instance().all_logs(run_id))

    def _listen(self, entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is not None and event.event_type is dg.DagsterEventType.STEP_START:
            self._enter(event.step_key or "")

    def _enter(self, stage: str) -> None:
        """Say which stage the calls from now on belong to."""
        os.pwrite(self._stage, stage[:64].ljust(64).encode("ascii"), 0)

    def _await_jobs(self) -> None:
        """Wait until the service's jobs of the day have ended: then the number of ticks is the same each time."""
        url = f"{self._order.straight}/model-invocation-jobs?nameContains=receipts-{self._order.day}"
        deadline = time.monotonic() + _SECONDS_FOR_JOBS
        while time.monotonic() < deadline:
            # In some trials the service is killed, and on its way back.
            with suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 — loopback
                jobs = json.load(answer)["invocationJobSummaries"]
                if all(job["status"] in _TERMINAL for job in jobs):
                    return
            time.sleep(_SECONDS_BETWEEN_LOOKS)


@functools.cache
def _repository() -> RepositoryDefinition:
    """Return what Dagster loads."""
    environment = Order("", "", "", Path()).environment()
    return build_definitions(load_settings(environment)).get_repository_def()


@functools.cache
def _instance() -> dg.DagsterInstance:
    """Return a Dagster instance in memory; made before the fork, so that each night has a blank one at once."""
    return dg.DagsterInstance.ephemeral()


@functools.cache
def _sensor_resources() -> dict[str, Any]:
    wanted = {"product", *_repository().get_sensor_def(_SENSOR).required_resource_keys}
    return {name: given for name, given in _repository().get_top_level_resources().items() if name in wanted}


def _redirect(path: Path) -> None:
    """Send all that is printed or logged to a file, which is searched for what must not be there."""
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, force=True)
