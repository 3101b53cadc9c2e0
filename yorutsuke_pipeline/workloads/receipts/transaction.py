"""A transaction: one accepted receipt, as the table of transactions keeps it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter
from typing_extensions import NotRequired, TypedDict

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


def _word_of(words: type[Word]) -> StringConstraints:
    return StringConstraints(pattern=f"^({'|'.join(word.value for word in words)})$")


class Usage(TypedDict):
    """Tokens that the answer took."""

    inputTokens: int
    outputTokens: int


class Transaction(TypedDict):
    """One accepted receipt under the table's own names; numbers are Decimal. What is None is left out."""

    # Nothing is converted on the way in, and nothing is in it that is not named here.
    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")  # type: ignore[misc]

    transactionId: str
    imageId: str
    userId: str
    jobId: str
    intentId: str
    traceId: str
    amount: Annotated[Decimal, Field(gt=0, lt=Decimal(10) ** 12, decimal_places=4)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    type: Annotated[str, _word_of(Kind)]
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    merchant: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    category: Annotated[str, _word_of(Category)]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
    extractedAt: str
    modelId: str
    promptVersion: str
    usage: Usage
    status: str
    warnings: list[Annotated[str, _word_of(Caution)]]
    # The second since 1970 at which the table may forget it.
    expiresAt: NotRequired[int]


# Of the adapter's own method it is the part that counts.
_check = TypeAdapter(Transaction).validator.validate_python


def check_transaction(row: Row) -> Row:
    """Return a transaction's row, once it is found to be one.

    Raises:
        ValidationError: It is none; the error names the first value that does not fit.
    """
    checked: Row = _check(row)
    return checked
