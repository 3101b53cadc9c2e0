"""The process that fuzzes one target: libFuzzer takes it over and ends it, so nothing else runs in it."""

from __future__ import annotations

import sys
from importlib import import_module
from random import Random
from typing import Any

# Only what reads bytes is watched for new paths; watching all that is imported would take seconds.
_WATCHED = (
    "yorutsuke_pipeline.aws.object_body",
    "yorutsuke_pipeline.engine.answers",
    "yorutsuke_pipeline.engine.model_family",
    "yorutsuke_pipeline.engine.output_line",
    "yorutsuke_pipeline.engine.record",
    "yorutsuke_pipeline.workloads.receipts",
)


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz a target for as long as libFuzzer's `arguments` say; never returns.

    The process ends with 0, with 77 on a broken contract, with 70 on an input that took too long.
    """
    # Imported by name: it has no wheel for every system, and no types.
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=list(_WATCHED)):
        import_module("yorutsuke_pipeline.workloads.receipts.workload")
    target = import_module("yorutsuke_pipeline_tests.fuzz.targets").target_of(name)

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        # A third are bytes changed at random, which finds what no grammar thinks of.
        changed = target.change(data, random) if random.randrange(3) else atheris.Mutate(data, most)
        return bytes(changed[:most])

    changing = {} if target.change is None else {"custom_mutator": change}
    atheris.Setup([sys.argv[0], *arguments], target.check, **changing)
    atheris.Fuzz()
