"""The verdict on an intent whose first records were asked on demand: whether its jobs may be created.

What belongs here: the decision, and the note of the corrected estimate that it rests on. Asking is `on_demand.py`,
what was found `preflight.py`, and acting on the verdict `submission.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.preflight import corrected_estimate, read_findings

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import IntentLedger, ObjectStore
    from yorutsuke_pipeline.engine.spending import Spending
    from yorutsuke_pipeline.engine.workload import Workload


@dataclass(frozen=True)
class PreflightVerdict:
    """What is to become of the intent's other jobs.

    Attributes:
        intent: As it was saved.
        fault: Why the day must fail; None if nothing is wrong.
        withdrawal: Why the other jobs are never submitted; None if they may be.
    """

    intent: Intent
    fault: str | None = None
    withdrawal: str | None = None


@dataclass(frozen=True)
class PreflightJudge:
    """The decision, with the ports it works through."""

    workload: Workload
    policy: Policy
    ledger: IntentLedger
    objects: ObjectStore
    spending: Spending

    def judge(self, intent: Intent, job: BatchJob, *, asks_more: bool) -> PreflightVerdict:
        """Decide about an intent whose first job, the pre-flight, has ended; running it again changes nothing.

        Args:
            intent: The intent.
            job: Its pre-flight.
            asks_more: Whether there is anything left to be asked, and so money to be reserved.

        Raises:
            BudgetExceededError: The corrected estimate passes a budget.
        """
        if intent.preflight is None:
            return PreflightVerdict(intent)
        findings = read_findings(self.objects, job, intent.model_id)
        if findings.fault is not None:
            return PreflightVerdict(intent, findings.fault, f"{findings.fault}, so it was never submitted")
        if (intent.model_id, intent.prompt_version) != (self.policy.model_id, self.workload.prompt_version):
            changed = "the model or the prompt was changed after the pre-flight, so it was never submitted"
            return PreflightVerdict(intent, withdrawal=changed)
        if intent.preflight.usage is None:
            price = self.spending.prices.price(intent.model_id)
            estimate = corrected_estimate(intent.estimate_usd, intent.preflight, findings, price)
            asked = replace(intent.preflight, usage=findings.usage)
            intent = self.ledger.save(replace(intent, estimate_usd=estimate, preflight=asked))
        if asks_more:
            self.spending.reserve(intent, intent.estimate_usd)
        return PreflightVerdict(intent)
