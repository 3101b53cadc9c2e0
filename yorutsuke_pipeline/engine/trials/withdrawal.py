"""Withdrawing a trial that was not asked to its end, also while somebody is about to ask it, or is asking.

What belongs here: taking its jobs away so that nothing more of it is paid for, and what its reservation becomes.
Reading the answers it has, and closing it then, is the same as of any trial (`trials.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED, WITHDRAWN, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.on_demand import OnDemandRun
from yorutsuke_pipeline.engine.streams import read_json_lines
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.manifest import ManifestWriter
    from yorutsuke_pipeline.engine.submission import Submitter


@dataclass(frozen=True)
class Withdrawal:
    """The rules, over the stages that sealed the trial and would ask it."""

    writer: ManifestWriter
    submitter: Submitter

    def of_unasked(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> Intent:
        """Close a trial of which nothing was asked, and give back what was reserved for it.

        Raises:
            LostRaceError: It was begun since it and its jobs were read.
        """
        taken = self.writer.taken_over(intent, jobs)
        # Nothing is claimed by a trial, so no list of records is read to release them.
        return self.writer.give_up(taken, layout.records_key(intent.intent_id))

    def of_half_asked(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> Intent:
        """End a trial's jobs where they are; return it ready to be collected and settled by the answers it has.

        Of one whose list of records has expired nobody can tell what it cost: it is settled at its estimate, and
        closed.

        Args:
            intent: As it was read.
            jobs: Of which none is at the service.

        Raises:
            LostRaceError: Somebody has gone on with it since it and its jobs were read.
        """
        records_key = layout.records_key_of(jobs[0].part_key)
        # First what is not begun: a run that is asking must find nothing to go on with.
        for job in sorted(jobs, key=lambda job: job.status != PLANNED):
            if job.status == PLANNED:
                self._withdraw(job)
            elif not job.has_ended:
                self._end_early(intent, job, records_key)
        if self.writer.objects.head(records_key) is not None:
            return self.submitter.ledger.save(intent.advance(IntentStatus.SUBMITTED))
        self.writer.spending.settle(intent, None, None, TokenUsage())
        return self.writer.give_up(intent, records_key)

    def has_expired(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> bool:
        """Tell whether rows or files are gone without which a submitted trial's answers cannot be read."""
        if len(jobs) < intent.job_count:
            # The row of a job expires only after the job has ended.
            return True
        return self.writer.objects.head(layout.records_key_of(jobs[0].part_key)) is None

    def of_expired(self, intent: Intent) -> Intent:
        """Return a trial whose answers nobody can read any more ready to be closed, settled at its estimate.

        Raises:
            LostRaceError: Somebody has gone on with it since it was read.
        """
        self.writer.spending.settle(intent, None, None, TokenUsage())
        return self.submitter.ledger.save(intent.advance(IntentStatus.COLLECTED))

    def _withdraw(self, job: BatchJob) -> None:
        message, now = "its trial was discarded before it was submitted", self.writer.clock.now()
        self.submitter.ledger.save_job(replace(job, status=WITHDRAWN, message=message, completed_at=now))

    def _end_early(self, intent: Intent, job: BatchJob, records_key: str) -> None:
        objects, stage = self.writer.objects, self.submitter
        for record in read_json_lines(objects, records_key):
            if record["job"] == job.number:
                # Marked as asked about, so that whoever is asking at this moment asks about none of the rest.
                objects.create(layout.asked_key(intent.intent_id, record["recordId"]), b"")
        run = OnDemandRun(stage.policy, stage.ledger, objects, stage.model, stage.clock, stage.meter)
        run.end_early(intent, job, "the trial was discarded")


def check_nothing_runs(intent: Intent, jobs: tuple[BatchJob, ...]) -> None:
    """Refuse to withdraw a trial that the service may be working on.

    Raises:
        PermanentError: It may be; the message says how to stop it.
    """
    running = [job for job in jobs if _may_run(job)]
    if running:
        raise PermanentError(
            f"{len(running)} jobs of {intent.intent_id} are at Bedrock, or may be: "
            f"`{command(intent.workload, f'jobs stop {intent.intent_id}')}`, or start the trial again to finish it"
        )


def _may_run(job: BatchJob) -> bool:
    return job.mode is JobMode.BATCH and job.status != PLANNED and not job.has_ended
