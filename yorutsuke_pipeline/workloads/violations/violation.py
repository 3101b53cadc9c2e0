"""A violation: one row of the Iceberg table, as a value and as a record that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.record import RecordRejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MONEY = Decimal(10) ** 12
_LONGEST_ID = 256
# Some 5,000 tokens; the longest narratives of agencies are a quarter of that.
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Violation:
    """What an agency found, as the table has it.

    Attributes:
        fine_amount: USD, not negative.
        place: City and state: "Tulsa, OK".
        narrative: What happened, in the agency's words; may be empty.
    """

    violation_id: str
    agency: str
    company: str
    violation_type: str
    fine_amount: Decimal
    date_issued: date
    place: str
    narrative: str

    def as_attributes(self) -> dict[str, Any]:
        """Return the values under the names that the row of a waiting record has them by."""
        return {
            "violationId": self.violation_id,
            "agency": self.agency,
            "company": self.company,
            "violationType": self.violation_type,
            "fineAmount": self.fine_amount,
            "dateIssued": self.date_issued.isoformat(),
            "place": self.place,
            "narrative": self.narrative,
        }

    def as_json(self) -> dict[str, str]:
        """Return the same values as texts, the fine with its two decimal places: "12500.00"."""
        return {**self.as_attributes(), "fineAmount": f"{self.fine_amount:.2f}"}

    def texts(self) -> tuple[str, ...]:
        """Return all that the row says, value by value."""
        return tuple(self.as_json().values())


def read_violation(identity: str, attributes: Mapping[str, Any]) -> Violation:
    """Return the violation of a waiting record.

    Raises:
        RecordRejectedError: A value is missing or of another type; the reason names it.
    """
    try:
        violation = Violation(
            violation_id=check_identity(identity),
            fine_amount=_amount(attributes.get("fineAmount")),
            date_issued=date.fromisoformat(_text(attributes, "dateIssued")),
            agency=_text(attributes, "agency"),
            company=_text(attributes, "company"),
            violation_type=_text(attributes, "violationType"),
            place=str(attributes.get("place") or ""),
            narrative=str(attributes.get("narrative") or ""),
        )
        _check_size(violation)
    except ValueError as error:
        raise RecordRejectedError("row", f"violation {identity[:60]!r}: {error}") from error
    return violation


def check_identity(text: str) -> str:
    """Return a violation's id, which the key of a table must hold.

    Raises:
        ValueError: It is empty, too long, or has characters that nobody sees.
    """
    if not text.isprintable() or not 1 <= len(text) <= _LONGEST_ID:
        raise ValueError(f"its id is not 1 to {_LONGEST_ID} printable characters")
    return text


def _check_size(violation: Violation) -> None:
    """Refuse a row that would cost a hundred times what others do, and fill a manifest with itself."""
    size = sum(map(len, violation.texts()))
    if size > _MOST_CHARACTERS:
        raise ValueError(f"the row has {size:,} characters, and {_MOST_CHARACTERS:,} are asked about at most")


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is missing")
    return value


def _amount(value: object) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"fineAmount {value!r} is no amount") from error
    if not amount.is_finite() or not 0 <= amount < MOST_MONEY or amount != round(amount, 2):
        raise ValueError(f"fineAmount {value!r} is no amount from 0 to 10^12 with two decimal places")
    return amount
