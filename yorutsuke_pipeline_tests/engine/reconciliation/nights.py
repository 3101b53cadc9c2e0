"""A night with its reconciler, and what it finds, in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.reconciliation.books import Books
from yorutsuke_pipeline.engine.reconciliation.reconciler import Reconciler
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline_tests.engine.nights import DAY, Night, night_of
from yorutsuke_pipeline_tests.fakes.record_book import FakeRecordBook
from yorutsuke_pipeline_tests.fakes.result_book import FakeResultBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction

Told = list[tuple[str, str]]


def reconciler_of(night: Night, wrap: Callable[[Any], Any] = lambda port: port) -> Reconciler:
    """Return the reconciler over a night's fakes, each port wrapped."""
    stages = night.stages(wrap)
    return Reconciler(
        Books(
            workload=ReceiptsWorkload(),
            policy=night.policy,
            pending=wrap(night.pending),
            records=wrap(FakeRecordBook(night.pending)),
            ledger=wrap(night.ledger),
            objects=wrap(night.objects),
            service=wrap(night.service),
            results=wrap(FakeResultBook(night.table)),
            clock=night.clock,
            submitter=stages.submitter,
            watch=stages.watch,
            recorder=stages.recorder,
        ),
    )


def found_in_day(night: Night) -> Told:
    """Return what the check of the day finds, as (kind, subject)."""
    return _told(reconciler_of(night).of_day(DAY))


def found(night: Night) -> Told:
    """Return what the command finds for the day, as (kind, subject)."""
    return _told(reconciler_of(night).over(DAY, DAY))


def fixed(night: Night) -> Told:
    """Mend what the command can mend; return what it mended."""
    return _told(each for each in reconciler_of(night).over(DAY, DAY) if each.mended())


def closed_night(count: int = 4) -> Night:
    """Return a night whose images are all processed."""
    night = night_of(count)
    night.run_until_settled()
    return night


def _told(contradictions: Iterable[Contradiction]) -> Told:
    return sorted((str(each.kind), each.subject) for each in contradictions)
