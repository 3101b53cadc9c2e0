"""run-overhead: from launching a run to its success, in a real `dagster dev`, for days on which nothing waits.

The embedded AWS is the service here, because no stub answers all that a whole run asks.
"""

from __future__ import annotations

import atexit
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.baselines import six_assets
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import DagsterDev

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.benchmark import Side
    from yorutsuke_pipeline_tests.bench.measured import Measured
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_BARE = "six empty assets"
_PRODUCTS_LOCATION, _BARE_LOCATION = "yorutsuke_pipeline", "bare"
# Both in one `dagster dev`, so that its daemon and its web server have the same to do for either.
_WORKSPACE = f"""load_from:
  - python_module: {{module_name: yorutsuke_pipeline.definitions, location_name: {_PRODUCTS_LOCATION}}}
  - python_file: {{relative_path: {six_assets.__file__}, location_name: {_BARE_LOCATION}}}
"""
_ALL_ASSETS = "__ASSET_JOB"
_SECONDS_BETWEEN_LOOKS = 0.1


def _side(location: str) -> Side:
    def prepare(scene: Scene) -> Callable[[], Facts]:
        dagster = _started()
        # The first one waits for the embedded AWS, and for bytecode.
        _run(dagster, location, scene.size)

        def work() -> Facts:
            endings = [_run(dagster, location, number) for number in range(scene.size)]
            return {"units": len(endings), "succeeded": endings.count("SUCCESS")}

        return work

    return prepare


def _started() -> DagsterDev:
    """Start a `dagster dev` that ends, with its embedded AWS, when this process does."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    dagster = DagsterDev(Path(folder.name), {})
    (dagster.folder / "workspace.yaml").write_text(_WORKSPACE)
    # Called in the other order: the embedded AWS last, or a sensor would start it again.
    atexit.register(dagster.command, "aws", "stop")
    atexit.register(dagster.stop)
    dagster.start()
    return dagster


def _run(dagster: DagsterDev, location: str, number: int) -> str:
    """Run all assets of a location, and their checks, for one day; return how the run ended."""
    day = (contents.DAY + timedelta(days=number)).isoformat()
    run_id = dagster.launch(_ALL_ASSETS, day, location=location)
    while True:
        status = next(run["status"] for run in dagster.runs(day) if run["runId"] == run_id)
        if status in {"SUCCESS", "FAILURE", "CANCELED"}:
            return status
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _facts(measured: Measured) -> dict[str, float]:
    return {"seconds a run": round(measured.seconds / measured.facts["units"], 2)}


RUN_OVERHEAD = Benchmark(
    name="run-overhead",
    title="launch to success of a day on which nothing waits",
    unit="runs",
    sizes=(5,),
    quick_sizes=(1,),
    sides={PRODUCT: _side(_PRODUCTS_LOCATION), _BARE: _side(_BARE_LOCATION)},
    facts=_facts,
)
