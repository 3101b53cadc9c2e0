"""A night that is over, and the rules of trials over its fakes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.judging import Judge
from yorutsuke_pipeline.engine.trials.acceptance import Accepter
from yorutsuke_pipeline.engine.trials.comparison import Comparer, Comparison, Pair, compare
from yorutsuke_pipeline.engine.trials.records import TrialRecords
from yorutsuke_pipeline.engine.trials.trials import Trials
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline_tests.engine.nights import DAY, night_of
from yorutsuke_pipeline_tests.fakes.model import FakeModel
from yorutsuke_pipeline_tests.fakes.record_book import FakeRecordBook
from yorutsuke_pipeline_tests.fakes.result_book import FakeResultBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline_tests.engine.nights import Night

OTHER_MODEL = "amazon.nova-pro-v1:0"
TRIAL = "receipts-trial-2026-01-09-001"


def ended_night(count: int) -> Night:
    """Return a night after which `img-1` to `img-{count}` are processed; its model counts only what a trial asks."""
    night = night_of(count)
    night.run_until_settled()
    night.model = FakeModel(night.say)
    return night


def trials(
    night: Night,
    *,
    model_id: str = OTHER_MODEL,
    prompt: str | None = None,
    most: int | None = None,
    wrap: Callable[[Any], Any] = lambda port: port,
) -> Trials:
    workload, stages = ReceiptsWorkload().trial(prompt), night.stages(wrap)
    policy = replace(night.policy, model_id=model_id)
    records = records_of(night, most)
    spending = replace(stages.spending, policy=policy, again="start the trial again")
    return Trials(
        workload,
        replace(stages.manifest, workload=workload, policy=policy, pending=records, spending=spending),
        replace(stages.submitter, workload=workload, policy=policy, spending=spending),
        replace(stages.collector, workload=workload),
        wrap(night.ledger),
        night.clock,
    )


def records_of(night: Night, most: int | None = None) -> TrialRecords:
    book = FakeRecordBook(night.pending)
    return TrialRecords("receipts", night.pending, book, night.ledger, night.objects, most)


def asked(night: Night, **choices: Any) -> Intent:  # noqa: ANN401 — those of `trials`
    """Return a trial that was asked, and collected once its jobs had ended."""
    rules = trials(night, **choices)
    sealed = rules.seal(DAY)
    assert sealed is not None
    rules.ask(sealed)
    night.end_jobs()
    collected = rules.collect(rules.named(sealed.intent_id))
    assert collected is not None
    return collected


def pairs(night: Night, intent: Intent) -> list[Pair]:
    judge = Judge(ReceiptsWorkload().trial(), night.table)
    comparer = Comparer(judge, night.objects, FakeResultBook(night.table))
    return list(comparer.pairs(intent, judged_at=night.clock.now()))


def comparison(night: Night, intent: Intent) -> Comparison:
    return compare(iter(pairs(night, intent)), ReceiptsWorkload().compared_fields)


def accepter(night: Night) -> Accepter:
    return Accepter(ReceiptsWorkload(), night.table)
