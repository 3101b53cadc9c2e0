"""A night whose one job has ended, and the lines that it wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.raw_output import RawOutputReport

JOB = "job000000001"
ANSWERS = f"batch-work/{FIRST}/answers.jsonl"


def answered(count: int = 4) -> Night:
    """Return a night whose jobs have ended well."""
    night = night_of(count)
    night.submit()
    night.end_jobs()
    return night


def collect(night: Night) -> RawOutputReport:
    return night.stages().collector.collect(DAY)


def answer_line(identity: str, **output: Any) -> bytes:  # noqa: ANN401 — output holds anything
    """Return a line of output about an image."""
    return json.dumps({"recordId": record_id(identity), **output}).encode()
