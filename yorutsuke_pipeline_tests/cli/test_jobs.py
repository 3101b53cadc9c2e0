"""`jobs` on the embedded AWS."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.orders import Order

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.cli.conftest import Terminal

DAY = date(2026, 3, 3)


@pytest.fixture
def intents(terminal: Terminal) -> list[Intent]:
    """An intent that waits for its job, and one that is closed; with ids that callers brought."""
    ledger = terminal.product.ledger
    base = uuid.uuid4().hex[:12]
    made = []
    for name in (f"{base}-open", f"{base}-closed"):
        intent = Intent(
            intent_id=name,
            workload="receipts",
            day=DAY,
            model_id="amazon.nova-lite-v1:0",
            prompt_version="1",
            trace_id=base,
            created_at=datetime(2026, 3, 3, 3, tzinfo=timezone.utc),
            record_count=100,
            # No number of a day's own, which other tests may take.
            order=Order("aoi", base),
        )
        ledger.create(intent)
        sealed = ledger.save(intent.advance(IntentStatus.MANIFESTED, job_count=1, estimate_usd=Decimal("0.0131")))
        ledger.save_job(
            BatchJob(
                name, 1, JobMode.BATCH, f"{name}-001", "t", "k", "e", record_count=100, input_bytes=1, job_id="abc"
            )
        )
        made.append(sealed)
    stats = ResultStats(success_count=98, failure_count=2)
    made[1] = ledger.save(made[1].advance(IntentStatus.CLOSED, result=stats, cost_usd=Decimal("0.01")))
    return made


def test_every_intent_is_shown_with_its_jobs_counts_estimate_and_cost(
    terminal: Terminal, intents: list[Intent]
) -> None:
    documents = {each["intentId"]: each for each in terminal.document("jobs")["intents"]}

    closed = documents[intents[1].intent_id]
    assert (closed["successCount"], closed["failureCount"]) == (98, 2)
    assert (closed["estimateUsd"], closed["costUsd"]) == ("0.0131", "0.01")
    assert [job["jobId"] for job in closed["jobs"]] == ["abc"]
    assert documents[intents[0].intent_id]["costUsd"] is None


def test_open_leaves_out_what_is_closed(terminal: Terminal, intents: list[Intent]) -> None:
    shown = {each["intentId"] for each in terminal.document("jobs", "--open", "--date", str(DAY))["intents"]}

    assert {intent.intent_id for intent in intents} & shown == {intents[0].intent_id}


def test_the_table_says_unknown_for_a_cost_that_is_not_known(terminal: Terminal, intents: list[Intent]) -> None:
    lines = terminal.run("jobs", "--open").stdout.splitlines()

    (line,) = [line for line in lines if line.startswith(intents[0].intent_id)]
    shown = dict(zip(lines[0].split("\t"), line.split("\t"), strict=True))
    assert (shown["estimate $"], shown["cost $"], shown["job"]) == ("0.0131", "unknown", "abc")
