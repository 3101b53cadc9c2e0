"""The stages of a line, put together from it. Dagster and the command line run these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.event_log import LoggedEvents
from yorutsuke_pipeline.engine.archive import Archiver
from yorutsuke_pipeline.engine.day_account import DayAccounts
from yorutsuke_pipeline.engine.day_manifests import DayManifests
from yorutsuke_pipeline.engine.dead_letter_box import DeadLetterBox
from yorutsuke_pipeline.engine.enqueuing import Enqueuer
from yorutsuke_pipeline.engine.feeding import Feeder
from yorutsuke_pipeline.engine.lateness import Lateness, Limits
from yorutsuke_pipeline.engine.lookout import Lookout
from yorutsuke_pipeline.engine.manifest import ManifestWriter
from yorutsuke_pipeline.engine.order_desk import OrderDesk
from yorutsuke_pipeline.engine.quoting import Quoter
from yorutsuke_pipeline.engine.raw_output import RawOutputCollector
from yorutsuke_pipeline.engine.reconciliation.books import Books
from yorutsuke_pipeline.engine.reconciliation.reconciler import Reconciler
from yorutsuke_pipeline.engine.redriving import Redriver
from yorutsuke_pipeline.engine.results import ResultRecorder
from yorutsuke_pipeline.engine.retrying import day_waits
from yorutsuke_pipeline.engine.spending import Spending
from yorutsuke_pipeline.engine.stopping import Stopper
from yorutsuke_pipeline.engine.submission import Submitter
from yorutsuke_pipeline.engine.watching import Watch

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.line import Line

# An event says it sooner; this is for those that get lost.
_EMBEDDED_POLL_SECONDS = 30.0
_REAL_POLL_SECONDS = 300.0


def spending(product: Composition) -> Spending:
    """Return the account of what is spent, with the budgets that it is held to."""
    return Spending(product.settings.policy(), product.prices, product.spending_book, SystemClock())


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


@dataclass(frozen=True)
class Stages:
    """Every stage of a line, each made when it is first asked for."""

    line: Line

    @property
    def product(self) -> Composition:
        """What the line shares with others."""
        return self.line.product

    def day_waits(self, day: date) -> bool:
        """Whether a run that submits a day has anything to do: an order or intent to go on with, or records in line."""
        return day_waits(self.line.pending, self.product.ledger, self.line.workload.name, day)

    @cached_property
    def spending(self) -> Spending:
        """The account of what is spent, with the budgets that it is held to."""
        return spending(self.product)

    @cached_property
    def watch(self) -> Watch:
        """The rules of the sensor."""
        return watch(self.product)

    @cached_property
    def manifest_writer(self) -> ManifestWriter:
        """The stage that claims records and writes the parts."""
        return ManifestWriter(
            workload=self.line.workload,
            policy=self.product.settings.policy(),
            pending=self.line.pending,
            ledger=self.product.ledger,
            objects=self.product.objects,
            events=LoggedEvents(),
            clock=SystemClock(),
            spending=self.spending,
            metrics=self.product.metrics,
            quota_book=self.product.quota_book,
        )

    @cached_property
    def day_manifests(self) -> DayManifests:
        """The stage that writes the manifests of a day."""
        return DayManifests(self.manifest_writer)

    @cached_property
    def quoter(self) -> Quoter:
        """What says what asking would cost."""
        product = self.product
        return Quoter(
            workload=self.line.workload,
            policy=product.settings.policy(),
            prices=product.prices,
            records=self.line.records,
            ledger=product.ledger,
            quota_book=product.quota_book,
        )

    @cached_property
    def feeder(self) -> Feeder:
        """The stage that puts in line what orders select."""
        product = self.product
        enqueuer = Enqueuer(self.line.pending, product.ledger, workers=product.settings.concurrency)
        return Feeder(self.quoter, enqueuer, product.objects, SystemClock(), self.line.source)

    @cached_property
    def order_desk(self) -> OrderDesk:
        """The desk at which callers order."""
        return OrderDesk(
            opening=self.manifest_writer,
            quoter=self.quoter,
            stopper=self.stopper,
            letters=self.dead_letter_box,
            redriver=self.redriver,
            source=self.line.source,
        )

    @cached_property
    def submitter(self) -> Submitter:
        """The stage that submits jobs, or asks on demand."""
        return Submitter(
            workload=self.line.workload,
            policy=self.product.settings.policy(),
            ledger=self.product.ledger,
            objects=self.product.objects,
            service=self.product.batch_service,
            model=self.product.on_demand_model,
            events=LoggedEvents(),
            clock=SystemClock(),
            quota_book=self.product.quota_book,
            spending=self.spending,
            switch=self.line.switch,
        )

    @cached_property
    def stopper(self) -> Stopper:
        """The rules for stopping jobs."""
        workload = self.line.workload
        names = (workload.name, workload.trial().name)
        return Stopper(names, self.product.ledger, self.product.batch_service, SystemClock(), LoggedEvents())

    @cached_property
    def lateness(self) -> Lateness:
        """The rules of what takes too long."""
        settings = self.product.settings
        return Lateness(
            workload=self.line.workload.name,
            quota_book=self.product.quota_book,
            policy=settings.policy(),
            limits=Limits(
                deadline=timedelta(hours=settings.deadline_hours),
                longest_wait=timedelta(hours=settings.waiting_hours),
                days_back=settings.nightly_days_back,
                first_day=settings.first_day,
            ),
            ledger=self.product.ledger,
            pending=self.line.pending,
            clock=SystemClock(),
            switch=self.line.switch,
        )

    @cached_property
    def raw_output_collector(self) -> RawOutputCollector:
        """The stage that reads what the jobs wrote."""
        return RawOutputCollector(
            workload=self.line.workload,
            ledger=self.product.ledger,
            objects=self.product.objects,
            watch=self.watch,
            spending=self.spending,
            events=LoggedEvents(),
        )

    @cached_property
    def result_recorder(self) -> ResultRecorder:
        """The stage that turns answers into results."""
        return ResultRecorder(
            workload=self.line.workload,
            policy=self.product.settings.policy(),
            pending=self.line.pending,
            ledger=self.product.ledger,
            objects=self.product.objects,
            table=self.line.results,
            events=LoggedEvents(),
            clock=SystemClock(),
        )

    @cached_property
    def day_accounts(self) -> DayAccounts:
        """The accounts of days, which the checks look at."""
        return DayAccounts(self.line.workload.name, self.product.ledger, self.line.pending)

    @cached_property
    def dead_letter_box(self) -> DeadLetterBox:
        """The box in which people look at what was rejected."""
        return DeadLetterBox(
            workload=self.line.workload.name,
            pending=self.line.pending,
            ledger=self.product.ledger,
            objects=self.product.objects,
            concurrency=self.product.settings.concurrency,
        )

    @cached_property
    def redriver(self) -> Redriver:
        """The rules for what people decide about it."""
        return Redriver(self.line.pending, self.product.ledger, self.line.terms)

    @cached_property
    def reconciler(self) -> Reconciler:
        """What compares all tables, objects and jobs."""
        return Reconciler(
            Books(
                workload=self.line.workload,
                policy=self.product.settings.policy(),
                pending=self.line.pending,
                records=self.line.records,
                ledger=self.product.ledger,
                objects=self.product.objects,
                service=self.product.batch_service,
                results=self.line.result_book,
                clock=SystemClock(),
                submitter=self.submitter,
                watch=self.watch,
                recorder=self.result_recorder,
                terms=self.line.terms,
            ),
        )

    @cached_property
    def archiver(self) -> Archiver:
        """The stage that archives sources and closes intents."""
        return Archiver(
            workload=self.line.workload,
            policy=self.product.settings.policy(),
            pending=self.line.pending,
            ledger=self.product.ledger,
            objects=self.product.objects,
            table=self.line.results,
            events=LoggedEvents(),
            clock=SystemClock(),
            metrics=self.product.metrics,
            publisher=self.line.publisher,
        )
