"""What a caller asks for: which violations, how many of them, and what they may cost.

What belongs here: the request as a checked value, and the tiers of priority. How rows are found is the source's
(`aws/violations_table.py`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from yorutsuke_pipeline.engine.whole_numbers import WHOLE
from yorutsuke_pipeline.engine.words import Word


def _money_schema(digits: int, *, zero: bool) -> WithJsonSchema:
    """Return the schema of an amount with so many digits behind the point, which pydantic leaves out of its own."""
    number = {"type": "number", "minimum" if zero else "exclusiveMinimum": 0, "exclusiveMaximum": 10**12}
    pattern = rf"^{'' if zero else '(?=.*[1-9])'}[0-9]{{1,12}}(\.[0-9]{{1,{digits}}})?$"
    return WithJsonSchema({"anyOf": [number | {"multipleOf": 10**-digits}, {"type": "string", "pattern": pattern}]})


# A word of a filter: an agency's or a type's name.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"\S")]
# As the table keeps money: decimal(14, 2).
Amount = Annotated[
    Decimal,
    Field(ge=0, lt=Decimal(10) ** 12, decimal_places=2),
    _money_schema(2, zero=True),
]
# A text costs less than a hundredth of a cent.
Spend = Annotated[
    Decimal,
    Field(gt=0, lt=Decimal(10) ** 12, decimal_places=6),
    _money_schema(6, zero=False),
]


class Priority(Word):
    """Which violations come first: tiers by fine amount (docs/violations.md)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


# The least fine of each tier, in USD; one tier ends where the one above begins.
TIER_FROM: dict[Priority, Decimal] = {
    Priority.HIGH: Decimal(100_000),
    Priority.MEDIUM: Decimal(10_000),
    Priority.LOW: Decimal(0),
}


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class DateRange(_Request):
    """Days of issue, both included; either may be left open."""

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> DateRange:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise ValueError(f"dateRange.start {self.start} is after dateRange.end {self.end}")
        return self


class Filters(_Request):
    """Which violations; a filter that is left out removes nothing."""

    min_fine_amount: Amount | None = None
    max_fine_amount: Amount | None = None
    agencies: tuple[Name, ...] = Field((), max_length=100)
    date_range: DateRange = DateRange()
    violation_types: tuple[Name, ...] = Field((), max_length=100)

    @model_validator(mode="after")
    def _in_order(self) -> Filters:
        least, most = self.min_fine_amount, self.max_fine_amount
        if least is not None and most is not None and least > most:
            raise ValueError(f"minFineAmount {least} is above maxFineAmount {most}")
        return self


class RequestLimits(_Request):
    """How many, for how much, and of which tier; None for any."""

    max_violations: Annotated[int, Field(ge=1, le=50_000), WHOLE] = 1000
    max_spend_usd: Spend | None = Field(None, alias="maxSpendUSD")
    priority: Priority | None = None


class ViolationsRequest(_Request):
    """A whole request, as it comes over HTTP."""

    filters: Filters = Filters()
    limits: RequestLimits = RequestLimits()
