"""The books: all that is compared, the rules of the stages that mend, and what counts as work in flight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.terms import PLAIN_TERMS, Terms

if TYPE_CHECKING:
    from datetime import datetime

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import BatchService, Clock, IntentLedger, ObjectStore, PendingRecords
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook, ResultBook
    from yorutsuke_pipeline.engine.results import ResultRecorder
    from yorutsuke_pipeline.engine.submission import Submitter
    from yorutsuke_pipeline.engine.watching import Watch
    from yorutsuke_pipeline.engine.workload import Workload

# The longest that a healthy run takes between two steps that belong together, the sensor's look included.
IN_FLIGHT = timedelta(minutes=15)
# An intent that is not submitted by then is not waiting for the next run any more.
STUCK = timedelta(days=1)
# Answers that are not read by then were forgotten: the sensor looks every half minute.
UNFINISHED = timedelta(hours=6)
# Batch files and the rows of jobs are kept for 30 days.
KEPT = timedelta(days=29)


@dataclass(frozen=True)
class Books:
    """The ports, and the stages whose own rules mend.

    Attributes:
        terms: What records and results are called.
    """

    workload: Workload
    policy: Policy
    pending: PendingRecords
    records: RecordBook
    ledger: IntentLedger
    objects: ObjectStore
    service: BatchService
    results: ResultBook
    clock: Clock
    submitter: Submitter
    watch: Watch
    recorder: ResultRecorder
    terms: Terms = PLAIN_TERMS

    def is_recent(self, moment: datetime | None) -> bool:
        """Tell whether something happened so lately that a run may be about to follow it up."""
        return not self.is_past(moment, IN_FLIGHT)

    def is_past(self, moment: datetime | None, wait: timedelta) -> bool:
        """Tell whether `wait` has passed since a moment; of one that is not known, that it has."""
        return moment is None or self.clock.now() >= moment + wait

    def jobs(self, intent: Intent) -> tuple[BatchJob, ...]:
        """Return the intent's jobs as they are now, without rows left over by a manifest that was never sealed."""
        return tuple(self.ledger.jobs(intent.intent_id)[: intent.job_count])

    def job(self, job: BatchJob) -> BatchJob | None:
        """Return a job as it is now; None if its row is gone."""
        return next((now for now in self.ledger.jobs(job.intent_id) if now.number == job.number), None)
