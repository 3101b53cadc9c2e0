"""Submitting an intent's jobs, each exactly once, whatever dies and whenever.

The order that makes it so: the job's name and token are in the table before anything is asked for
(`planning.py`); the row says `Submitting` before the call; after any doubt the service is asked for the
job by name and token, and what it knows is adopted. While that look-up fails, nothing is submitted.

Before the first of them the estimate is reserved (`spending.py`). A large intent's first part is its pre-flight:
asked on demand, and judged before any job is created (`preflight_verdict.py`).

A part that is no longer what was sealed is never submitted. With nothing asked yet, the manifest is written
anew; when jobs of the intent have gone out already, this one is withdrawn, and its records go back in line
with those that a bad ending leaves.

While a person has paused submission, nothing is created and nothing asked on demand; what may exist already is
still looked for and adopted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED, SUBMITTING, WITHDRAWN, BatchJob, JobMode, JobRequest, JobState
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.errors import (
    InDoubtError,
    LostRaceError,
    ManifestChangedError,
    PausedError,
    PreflightFailedError,
    SlotsFullError,
    SubmissionRefusedError,
    ThrottledError,
)
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.job_input import job_input
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.on_demand import OnDemandRun
from yorutsuke_pipeline.engine.orders import policy_of
from yorutsuke_pipeline.engine.preflight_verdict import PreflightJudge, PreflightVerdict
from yorutsuke_pipeline.engine.slots import Slots, SlotTurn
from yorutsuke_pipeline.engine.submitted_intent import mark_submitted
from yorutsuke_pipeline.engine.switch import NEVER_PAUSED, Gate, check_not_paused

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
        QuotaBook,
        SubmissionSwitch,
    )
    from yorutsuke_pipeline.engine.spending import Spending
    from yorutsuke_pipeline.engine.workload import Workload


@dataclass(frozen=True)
class SubmissionReport:
    """What the stage did.

    Attributes:
        intents: Those of the day that wait for their jobs, or whose jobs wait for a slot.
        jobs: Their jobs.
        waiting_for_slots: Jobs that the service's quota did not admit; the sensor submits them later.
        paused: Why jobs were not submitted, if a person has paused submission; they are not counted above.
    """

    intents: tuple[Intent, ...] = ()
    jobs: tuple[BatchJob, ...] = ()
    waiting_for_slots: int = 0
    paused: str | None = None


@dataclass(frozen=True)
class _Tried:
    """What became of an intent's jobs, what its pre-flight decided, and what paused them."""

    jobs: list[BatchJob]
    verdict: PreflightVerdict
    paused: str | None = None


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
    spending: Spending
    quota_book: QuotaBook
    meter: Meter = NO_METER
    switch: SubmissionSwitch = NEVER_PAUSED

    def submit(self, day: date, *, only: str | None = None) -> SubmissionReport:
        """Submit every job of the day's sealed intents, or of one, that is not submitted yet.

        Raises:
            ManifestChangedError: A part is no longer what was sealed; it is not submitted.
            BudgetExceededError: The estimate passes a budget; no job was submitted.
            PreflightFailedError: The model answered none of the records that were asked first.
            SubmissionRefusedError: The service refused a job, which does not exist then.
            InDoubtError: Nobody can tell whether a job exists; run the stage again.
            ConfigurationError: The account has no slot for a job of the model, and never will without a change.
            LostRaceError: Another run has gone on with an intent since it was read.
        """
        statuses = (IntentStatus.MANIFESTED, IntentStatus.SUBMITTED)
        return self._submit_each(intents_in(self.ledger, self.workload.name, day, *statuses, only=only))

    def submit_intent(self, intent: Intent) -> SubmissionReport:
        """Do the work of `submit` for one sealed intent, if it still is as it was read; raises the same."""
        return self._submit_each([intent])

    def _submit_each(self, listed_intents: list[Intent]) -> SubmissionReport:
        intents: list[Intent] = []
        jobs: list[BatchJob] = []
        waiting = 0
        paused: str | None = None
        faults: list[str] = []
        for listed in listed_intents:
            tried = self._submit_all(listed)
            intent, paused = tried.verdict.intent, tried.paused or paused
            jobs.extend(tried.jobs)
            missing = sum(1 for job in tried.jobs if job.awaits_submission)
            waiting += missing if tried.paused is None else 0
            intents.append(mark_submitted(intent, tried.jobs, self.ledger, self.events))
            if tried.verdict.fault is not None:
                faults.append(f"{intent.intent_id}: {tried.verdict.fault}")
        if faults:
            raise PreflightFailedError(
                f"{'; '.join(faults)}. No job was created; all records go back in line, these with an attempt more. "
                "Check YORUTSUKE_MODEL_ID, access to that model and the prompt, then materialize the day again",
            )
        return SubmissionReport(tuple(intents), tuple(jobs), waiting, paused)

    def _submit_all(self, intent: Intent) -> _Tried:
        """Submit an intent's jobs, if its pre-flight lets them go."""
        jobs, turn = list(self.ledger.jobs(intent.intent_id)[: intent.job_count]), self._turn(intent)
        self._check_not_taken_over(intent)
        has_begun = any(job.status != PLANNED for job in jobs)
        if not has_begun:
            pause = self.switch.current()
            if pause is not None:
                return _Tried(jobs, PreflightVerdict(intent), str(pause))
            self.spending.reserve(intent, intent.preflight.estimate_usd if intent.preflight else intent.estimate_usd)
        if intent.preflight is None or intent.status is not IntentStatus.MANIFESTED:
            return self._try(PreflightVerdict(intent), jobs, turn, has_begun=has_begun)
        first, rest = self._try(PreflightVerdict(intent), jobs[:1], turn, has_begun=has_begun), jobs[1:]
        if first.paused is not None:
            return replace(first, jobs=[*first.jobs, *rest])
        verdict = first.verdict
        if all(job.status in {PLANNED, WITHDRAWN} for job in rest):
            asks_more = any(job.status == PLANNED for job in rest)
            verdict = self._judge_of(intent).judge(intent, first.jobs[0], asks_more=asks_more)
        if verdict.withdrawal is not None:
            rest = [self._withdraw(job, verdict.withdrawal) if job.status == PLANNED else job for job in rest]
        others = self._try(verdict, rest, turn, has_begun=True)
        return replace(others, jobs=[*first.jobs, *others.jobs])

    def _check_not_taken_over(self, intent: Intent) -> None:
        """Refuse to go on with an intent that was given up since it was read, or is about to be.

        Looked at after its jobs were read: whoever takes it over saves it first, and then its jobs. So either that is
        seen here, or the jobs that were read cannot be written any more.
        """
        if intent.status is not IntentStatus.MANIFESTED:
            return
        current = self.ledger.intent(intent.intent_id)
        if current is None or current.version != intent.version:
            raise LostRaceError(f"another run has gone on with {intent.intent_id} since it was read; submit it again")

    def _judge_of(self, intent: Intent) -> PreflightJudge:
        return PreflightJudge(self.workload, policy_of(intent, self.policy), self.ledger, self.objects, self.spending)

    def _try(self, verdict: PreflightVerdict, jobs: list[BatchJob], turn: SlotTurn, *, has_begun: bool) -> _Tried:
        tried = _Tried([], verdict)
        for job in jobs:
            try:
                tried.jobs.append(self._submitted(verdict.intent, job, turn, has_begun=has_begun))
            except PausedError as pause:
                # Whatever else is known already is still noted: answers that are paid for must be read.
                # It may have been begun meanwhile.
                current = self.ledger.jobs(job.intent_id)[job.number - 1]
                tried = _Tried([*tried.jobs, current], verdict, str(pause))
            has_begun = has_begun or tried.jobs[-1].status != PLANNED
        return tried

    def adopt(self, job: BatchJob) -> BatchJob | None:
        """Take over the job that the service has under this one's name and token, if it has one; create none.

        Raises:
            LostRaceError: Another run has noted something about the job first.
        """
        known = self.service.find(job.job_name, job.client_request_token)
        return None if known is None else self._adopt(job, known)

    def _submitted(self, intent: Intent, job: BatchJob, turn: SlotTurn, *, has_begun: bool) -> BatchJob:
        if not job.awaits_submission:
            return job
        if job.status == SUBMITTING and job.mode is JobMode.BATCH:
            adopted = self.adopt(job)
            if adopted is not None:
                return adopted
        check_not_paused(self.switch)
        fault = self._fault_of_part(job)
        if fault is not None and not has_begun:
            raise ManifestChangedError(
                f"{fault} after {job.intent_id} was sealed, so it is not submitted and nothing was paid; materialize "
                "the day's manifest again: it is then written anew",
            )
        if job.mode is JobMode.ON_DEMAND:
            gate = Gate(self.switch, self.clock)
            run = OnDemandRun(self.policy, self.ledger, self.objects, self.model, self.clock, self.meter, gate)
            return run.run(intent, job) if fault is None else run.end_early(intent, job, fault)
        if fault is not None:
            return self._withdraw(job, f"{fault} after it was sealed, so it was never submitted")
        return self._create(intent, job, turn) if turn.take() else job

    def _turn(self, intent: Intent) -> SlotTurn:
        return SlotTurn(Slots(intent.model_id, self.quota_book, self.service, self.clock))

    def _withdraw(self, job: BatchJob, message: str) -> BatchJob:
        return self.ledger.save_job(replace(job, status=WITHDRAWN, message=message, completed_at=self.clock.now()))

    def _create(self, intent: Intent, job: BatchJob, turn: SlotTurn) -> BatchJob:
        request = self._request(intent, job)
        # After an earlier doubt it stays `Submitting`: a look-up that found nothing may have come too early.
        before = job.status
        job = self.ledger.save_job(replace(job, status=SUBMITTING))
        try:
            arn = self.service.create(request)
        except SlotsFullError:
            job = self.ledger.save_job(replace(job, status=before))
            turn.end()
            return job
        except ThrottledError:
            self.ledger.save_job(replace(job, status=before))
            raise
        except (InDoubtError, SubmissionRefusedError) as doubt:
            adopted = self.adopt(job)
            if adopted is not None:
                return adopted
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

    def _fault_of_part(self, job: BatchJob) -> str | None:
        """Return what is wrong with the job's part, as the beginning of a sentence; None if nothing is."""
        stored = job_input(self.objects, job.part_key)
        if stored is not None and stored.etag == job.part_etag:
            return None
        return f"{job.part_key} {'is gone' if stored is None else 'was changed'}"

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
