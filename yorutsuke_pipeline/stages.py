"""The stages of the receipts pipeline, put together from a composition. Dagster and the command line run these."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.event_log import LoggedEvents
from yorutsuke_pipeline.engine.archive import Archiver
from yorutsuke_pipeline.engine.day_account import DayAccounts
from yorutsuke_pipeline.engine.dead_letter_box import DeadLetterBox
from yorutsuke_pipeline.engine.lateness import Lateness, Limits
from yorutsuke_pipeline.engine.lookout import Lookout
from yorutsuke_pipeline.engine.manifest import ManifestWriter
from yorutsuke_pipeline.engine.raw_output import RawOutputCollector
from yorutsuke_pipeline.engine.reconciliation.books import Books
from yorutsuke_pipeline.engine.reconciliation.reconciler import Reconciler
from yorutsuke_pipeline.engine.redriving import Redriver
from yorutsuke_pipeline.engine.results import ResultRecorder
from yorutsuke_pipeline.engine.spending import Spending
from yorutsuke_pipeline.engine.stopping import Stopper
from yorutsuke_pipeline.engine.submission import Submitter
from yorutsuke_pipeline.engine.watching import Watch

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition

# An event says it sooner; this is for those that get lost.
_EMBEDDED_POLL_SECONDS = 30.0
_REAL_POLL_SECONDS = 300.0


def spending(product: Composition) -> Spending:
    """Return the account of what is spent, with the budgets that it is held to."""
    return Spending(product.settings.policy(), product.prices, product.spending_book, SystemClock())


def manifest_writer(product: Composition) -> ManifestWriter:
    """Return the stage that claims records and writes the parts."""
    return ManifestWriter(
        workload=product.workload,
        policy=product.settings.policy(),
        pending=product.pending_images,
        ledger=product.ledger,
        objects=product.objects,
        events=LoggedEvents(),
        clock=SystemClock(),
        spending=spending(product),
        metrics=product.metrics,
        quota_book=product.quota_book,
    )


def submitter(product: Composition) -> Submitter:
    """Return the stage that submits jobs, or asks on demand."""
    return Submitter(
        workload=product.workload,
        policy=product.settings.policy(),
        ledger=product.ledger,
        objects=product.objects,
        service=product.batch_service,
        model=product.on_demand_model,
        events=LoggedEvents(),
        clock=SystemClock(),
        quota_book=product.quota_book,
        spending=spending(product),
        switch=product.switch,
    )


def stopper(product: Composition) -> Stopper:
    """Return the rules for stopping jobs."""
    workload = product.workload
    names = (workload.name, workload.trial().name)
    return Stopper(names, product.ledger, product.batch_service, SystemClock(), LoggedEvents())


def watch(product: Composition) -> Watch:
    """Return the rules of the sensor."""
    return Watch(
        policy=product.settings.policy(),
        ledger=product.ledger,
        service=product.batch_service,
        clock=SystemClock(),
        quota_book=product.quota_book,
    )


def lookout(product: Composition) -> Lookout:
    """Return what the completion sensor looks through: jobs, and the hints about them."""
    settings = product.settings
    seconds = settings.poll_seconds
    if seconds is None:
        seconds = _EMBEDDED_POLL_SECONDS if settings.is_embedded else _REAL_POLL_SECONDS
    return Lookout(
        watch=watch(product),
        queue=product.hints,
        poll_every=timedelta(seconds=0.0 if product.events_queue_url is None else seconds),
    )


def lateness(product: Composition) -> Lateness:
    """Return the rules of what takes too long."""
    settings = product.settings
    return Lateness(
        workload=product.workload.name,
        quota_book=product.quota_book,
        policy=settings.policy(),
        limits=Limits(
            deadline=timedelta(hours=settings.deadline_hours),
            longest_wait=timedelta(hours=settings.waiting_hours),
            days_back=settings.nightly_days_back,
            first_day=settings.first_day,
        ),
        ledger=product.ledger,
        pending=product.pending_images,
        clock=SystemClock(),
        switch=product.switch,
    )


def raw_output_collector(product: Composition) -> RawOutputCollector:
    """Return the stage that reads what the jobs wrote."""
    return RawOutputCollector(
        workload=product.workload,
        ledger=product.ledger,
        objects=product.objects,
        watch=watch(product),
        spending=spending(product),
        events=LoggedEvents(),
    )


def result_recorder(product: Composition) -> ResultRecorder:
    """Return the stage that turns answers into transactions."""
    return ResultRecorder(
        workload=product.workload,
        policy=product.settings.policy(),
        pending=product.pending_images,
        ledger=product.ledger,
        objects=product.objects,
        table=product.transactions,
        events=LoggedEvents(),
        clock=SystemClock(),
    )


def day_accounts(product: Composition) -> DayAccounts:
    """Return the accounts of days, which the checks look at."""
    return DayAccounts(product.workload.name, product.ledger, product.pending_images)


def dead_letter_box(product: Composition) -> DeadLetterBox:
    """Return the box in which people look at what was rejected."""
    return DeadLetterBox(
        workload=product.workload.name,
        pending=product.pending_images,
        ledger=product.ledger,
        objects=product.objects,
        concurrency=product.settings.concurrency,
    )


def redriver(product: Composition) -> Redriver:
    """Return the rules for what people decide about it."""
    return Redriver(product.pending_images, product.ledger)


def reconciler(product: Composition) -> Reconciler:
    """Return what compares all tables, objects and jobs."""
    return Reconciler(
        Books(
            workload=product.workload,
            policy=product.settings.policy(),
            pending=product.pending_images,
            records=product.image_book,
            ledger=product.ledger,
            objects=product.objects,
            service=product.batch_service,
            results=product.transaction_book,
            clock=SystemClock(),
            submitter=submitter(product),
            watch=watch(product),
            recorder=result_recorder(product),
        ),
    )


def archiver(product: Composition) -> Archiver:
    """Return the stage that archives sources and closes intents."""
    return Archiver(
        workload=product.workload,
        policy=product.settings.policy(),
        pending=product.pending_images,
        ledger=product.ledger,
        objects=product.objects,
        table=product.transactions,
        events=LoggedEvents(),
        clock=SystemClock(),
        metrics=product.metrics,
    )
