"""A violation: one row of the Iceberg table, as a value and as a record that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.record import RecordRejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def read_violation(identity: str, attributes: Mapping[str, Any]) -> Violation:
    """Return the violation of a waiting record.

    Raises:
        RecordRejectedError: A value is missing or of another type; the reason names it.
    """
    try:
        return Violation(
            violation_id=identity,
            fine_amount=_amount(attributes.get("fineAmount")),
            date_issued=date.fromisoformat(_text(attributes, "dateIssued")),
            agency=_text(attributes, "agency"),
            company=_text(attributes, "company"),
            violation_type=_text(attributes, "violationType"),
            place=str(attributes.get("place") or ""),
            narrative=str(attributes.get("narrative") or ""),
        )
    except ValueError as error:
        raise RecordRejectedError("row", f"violation {identity!r}: {error}") from error


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
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"fineAmount {value!r} is no amount")
    return amount
