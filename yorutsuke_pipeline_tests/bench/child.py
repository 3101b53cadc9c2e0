"""The process in which one side runs once: its last line says what was measured."""

import json
import sys

from yorutsuke_pipeline_tests.bench.catalogue import benchmark_of
from yorutsuke_pipeline_tests.bench.measured import as_json, measure, scene_of

if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    scene = scene_of(told)
    work = benchmark_of(told["benchmark"]).begin(told["side"], scene)
    print(as_json(measure(work, scene.stub)))  # noqa: T201 — its parent reads it
