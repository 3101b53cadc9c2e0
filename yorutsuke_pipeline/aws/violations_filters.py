"""A request's filters as the table's own expressions, and how many rows each of them removes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from pyiceberg.expressions import (
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    NotNull,
)
from pyiceberg.expressions.visitors import bind
from pyiceberg.io.pyarrow import expression_to_pyarrow

from yorutsuke_pipeline.aws.iceberg_files import TableFiles
from yorutsuke_pipeline.aws.violations_schema import AGENCY, FINE, ISSUED, TITLE, TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pyiceberg.table import Table

_CENT = Decimal("0.01")
HAS_TEXT, INCOMPLETE = "hasText", "incomplete"

# From, inclusive, up to, exclusive; None for no end. USD.
Tier = tuple[Decimal, "Decimal | None"]


class Days(Protocol):
    """Days of issue, both included; None leaves it open."""

    @property
    def start(self) -> date | None: ...  # noqa: D102 — the protocol says it
    @property
    def end(self) -> date | None: ...  # noqa: D102 — as above


class Wishes(Protocol):
    """Which rows are wanted; what is None or empty removes none. `Filters` of workloads/violations is one."""

    @property
    def min_fine_amount(self) -> Decimal | None: ...  # noqa: D102 — the protocol says it
    @property
    def max_fine_amount(self) -> Decimal | None: ...  # noqa: D102 — as above
    @property
    def agencies(self) -> Sequence[str]: ...  # noqa: D102 — as above
    @property
    def date_range(self) -> Days: ...  # noqa: D102 — as above
    @property
    def violation_types(self) -> Sequence[str]: ...  # noqa: D102 — as above


def filters_by_name(wishes: Wishes, tier: Tier | None) -> dict[str, BooleanExpression]:
    """Return what each filter that is set demands, by its name in a request."""
    # A decimal compares only with one of its own scale.
    least, most = wishes.min_fine_amount, wishes.max_fine_amount
    days = wishes.date_range
    demands: dict[str, list[BooleanExpression]] = {
        "minFineAmount": [] if least is None else [GreaterThanOrEqual(FINE, least.quantize(_CENT))],
        "maxFineAmount": [] if most is None else [LessThanOrEqual(FINE, most.quantize(_CENT))],
        "agencies": [In(AGENCY, set(wishes.agencies))] if wishes.agencies else [],
        "dateRange": [
            *([] if days.start is None else [GreaterThanOrEqual(ISSUED, days.start)]),
            *([] if days.end is None else [LessThanOrEqual(ISSUED, days.end)]),
        ],
        "violationTypes": [In(TYPE, set(wishes.violation_types))] if wishes.violation_types else [],
        "priority": [] if tier is None else _within(tier),
    }
    return {name: _all_of(demanded) for name, demanded in demands.items() if demanded}


# Nothing can be said about a row without one of them.
_COMPLETE = And(NotNull(FINE), NotNull(ISSUED))


def _within(tier: Tier) -> list[BooleanExpression]:
    begin, end = tier
    above = GreaterThanOrEqual(FINE, begin.quantize(_CENT))
    return [above] if end is None else [above, LessThan(FINE, end.quantize(_CENT))]


def _all_of(demanded: list[BooleanExpression]) -> BooleanExpression:
    return And(*demanded) if len(demanded) > 1 else demanded[0]


def wanted_rows(wishes: Wishes, tier: Tier | None) -> BooleanExpression:
    """Return what a row must be to be selected: without a text, complete, and as every filter demands."""
    return _all_of([IsNull(TITLE), _COMPLETE, *filters_by_name(wishes, tier).values()])


def count_removals(table: Table, wishes: Wishes, tier: Tier | None) -> list[tuple[str, int]]:
    """Return how many rows without a text each filter removes if it is the only one, most first.

    Two that no caller sets are among them: `incomplete` (rows without a fine or a day) and `hasText`: the rows that
    match every filter and have a text already. What removes none is left out.
    """
    demands = filters_by_name(wishes, tier)
    with_text = TableFiles(table, _all_of([NotNull(TITLE), _COMPLETE, *demands.values()]), [FINE])
    counts = {HAS_TEXT: sum(map(len, with_text.all_pieces()))}
    alone = {
        name: expression_to_pyarrow(bind(table.schema(), demand, case_sensitive=True), table.schema())
        for name, demand in {**demands, INCOMPLETE: _COMPLETE}.items()
    }
    waiting = TableFiles(table, IsNull(TITLE), [AGENCY, TYPE, FINE, ISSUED])
    for rows in waiting.all_pieces():
        for name, demand in alone.items():
            counts[name] = counts.get(name, 0) + len(rows) - len(rows.filter(demand))
    return sorted(((name, count) for name, count in counts.items() if count), key=lambda each: (-each[1], each[0]))
