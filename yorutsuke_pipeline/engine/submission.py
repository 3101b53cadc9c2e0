"""Submitting an intent's jobs, each exactly once, whatever dies and whenever.

The order that makes it so: the job's name and token are in the table before anything is asked for
(`planning.py`); the row says `Submitting` before the call; after any doubt the service is asked for the
job by name and token, and what it knows is adopted. While that look-up fails, nothing is submitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED, SUBMITTING, BatchJob, JobMode, JobRequest, JobState
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.errors import (
    InDoubtError,
    ManifestChangedError,
    SlotsFullError,
    SubmissionRefusedError,
    ThrottledError,
)
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.on_demand import OnDemandRun

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import (
        BatchService,
        Clock,
        EventLog,
        IntentLedger,
        ObjectStore,
        OnDemandModel,
    )
    from yorutsuke_pipeline.engine.workload import Workload


@dataclass(frozen=True)
class SubmissionReport:
    """What the stage did.

    Attributes:
        intents: Those of the day that wait for their jobs, or whose jobs wait for a slot.
        jobs: Their jobs.
        waiting_for_slots: Jobs that the service's quota did not admit; the sensor submits them later.
    """

    intents: tuple[Intent, ...] = ()
    jobs: tuple[BatchJob, ...] = ()
    waiting_for_slots: int = 0


@dataclass(frozen=True)
class Submitter:
    """The stage, with the ports it works through."""

    workload: Workload
    policy: Policy
    ledger: IntentLedger
    objects: ObjectStore
    service: BatchService
    model: OnDemandModel
    events: EventLog
    clock: Clock

    def submit(self, day: date) -> SubmissionReport:
        """Submit every job of the day's sealed intents that is not submitted yet.

        Raises:
            ManifestChangedError: A part is no longer what was sealed; it is not submitted.
            SubmissionRefusedError: The service refused a job, which does not exist then.
            InDoubtError: Nobody can tell whether a job exists; run the stage again.
        """
        intents: list[Intent] = []
        jobs: list[BatchJob] = []
        waiting = 0
        statuses = (IntentStatus.MANIFESTED, IntentStatus.SUBMITTED)
        for intent in intents_in(self.ledger, self.workload.name, day, *statuses):
            tried = [self._submitted(intent, job) for job in self.ledger.jobs(intent.intent_id)[: intent.job_count]]
            jobs.extend(tried)
            missing = sum(1 for job in tried if not job.is_submitted)
            waiting += missing
            intents.append(intent if missing else self._mark_submitted(intent, tried))
        return SubmissionReport(tuple(intents), tuple(jobs), waiting)

    def _mark_submitted(self, intent: Intent, jobs: list[BatchJob]) -> Intent:
        if intent.status is not IntentStatus.MANIFESTED:
            return intent
        saved = self.ledger.save(intent.advance(IntentStatus.SUBMITTED))
        facts = (("jobs", len(jobs)), ("records", intent.record_count))
        self.events.emit(Event(EventName.BATCH_SUBMITTED, intent.intent_id, intent.trace_id, facts))
        return saved

    def _submitted(self, intent: Intent, job: BatchJob) -> BatchJob:
        if job.is_submitted:
            return job
        if job.mode is JobMode.ON_DEMAND:
            self._check_part(job)
            return OnDemandRun(self.policy, self.ledger, self.objects, self.model, self.clock).run(intent, job)
        if job.status == SUBMITTING:
            known = self.service.find(job.job_name, job.client_request_token)
            if known is not None:
                return self._adopt(job, known)
        return self._create(intent, job)

    def _create(self, intent: Intent, job: BatchJob) -> BatchJob:
        request = self._request(intent, job)
        self._check_part(job)
        job = self.ledger.save_job(replace(job, status=SUBMITTING))
        try:
            arn = self.service.create(request)
        except SlotsFullError:
            return self.ledger.save_job(replace(job, status=PLANNED))
        except ThrottledError:
            self.ledger.save_job(replace(job, status=PLANNED))
            raise
        except (InDoubtError, SubmissionRefusedError) as doubt:
            known = self.service.find(job.job_name, job.client_request_token)
            if known is not None:
                return self._adopt(job, known)
            if isinstance(doubt, SubmissionRefusedError):
                self.ledger.save_job(replace(job, status=PLANNED))
            raise
        return self.ledger.save_job(
            replace(
                job,
                status="Submitted",
                job_arn=arn,
                job_id=arn.rpartition("/")[2],
                submitted_at=self.clock.now(),
            ),
        )

    def _adopt(self, job: BatchJob, known: JobState) -> BatchJob:
        adopted = replace(
            job,
            status=known.status,
            job_arn=known.job_arn,
            job_id=known.job_id,
            message=known.message,
            submitted_at=known.submitted_at or self.clock.now(),
            completed_at=known.ended_at,
        )
        return self.ledger.save_job(adopted)

    def _check_part(self, job: BatchJob) -> None:
        stored = self.objects.head(job.part_key)
        if stored is None or stored.etag != job.part_etag:
            found = "is gone" if stored is None else "was changed"
            raise ManifestChangedError(
                f"{job.part_key} {found} after {job.intent_id} was sealed, so it is not submitted and nothing was "
                "paid; materialize the day's manifest again: it is then written anew",
            )

    def _request(self, intent: Intent, job: BatchJob) -> JobRequest:
        tags = (
            *self.policy.tags,
            ("workload", intent.workload),
            ("day", intent.day.isoformat()),
            ("intent", intent.intent_id),
        )
        return JobRequest(
            job_name=job.job_name,
            client_request_token=job.client_request_token,
            model_id=intent.model_id,
            role_arn=self.policy.role_arn,
            input_uri=layout.s3_uri(self.objects.bucket, job.part_key),
            output_uri=layout.s3_uri(self.objects.bucket, layout.OUTPUT_PREFIX),
            timeout_hours=self.policy.timeout_hours,
            tags=tags,
        )
