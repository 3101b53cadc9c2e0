"""The pre-flight: a few records of a large batch are asked on demand before any job is created.

The batch service checks no body against its model: a job can be Completed with every record failed. So the
first records of a large intent are a part of their own, asked on demand like any that is too small for a job.
Their answers are answers like all others, paid once and kept; what they show decides about the rest.

What belongs here: how many, what they showed, and what that makes of the estimate.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.output_line import read_output_line
from yorutsuke_pipeline.engine.record import Reject

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import ObjectStore

# A few pictures may happen to be small: an estimate that turns out too high is lowered with some room left.
_ROOM = Decimal("1.2")
# A division has as many digits as there is room for; a table and a person want fewer.
_EXACT = Decimal("0.000000001")
# The input line (at most 25 MB) with an answer.
_LONGEST_LINE = 32_000_000
_LONGEST_MESSAGE = 200


@dataclass(frozen=True)
class Preflight:
    """The pre-flight of an intent, as its row has it.

    Attributes:
        record_count: Records in its part, which is the intent's first.
        estimate_usd: What asking them was estimated at; None where the price is unknown.
        usage: Tokens of their answers; None until they were asked.
    """

    record_count: int
    estimate_usd: Decimal | None
    usage: TokenUsage | None = None


@dataclass(frozen=True)
class Findings:
    """What asking the first records showed.

    Attributes:
        answered_count: Records with an answer, whatever it is worth.
        usage: Tokens of these.
        refusals: What was said instead of an answer, counted.
    """

    answered_count: int
    usage: TokenUsage
    refusals: Counter[str]

    @property
    def fault(self) -> str | None:
        """Why nothing more may be asked, as the beginning of a sentence; None if something got an answer."""
        if self.answered_count:
            return None
        if not self.refusals:
            return "nothing is known of the records that were asked first: whoever asked them died, or no answer reads"
        said = "; ".join(message for message, _ in self.refusals.most_common(3))
        return f"the model answered none of {self.refusals.total()} records that were asked first ({said})"


def preflight_size(waiting: int, policy: Policy) -> int:
    """Return how many of the records that wait are asked first; 0 where the batch is not large."""
    is_large = 0 < policy.preflight_from <= waiting
    leaves_enough = waiting - policy.preflight_records >= policy.quotas.fewest_records
    return policy.preflight_records if is_large and leaves_enough else 0


def read_findings(objects: ObjectStore, job: BatchJob, model_id: str) -> Findings:
    """Read what the pre-flight's job, which has ended, wrote; one whose answer got lost is in no count."""
    family, answered, usage, refusals = family_of(model_id), 0, TokenUsage(), Counter[str]()
    key = layout.on_demand_output_key(job.job_id or "", job.part_key)
    for line in objects.lines(key, longest=_LONGEST_LINE):
        read = read_output_line(line, family, longest=_LONGEST_LINE)
        if isinstance(read, Reject):
            continue
        if read.refusal is not None:
            refusals[f"{read.refusal.code} {' '.join(read.refusal.message.split())}"[:_LONGEST_MESSAGE]] += 1
        elif read.answer is not None:
            answered += 1
            usage += read.answer.usage
    return Findings(answered, usage, refusals)


def corrected_estimate(
    estimate: Decimal | None, preflight: Preflight, findings: Findings, price: Price | None
) -> Decimal | None:
    """Return the estimate of the whole intent, given what its first records really took.

    Raised by as much as these took more than was estimated for them; lowered by less than they took less.
    """
    if price is None or estimate is None or not preflight.estimate_usd or not findings.answered_count:
        return estimate
    paid = price.cost(findings.usage, batch=False)
    expected = preflight.estimate_usd * findings.answered_count / preflight.record_count
    ratio = paid / expected
    corrected = paid + (estimate - preflight.estimate_usd) * max(ratio, min(Decimal(1), ratio * _ROOM))
    return corrected.quantize(_EXACT, ROUND_UP)
