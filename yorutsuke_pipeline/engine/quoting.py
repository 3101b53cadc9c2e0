"""Quotes: what asking about some records would cost, before anything is claimed or written.

What belongs here: which records are to be had, how many of them a budget pays for, and the estimate. The same
question is prepared and counted as the manifest will, so a quote and the estimate of a sealed intent agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.orders import Estimate
from yorutsuke_pipeline.engine.preflight import preflight_size
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.engine.streams import chunked
from yorutsuke_pipeline.engine.tokens import question_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import IntentLedger, PriceList
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Workload

# Rows that are looked up together; a BatchGet takes 100.
_AT_ONCE = 500


@dataclass(frozen=True)
class Quoter:
    """The rules, with the ports they work through; `policy` is that of the order."""

    workload: Workload
    policy: Policy
    prices: PriceList
    records: RecordBook
    ledger: IntentLedger

    def quote(self, candidates: Iterable[PendingRecord], *, most: int) -> Estimate:
        """Return the estimate for the first candidates, as many as `most` and the budget allow."""
        price = self.prices.price(self.policy.model_id)
        best = Estimate(0, 0, None if price is None else Decimal(0))
        count, tokens, first = 0, TokenUsage(), TokenUsage()
        for record in candidates:
            if count == most:
                break
            usage = self._usage(record)
            count, tokens = count + 1, tokens + usage
            first = first + usage if count <= self.policy.preflight_records else first
            cost = None if price is None else self._cost(price, count, tokens, first)
            if self._allows(cost):
                best = Estimate(count, tokens.input_tokens + tokens.output_tokens, cost)
            elif price is not None and not self._allows(price.cost(tokens, batch=True)):
                return _told(best, "the budget allows no more")
        return best

    def _cost(self, price: Price, count: int, tokens: TokenUsage, first: TokenUsage) -> Decimal:
        """Return what so many records cost: as a batch, those asked first on demand, or all of them on demand."""
        is_batch = count >= self.policy.quotas.fewest_records
        cost = price.cost(tokens, batch=is_batch)
        if is_batch and preflight_size(count, self.policy):
            cost += price.cost(first, batch=False) - price.cost(first, batch=True)
        return cost

    def to_be_had(
        self, wanted: Iterable[PendingRecord], *, is_new: bool, mine: str | None = None
    ) -> Iterator[PendingRecord]:
        """Yield those of the wanted records that no open intent and no other order has, as their rows are.

        Args:
            wanted: By what their source says of them.
            is_new: Whether one without a row can be put in line; else it must wait already.
            mine: The order that asks; what waits for it is to be had.
        """
        is_open = lru_cache(maxsize=None)(lambda name: name != mine and self._is_open(name))
        for some in chunked(wanted, _AT_ONCE):
            rows = self.records.of([record.identity for record in some])
            for record in some:
                row = rows.get(record.identity)
                if row is None:
                    if is_new:
                        yield record
                elif row.waits and not any(is_open(name) for name in (row.intent_id, row.ordered_by) if name):
                    yield row

    def _usage(self, record: PendingRecord) -> TokenUsage:
        return TokenUsage(self._question_tokens(record), self.workload.expected_output_tokens)

    def _question_tokens(self, record: PendingRecord) -> int:
        try:
            if self.workload.content_key(record) is not None:
                return self.workload.expected_input_tokens
            prepared = self.workload.prepare(record, None, max_output_tokens=self.policy.max_output_tokens)
        except RecordRejectedError:
            # It will be turned away, and cost nothing.
            return 0
        return question_tokens(self.policy.model_id, prepared.question)

    def _allows(self, cost: Decimal | None) -> bool:
        budget = self.policy.budget_usd
        return budget is None or (cost is not None and cost <= budget)

    def _is_open(self, intent_id: str) -> bool:
        intent = self.ledger.intent(intent_id)
        return intent is not None and intent.is_open


def _told(estimate: Estimate, note: str) -> Estimate:
    return Estimate(estimate.record_count, estimate.token_count, estimate.cost_usd, note)
