"""A transaction: one accepted receipt, as the table of transactions keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from yorutsuke_pipeline.engine.days import utc_text
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.workload import Row


class Kind(Word):
    """Which way the money went."""

    INCOME = "income"
    EXPENSE = "expense"


class Category(Word):
    """What the money was for."""

    SALE = "sale"
    PURCHASE = "purchase"
    SHIPPING = "shipping"
    PACKAGING = "packaging"
    FEE = "fee"
    OTHER = "other"


class Caution(Word):
    """Why a person may want to look at an accepted transaction."""

    FUTURE_DATE = "future_date"
    OLD_DATE = "old_date"
    LINES_DO_NOT_ADD_UP = "lines_do_not_add_up"
    LOOKS_LIKE_ANOTHER = "looks_like_another"


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


@dataclass(frozen=True)
class Usage:
    """Tokens that the answer took."""

    input_tokens: int
    output_tokens: int


class Transaction(BaseModel):
    """One accepted receipt. Strict: nothing is converted on the way in."""

    model_config = ConfigDict(frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True)

    transaction_id: str
    image_id: str
    user_id: str
    job_id: str
    intent_id: str
    trace_id: str
    amount: Annotated[Decimal, Field(gt=0, lt=Decimal(10) ** 12, decimal_places=4)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    type: Kind
    date: date
    merchant: Text
    category: Category
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    extracted_at: datetime
    model_id: str
    prompt_version: str
    usage: Usage
    status: str = "confirmed"
    warnings: tuple[Caution, ...] = ()
    expires_at: int | None = None

    def as_row(self) -> Row:
        """Return the transaction as plain values under the table's names; numbers stay Decimal."""
        row = {name: value for field, name in _NAMES.items() if (value := getattr(self, field)) is not None}
        row.update(
            type=self.type.value,
            category=self.category.value,
            date=self.date.isoformat(),
            extractedAt=utc_text(self.extracted_at),
            usage={"inputTokens": self.usage.input_tokens, "outputTokens": self.usage.output_tokens},
            warnings=[warning.value for warning in self.warnings],
        )
        return row


# The table's name of each field. pydantic's own way to plain values costs more than all else about a row.
_NAMES = {name: str(field.alias) for name, field in Transaction.model_fields.items()}
