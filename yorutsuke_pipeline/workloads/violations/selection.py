"""A request as an order keeps it, and the fines that its tier covers.

What belongs here: one text for one wish, so that the same request made twice is found to be the same. Which rows it
finds is the source's (`aws/violations_table.py`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.workloads.violations.request import TIER_FROM, Priority, ViolationsRequest

if TYPE_CHECKING:
    from collections.abc import Mapping


def tier(priority: Priority) -> tuple[Decimal, Decimal | None]:
    """Return the least fine of a tier, in USD, and the fine from which on it is the next one's; None for no end."""
    least = TIER_FROM[priority]
    return least, min((start for start in TIER_FROM.values() if start > least), default=None)


def selection_of(request: ViolationsRequest) -> dict[str, Any]:
    """Return a request as JSON, the same for the same wish.

    Amounts are texts without needless zeros, names are sorted and stand there once, days are YYYY-MM-DD; what is not
    asked for is left out, and what was left out by the caller but has a default is there.
    """
    return dict(_canonical(request.model_dump(by_alias=True)))


def request_of(selection: Mapping[str, Any]) -> ViolationsRequest:
    """Return the request that an order keeps.

    Raises:
        ValidationError: It is none; somebody else wrote it.
    """
    return ViolationsRequest.model_validate(dict(selection))


def _canonical(value: Any) -> Any:  # noqa: ANN401 — the values of a model are of many kinds
    if isinstance(value, dict):
        parts = {name: _canonical(part) for name, part in value.items()}
        return {name: part for name, part in sorted(parts.items()) if part not in (None, [], {})}
    if isinstance(value, tuple):
        return sorted({_canonical(part) for part in value})
    if isinstance(value, Priority):
        return value.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, date) else value
