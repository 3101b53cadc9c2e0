"""The process in which one side runs once: its last line says what was measured."""

import json
import os
import sys

from yorutsuke_pipeline_tests.bench.catalogue import benchmark_of
from yorutsuke_pipeline_tests.bench.measured import as_json, environment_at, measure
from yorutsuke_pipeline_tests.bench.scene import Scene
from yorutsuke_pipeline_tests.bench.stub.process import RunningStub

if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    benchmark = benchmark_of(told["benchmark"])
    with benchmark.service(RunningStub(told["port"])) as service:
        os.environ.update(environment_at(service))
        work = benchmark.begin(told["side"], Scene(service, told["size"], dict(benchmark.options)))
        print(as_json(measure(work, service)))  # noqa: T201 — its parent reads it
