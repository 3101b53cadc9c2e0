"""Trials, put together from a composition: the stages of every night with another workload, model or prompt."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.engine.judging import Judge
from yorutsuke_pipeline.engine.meter import NO_METER
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline.engine.spending import Spending
from yorutsuke_pipeline.engine.trials.acceptance import Accepter
from yorutsuke_pipeline.engine.trials.comparison import Comparer
from yorutsuke_pipeline.engine.trials.records import TrialRecords
from yorutsuke_pipeline.engine.trials.trials import Trials
from yorutsuke_pipeline.stages import Stages

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.meter import Meter
    from yorutsuke_pipeline.line import Line

# A trial is one intent, and is compared and accepted as one, however large its day.
_ALL_OF_A_DAY = sys.maxsize


def trials(
    line: Line,
    *,
    model_id: str | None = None,
    prompt: str | None = None,
    most: int | None = None,
    meter: Meter = NO_METER,
) -> Trials:
    """Return the rules of trials, over the stages of every night with another workload, model and prompt.

    Args:
        line: The workload's line.
        model_id: The model to ask; None for the configured one.
        prompt: What to ask; None for what is asked every night.
        most: How many records of a day; None for all.
        meter: Told how far long work is.
    """
    product, stages, workload = line.product, Stages(line), line.workload.trial(prompt)
    configured = product.settings.policy()
    policy = replace(
        configured,
        model_id=model_id or configured.model_id,
        below_minimum=BelowMinimum.ON_DEMAND,
        intent_records=_ALL_OF_A_DAY,
    )
    records = TrialRecords(line.workload.name, line.pending, line.records, product.ledger, product.objects, most)
    spending = Spending(policy, product.prices, product.spending_book, SystemClock(), again="start the trial again")
    return Trials(
        workload=workload,
        writer=replace(
            stages.manifest_writer, workload=workload, policy=policy, pending=records, spending=spending, meter=meter
        ),
        submitter=replace(stages.submitter, workload=workload, policy=policy, spending=spending, meter=meter),
        collector=replace(stages.raw_output_collector, workload=workload, spending=spending, meter=meter),
        ledger=product.ledger,
        clock=SystemClock(),
    )


def comparer(line: Line) -> Comparer:
    """Return what compares a trial's answers with the stored results."""
    return Comparer(Judge(line.workload.trial(), line.results), line.product.objects, line.result_book)


def accepter(line: Line) -> Accepter:
    """Return what writes the answers of a trial that a person accepts."""
    return Accepter(line.workload, line.results, line.publisher)
