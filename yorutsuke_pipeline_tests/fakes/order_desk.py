"""An order desk in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import BudgetExceededError, OrderConflictError
from yorutsuke_pipeline.engine.order_names import ordered_intent
from yorutsuke_pipeline.engine.ordered_records import order_of
from yorutsuke_pipeline.engine.orders import Estimate, OrderPage, OrderState, OrderStatus, Placed

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.orders import Wanted
    from yorutsuke_pipeline.engine.ports import Clock
    from yorutsuke_pipeline.engine.workload import Workload

PRICE = Decimal("0.00006")
_MODEL = "amazon.nova-lite-v1:0"


class FakeOrderDesk:
    """Implements `OrderDesk`; orders have the names that the product gives them.

    Args:
        workload: Whose records are ordered.
        clock: When orders are made.
        found: How many records a selection finds.
    """

    def __init__(self, workload: Workload, clock: Clock, found: int = 5000) -> None:
        self._workload = workload
        self._clock = clock
        self._found = found
        self._contents: dict[str, str] = {}
        self.orders: dict[str, OrderState] = {}
        # What each order was wanted as.
        self.wanted: dict[str, Wanted] = {}
        # Orders with dead letters that wait.
        self.with_dead_letters: set[str] = set()
        self._model: tuple[OrderState, Wanted] | None = None
        # Raised by the next call.
        self.fails_with: Exception | None = None

    def estimate(self, wanted: Wanted) -> Estimate:
        self._maybe_fail()
        count = self._found if wanted.identities is None else len(wanted.identities)
        return Estimate(count, count * 700, count * PRICE)

    def known(self, wanted: Wanted) -> Placed | None:
        self._maybe_fail()
        return self.place(wanted) if self._intent(wanted).intent_id in self.orders else None

    def place(self, wanted: Wanted) -> Placed:
        estimate = self.estimate(wanted)
        intent = self._intent(wanted)
        content, name = order_of(intent).fingerprint, intent.intent_id
        if self._contents.setdefault(name, content) != content:
            raise OrderConflictError(f"order {name} asks for something else already; choose another intentId")
        if wanted.budget_usd is not None and (estimate.cost_usd or 0) > wanted.budget_usd:
            raise BudgetExceededError(f"the estimate {estimate.cost_usd} passes the budget {wanted.budget_usd}")
        cached = name in self.orders
        if not cached:
            self.wanted[name] = wanted
            self.orders[name] = OrderState(
                intent_id=name,
                workload=intent.workload,
                day=intent.day,
                owner=wanted.owner,
                status=OrderStatus.QUEUED,
                created_at=intent.created_at,
                model_id=intent.model_id,
                estimate_usd=estimate.cost_usd,
                expected_completion=intent.created_at + timedelta(hours=2),
            )
        return Placed(self.orders[name], estimate, cached)

    def state(self, intent_id: str) -> OrderState | None:
        self._maybe_fail()
        if self._model is not None and intent_id not in self.orders:
            self.orders[intent_id] = replace(self._model[0], intent_id=intent_id, workload=self._workload.name)
            self.wanted[intent_id] = replace(self._model[1], intent_id=intent_id)
            self.with_dead_letters.add(intent_id)
        return self.orders.get(intent_id)

    def listing(self, *, day: date | None, status: OrderStatus | None, after: str | None, most: int) -> OrderPage:
        self._maybe_fail()
        fitting = [
            order
            for order in reversed(self.orders.values())
            if day in {None, order.day} and status in {None, order.status}
        ]
        begin = 0 if after is None else [order.intent_id for order in fitting].index(after) + 1
        page = tuple(fitting[begin : begin + most])
        return OrderPage(page, page[-1].intent_id if begin + most < len(fitting) else None)

    def stop(self, intent_id: str) -> OrderState:
        self._maybe_fail()
        if not self.orders[intent_id].status.is_final:
            self.becomes(intent_id, OrderStatus.STOPPED, expected_completion=None)
        return self.orders[intent_id]

    def redrive(self, intent_id: str, owner: str) -> Placed | None:
        self._maybe_fail()
        if intent_id not in self.with_dead_letters:
            return None
        again = replace(self.wanted[intent_id], intent_id=f"{intent_id}-again"[:50], owner=owner)
        return self.place(again)

    def _intent(self, wanted: Wanted) -> Intent:
        return ordered_intent(wanted, self._workload, _MODEL, self._clock.now())

    def stands_for_all(self, order: OrderState, wanted: Wanted) -> None:
        """From now on, whichever order is looked for is there, and is like this one."""
        self._model = order, wanted

    def becomes(self, intent_id: str, status: OrderStatus, **values: object) -> None:
        """Let an order be in another state."""
        self.orders[intent_id] = replace(self.orders[intent_id], status=status, **values)  # type: ignore[arg-type] # a test's own

    def _maybe_fail(self) -> None:
        failure, self.fails_with = self.fails_with, None
        if failure is not None:
            raise failure
