"""Trials, put together from a composition: the stages of every night with another workload, model or prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.prices import PublishedPrices
from yorutsuke_pipeline.engine.judging import Judge
from yorutsuke_pipeline.engine.meter import NO_METER
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline.engine.spending import Spending
from yorutsuke_pipeline.engine.trials.acceptance import Accepter
from yorutsuke_pipeline.engine.trials.comparison import Comparer
from yorutsuke_pipeline.engine.trials.prices import TrialPrices
from yorutsuke_pipeline.engine.trials.records import TrialRecords
from yorutsuke_pipeline.engine.trials.trials import Trials
from yorutsuke_pipeline.stages import manifest_writer, raw_output_collector, submitter

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.meter import Meter


def trials(
    product: Composition,
    *,
    model_id: str | None = None,
    prompt: str | None = None,
    most: int | None = None,
    meter: Meter = NO_METER,
) -> Trials:
    """Return the rules of trials, over the stages of every night with another workload, model and prompt.

    Args:
        product: The product.
        model_id: The model to ask; None for the configured one.
        prompt: What to ask; None for what is asked every night.
        most: How many records of a day; None for all.
        meter: Told how far long work is.
    """
    workload = product.workload.trial(prompt)
    configured = product.settings.policy()
    policy = replace(configured, model_id=model_id or configured.model_id, below_minimum=BelowMinimum.ON_DEMAND)
    records = TrialRecords(
        product.workload.name, product.pending_images, product.image_book, product.ledger, product.objects, most
    )
    spending = Spending(policy, trial_prices(product), product.spending_book, SystemClock())
    writer, submit, collect = manifest_writer(product), submitter(product), raw_output_collector(product)
    return Trials(
        workload=workload,
        writer=replace(writer, workload=workload, policy=policy, pending=records, spending=spending, meter=meter),
        submitter=replace(submit, workload=workload, policy=policy, spending=spending, meter=meter),
        collector=replace(collect, workload=workload, spending=spending, meter=meter),
        ledger=product.ledger,
        clock=SystemClock(),
    )


def trial_prices(product: Composition) -> TrialPrices:
    """Return the prices of any model."""
    return TrialPrices(product.settings.model_id, product.prices, PublishedPrices())


def comparer(product: Composition) -> Comparer:
    """Return what compares a trial's answers with the transactions."""
    judge = Judge(product.workload.trial(), product.transactions)
    return Comparer(judge, product.objects, product.transaction_book)


def accepter(product: Composition) -> Accepter:
    """Return what writes the answers of a trial that a person accepts."""
    return Accepter(product.workload, product.transactions)
