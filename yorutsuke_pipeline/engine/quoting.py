"""Quotes: what asking about some records would cost, before anything is claimed or written.

What belongs here: which records are to be had, how many of them a budget pays for, and the estimate. The same
question is prepared and counted as the manifest will, so a quote and the estimate of a sealed intent agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.cost import NO_PRICE, TokenUsage
from yorutsuke_pipeline.engine.holders import Holders
from yorutsuke_pipeline.engine.orders import Estimate, policy_of
from yorutsuke_pipeline.engine.preflight import preflight_size
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.engine.streams import chunked
from yorutsuke_pipeline.engine.tokens import question_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import IntentLedger, PriceList, QuotaBook
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Workload

# Rows that are looked up together; a BatchGet takes 100.
_AT_ONCE = 500


@dataclass(frozen=True)
class Quoter:
    """The rules, with the ports they work through; `policy` is the deployment's, or that of an order."""

    workload: Workload
    policy: Policy
    prices: PriceList
    records: RecordBook
    ledger: IntentLedger
    quota_book: QuotaBook

    def ordering(self, intent: Intent) -> Quoter:
        """Return what quotes by the policy that an order is worked on by, with the quotas in force, as its manifest."""
        policy = policy_of(intent, self.policy)
        quotas = self.quota_book.quotas(policy.model_id)
        return replace(self, policy=policy_of(intent, replace(policy, quotas=quotas)))

    def quote(self, candidates: Iterable[PendingRecord], *, most: int) -> Estimate:
        """Return the estimate for the first candidates, as many as `most` and the budget allow.

        Those that will be turned away are among them, at no cost.
        """
        price, budget = self.prices.price(self.policy.model_id), self.policy.budget_usd
        if price is None and budget is not None:
            return Estimate(0, 0, None, NO_PRICE.format(budget=budget))
        best, tally = Estimate(0, 0, None if price is None else Decimal(0)), _Tally(self.policy)
        for record in islice(candidates, most):
            tally.add(self._usage(record))
            cost = None if price is None else tally.cost(price)
            if budget is None or (cost is not None and cost <= budget):
                best = Estimate(tally.count, tally.token_count, cost)
            elif price is not None and price.cost(tally.usage, batch=True) > budget:
                break
        return best if best.record_count == tally.count else replace(best, note="the budget allows no more")

    def to_be_had(
        self, wanted: Iterable[PendingRecord], *, is_new: bool, mine: str | None = None
    ) -> Iterator[PendingRecord]:
        """Yield those of the wanted records that no open intent and no other order has, as their rows are.

        Args:
            wanted: By what their source says of them.
            is_new: Whether one without a row can be put in line; else it must wait already.
            mine: The order that asks; what waits for it is to be had.
        """
        is_open = Holders(self.ledger.intent).is_open
        for some in chunked(wanted, _AT_ONCE):
            rows = self.records.of([record.identity for record in some])
            for record in some:
                row = rows.get(record.identity)
                if row is None:
                    if is_new:
                        yield record
                elif row.waits and not any(
                    is_open(name) for name in (row.intent_id, row.ordered_by) if name and name != mine
                ):
                    yield row

    def _usage(self, record: PendingRecord) -> TokenUsage | None:
        """Return the tokens that a record is expected to take; None if it will be turned away."""
        try:
            return TokenUsage(self._question_tokens(record), self.workload.expected_output_tokens)
        except RecordRejectedError:
            return None

    def _question_tokens(self, record: PendingRecord) -> int:
        if self.workload.content_key(record) is not None:
            return self.workload.expected_input_tokens
        prepared = self.workload.prepare(record, None, max_output_tokens=self.policy.max_output_tokens)
        return question_tokens(self.policy.model_id, prepared.question)


class _Tally:
    """Records as they are counted: which of them would be asked on demand, and what all would cost."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._asked = 0
        # As a large intent is divided: those of its pre-flight, and the others.
        self._first = TokenUsage()
        self._rest = TokenUsage()
        self.count = 0

    @property
    def usage(self) -> TokenUsage:
        """Tokens of all."""
        return self._first + self._rest

    @property
    def token_count(self) -> int:
        """Input and output tokens of all together."""
        return self.usage.input_tokens + self.usage.output_tokens

    def add(self, usage: TokenUsage | None) -> None:
        """Count a record; one that will be turned away has no usage."""
        self.count += 1
        if usage is None:
            return
        self._asked += 1
        if self._asked <= self._policy.preflight_records:
            self._first += usage
        else:
            self._rest += usage

    def cost(self, price: Price) -> Decimal:
        """Return what asking about them would cost in USD, each at the price of how it would be asked."""
        ahead, fewest = preflight_size(self.count, self._policy), self._policy.quotas.fewest_records
        is_batch = self._asked - ahead >= fewest
        if ahead:
            return price.cost(self._first, batch=False) + price.cost(self._rest, batch=is_batch)
        return price.cost(self.usage, batch=is_batch)
