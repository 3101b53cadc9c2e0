"""The port through which others order: what an order desk does, as its callers know it.

What belongs here: the protocol. The desk itself is `order_desk.py`, the values are in `orders.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.engine.orders import Estimate, OrderPage, OrderState, OrderStatus, Placed, Wanted


class OrderDesk(Protocol):
    """Takes the orders of one workload. It holds no state: all of it is in the tables."""

    def estimate(self, wanted: Wanted) -> Estimate:
        """Return what an order would cost. Nothing is written.

        Raises:
            NothingToOrderError: No record is left that it asks for.
            ConfigurationError: A setting, or the model that it names, is wrong.
        """
        ...

    def known(self, wanted: Wanted) -> Placed | None:
        """Return the order of that name and content that is there already, or None. Nothing is written.

        Raises:
            OrderConflictError: Its name is taken by another content.
            ConfigurationError: Its name cannot be used.
        """
        ...

    def place(self, wanted: Wanted) -> Placed:
        """Write an order down, or return the one of that name and content that is there already.

        Raises:
            NothingToOrderError: No record is left that it asks for.
            ConfigurationError: A setting, or the model that it names, is wrong.
            OrderConflictError: Its name is taken by another content.
            BudgetExceededError: Its estimate passes its own budget or the deployment's.
        """
        ...

    def state(self, intent_id: str) -> OrderState | None:
        """Return how far an order is; None if this workload has none of that name."""
        ...

    def listing(self, *, day: date | None, status: OrderStatus | None, after: str | None, most: int) -> OrderPage:
        """Return the newest `most` orders, or those that follow the page that gave `after`.

        Raises:
            ValueError: No page gave `after`.
        """
        ...

    def stop(self, intent_id: str) -> OrderState:
        """Stop what can still be stopped, and return how the order stands; one that is final stays as it is."""
        ...

    def redrive(self, intent_id: str, owner: str) -> Placed | None:
        """Order an order's dead letters again, for `owner`; None if none waits."""
        ...
