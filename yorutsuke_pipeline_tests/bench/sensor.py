"""sensor: one tick over open jobs, evaluated as Dagster does it, with its history in SQLite."""

from __future__ import annotations

import atexit
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.engine.batch_job import COMPLETED
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.streams import map_bounded
from yorutsuke_pipeline.stages import Stages, lookout
from yorutsuke_pipeline.workloads.receipts.line import BLUEPRINT
from yorutsuke_pipeline.workloads.violations.line import BLUEPRINT as VIOLATIONS
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.baselines.one_by_one_sensor import OneByOneSensor
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark
from yorutsuke_pipeline_tests.bench.stub.settings import IN_PROGRESS, StubSettings
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.measured import Measured
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_ONE_BY_ONE = "a call an intent and a job"


def _product_side(scene: Scene) -> Callable[[], Facts]:
    _put_open_intents(scene)
    product = scene.product
    days = (scene.size - 1) // scene.options["jobs_each"]
    settings = product.settings.model_copy(update={"first_day": contents.DAY - timedelta(days=days)})
    repository = build_definitions(settings).get_repository_def()
    sensor = repository.get_sensor_def("batch_completion")
    home = tempfile.TemporaryDirectory()
    atexit.register(home.cleanup)
    context = dg.build_sensor_context(
        instance=dg.DagsterInstance.local_temp(str(Path(home.name))),
        repository_def=repository,
        resources={
            "lookout": lookout(product),
            "receipts": receipts_stages(product),
            "violations": Stages(VIOLATIONS.assemble(product)),
        },
    )

    def work() -> Facts:
        tick = sensor.evaluate_tick(context)
        return {"units": scene.size, "runs requested": len(tick.run_requests or ())}

    return work


def _one_by_one_side(scene: Scene) -> Callable[[], Facts]:
    _put_open_intents(scene)
    loop = OneByOneSensor(scene.product.settings.table("batch-jobs"))
    return lambda: {"units": loop.run(BLUEPRINT.name)}


def _put_open_intents(scene: Scene) -> None:
    """Put intents whose jobs were all in progress at the last tick, each of a day of its own."""
    jobs_each = scene.options["jobs_each"]

    def put(number: int) -> None:
        day = contents.DAY - timedelta(days=number)
        name = f"receipts-{day.isoformat()}-001"
        intent = scene.put_intent(IntentStatus.SUBMITTED, intent_id=name, day=day, job_count=jobs_each)
        for job in range(jobs_each):
            scene.put_job(intent, job + 1, status=IN_PROGRESS, service_number=number * jobs_each + job)

    for _ in map_bounded(put, range(scene.size // jobs_each), workers=16):
        pass


def _facts(measured: Measured) -> dict[str, int]:
    """Return the calls of preparing and looking together; preparing makes none of these."""
    calls = measured.counts["calls"]
    return {
        "queries": calls["query"],
        "batches read": calls.get("batchgetitem", 0),
        "pages listed": calls.get("list", 0),
        "jobs asked for": calls.get("get", 0),
    }


def _sensor(name: str, jobs_each: int, status: str = IN_PROGRESS) -> Benchmark:
    ended = ", all of which have just ended" if status == COMPLETED else ""
    return Benchmark(
        name=name,
        title=f"a tick of the sensor over open jobs, {jobs_each} an intent{ended}",
        unit="jobs",
        sizes=(500,),
        quick_sizes=(50,),
        sides={PRODUCT: _product_side, _ONE_BY_ONE: _one_by_one_side},
        largest={_ONE_BY_ONE: 100},
        settings=lambda size: StubSettings(bucket_delay=0.02, jobs=size, jobs_status=status),
        options={"jobs_each": jobs_each},
        facts=_facts,
    )


SENSOR = _sensor("sensor", 10)
SENSOR_OF_INTENTS = _sensor("sensor-of-intents", 1)
SENSOR_OF_ENDINGS = _sensor("sensor-of-endings", 1, COMPLETED)
