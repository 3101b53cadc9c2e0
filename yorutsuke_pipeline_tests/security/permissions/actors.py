"""The actors of a deployment, each with a product and so with clients of its own.

What belongs here: how each of them acts. What happens on a day is `scenes.py`, what was called `recorder.py`'s.
"""

from __future__ import annotations

import json
import time
import warnings
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import dagster as dg

from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.resources import build_resources
from yorutsuke_pipeline.defs.sensors.day_runs import PARTITION_TAG
from yorutsuke_pipeline.defs.stop_jobs import STOP_JOBS
from yorutsuke_pipeline.lineup import blueprint_of, blueprints
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline_tests.cli.conftest import Terminal
from yorutsuke_pipeline_tests.fakes.run_queue import FakeRunQueue
from yorutsuke_pipeline_tests.receipts import receipts_stages
from yorutsuke_pipeline_tests.security.days import FIRST_DAY
from yorutsuke_pipeline_tests.security.permissions.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from yorutsuke_pipeline.aws.clients import AwsClients
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline_tests.security.days import Place

SUBMITTER, INGESTER, SENSOR, OPERATOR, API = "submitter", "ingester", "sensor", "operator", "api"
SECONDS_FOR_JOBS = 60.0


@dataclass
class Actors:
    """The actors of one deployment; `recorder` knows what they needed.

    Attributes:
        instance: Dagster's memory of runs; making one takes a second.
    """

    place: Place
    instance: dg.DagsterInstance
    settings: dict[str, str] = field(default_factory=dict)
    recorder: Recorder = field(default_factory=Recorder)
    queue: FakeRunQueue = field(default_factory=FakeRunQueue)
    _clients: dict[str, AwsClients] = field(default_factory=dict)
    _products: dict[str, Composition] = field(init=False, default_factory=dict)

    def product(self, actor: str) -> Composition:
        """Return an actor's product, made when it first acts; its clients serve it under other settings, too."""
        if actor not in self._products:
            product = self._products[actor] = self.place.product(**self.settings)
            if actor not in self._clients:
                self._clients[actor] = self.recorder.follow(product.clients, actor)
            # Clients are slow to make, and no setting that is changed here is one of theirs.
            product.__dict__["clients"] = self._clients[actor]
        return self._products[actor]

    def with_settings(self, **settings: str) -> Actors:
        """Return the same actors in a deployment that is set otherwise."""
        return replace(self, settings={**self.settings, **settings})

    def stages(self, actor: str, workload: str) -> Stages:
        """Return the stages of a workload as an actor has them."""
        product = self.product(actor)
        return Stages(blueprint_of(product.settings, workload).assemble(product))

    def stranded(self, day: date) -> tuple[str, ...]:
        """Return what the ingester's checks say is claimed by a closed intent."""
        return receipts_stages(self.product(INGESTER)).day_accounts.of(day).stranded

    def submit(self, day: date) -> None:
        """Run the stages of the first half of a day."""
        receipts_stages(self.product(SUBMITTER)).manifest_writer.write(day)
        receipts_stages(self.product(SUBMITTER)).submitter.submit(day)

    def ingest(self, day: date) -> None:
        """Run the stages of the second half of a day, and what its checks ask."""
        self.collect(day)
        stages = receipts_stages(self.product(INGESTER))
        stages.result_recorder.record(day)
        stages.archiver.archive(day)
        stages.day_accounts.of(day)
        list(stages.reconciler.of_day(day))

    def collect(self, day: date) -> None:
        """Run the second half's first asset until the day's jobs have ended, as "Materialize all" does."""
        collector = receipts_stages(self.product(INGESTER)).raw_output_collector
        deadline = time.monotonic() + SECONDS_FOR_JOBS
        while collector.collect(day).must_wait:
            assert time.monotonic() < deadline, "the jobs did not end"
            time.sleep(0.05)

    def tick(self, submitted: Sequence[date] = ()) -> set[str]:
        """Evaluate the completion sensor; return the days that it launches a run for.

        Args:
            submitted: Days whose last run of submit_batch ended well, as far as Dagster knows.
        """
        for day in submitted:
            self.instance.add_run(_run(day, "submit_batch", dg.DagsterRunStatus.SUCCESS))
        return {str(request.partition_key) for request in self._evaluate("batch_completion").run_requests or ()}

    def launched(self) -> dict[str, str]:
        """Evaluate the completion sensor; return the job that it launches for each intent."""
        requests = self._evaluate("batch_completion").run_requests or ()
        return {str(request.tags[INTENT_TAG]): str(request.job_name) for request in requests}

    def look_for_late_days(self) -> str:
        """Evaluate the sensor of what takes too long; return what it says."""
        return str(self._evaluate("late_days").skip_message)

    def tell_of_failure(self, day: date, intent_id: str) -> str:
        """Let the sensor of failed days see that the ingest of an intent failed; return what it says."""
        cursor = self._evaluate("failed_days").cursor
        run = self.instance.add_run(_run(day, "ingest_results", dg.DagsterRunStatus.STARTED, intent_id))
        self.instance.report_run_failed(run)
        return str(self._evaluate("failed_days", cursor).skip_message)

    def nightly(self, day: date, name: str = "nightly") -> set[str]:
        """Evaluate a schedule of the night after a day; return the days that it launches a run for."""
        schedule = _definitions().get_repository_def().get_schedule_def(name)
        two_in_tokyo = datetime(day.year, day.month, day.day, 17, tzinfo=timezone.utc)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = dg.build_schedule_context(
                scheduled_execution_time=two_in_tokyo,
                repository_def=_definitions().get_repository_def(),
                resources=self._resources(SENSOR, schedule.required_resource_keys),
            )
            ticked = schedule.evaluate_tick(context)
        return {str(request.partition_key) for request in ticked.run_requests or ()}

    def wait_for_jobs(self, day: date) -> None:
        """Wait until the sensor sees that the day's jobs have ended."""
        deadline = time.monotonic() + SECONDS_FOR_JOBS
        while day.isoformat() not in self.tick():
            assert time.monotonic() < deadline, "the jobs did not end"
            time.sleep(0.05)

    def command(self, *words: str, exit_code: int = 0) -> str:
        """Run a command of the operator's; return what it prints."""
        result = Terminal(self.product(OPERATOR), self.queue).run(*words)
        assert result.exit_code == exit_code, result.output
        return result.stdout

    def document(self, *words: str) -> Any:  # noqa: ANN401 — JSON
        """Run a command of the operator's; return the document that it prints."""
        return json.loads(self.command(*words, "--json"))

    def run_in_dagster(
        self, actor: str, keys: Sequence[str | Sequence[str]], day: date, intent_id: str | None = None
    ) -> None:
        """Materialize assets of a day, or of one intent of it, and run their checks, as the jobs do."""
        wanted = [*(_definitions().assets or []), *(_definitions().asset_checks or [])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ended = dg.materialize(
                cast("Any", wanted),
                selection=dg.AssetSelection.assets(*map(dg.AssetKey, keys)),
                partition_key=day.isoformat(),
                tags={} if intent_id is None else {INTENT_TAG: intent_id},
                instance=self.instance,
                resources=self._all_resources(actor),
            )
        assert ended.success

    def stop_in_dagster(self, day: date) -> None:
        """Run the UI's job that stops a day's jobs: its runs have the pipeline's role, and so the operator's policy."""
        job = _definitions().resolve_job_def(STOP_JOBS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stages = receipts_stages(self.product(OPERATOR))
            ended = job.execute_in_process(
                partition_key=day.isoformat(), instance=self.instance, resources={"receipts": stages}
            )
        assert ended.success

    def _evaluate(self, name: str, cursor: str | None = None) -> Any:  # noqa: ANN401 — Dagster keeps its type to itself
        sensor = _definitions().get_repository_def().get_sensor_def(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = dg.build_sensor_context(
                instance=self.instance,
                repository_def=_definitions().get_repository_def(),
                sensor_name=name,
                cursor=cursor,
                resources=self._resources(SENSOR, sensor.required_resource_keys),
            )
            return sensor.evaluate_tick(context)

    def _all_resources(self, actor: str) -> dict[str, Any]:
        product = dg.ResourceDefinition.hardcoded_resource(self.product(actor))
        return {**build_resources(blueprints(self.product(actor).settings)), "product": product}

    def _resources(self, actor: str, names: set[str]) -> dict[str, Any]:
        return {name: given for name, given in self._all_resources(actor).items() if name in {"product", *names}}


def _run(day: date, job: str, status: dg.DagsterRunStatus, intent_id: str | None = None) -> dg.DagsterRun:
    intent = {} if intent_id is None else {INTENT_TAG: intent_id}
    return dg.DagsterRun(job_name=job, status=status, tags={PARTITION_TAG: day.isoformat(), **intent})


@cache
def _definitions() -> dg.Definitions:
    """Return what Dagster loads, without any waiting; it takes a second."""
    return build_definitions(
        load_settings({"YORUTSUKE_FIRST_DAY": FIRST_DAY.isoformat(), "YORUTSUKE_WAIT_SECONDS": "0"})
    )
