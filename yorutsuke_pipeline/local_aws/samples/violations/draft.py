"""A violation before it is a row: its values, and the agency and the offence that they were drawn from.

Kept out: drawing them (`row`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from yorutsuke_pipeline.local_aws.samples.violations.agency import Agency
    from yorutsuke_pipeline.local_aws.samples.violations.offence import Offence

COLUMNS = (
    *("violation_id", "agency", "company", "violation_type"),
    *("fine_amount", "date_issued", "place", "narrative"),
)


@dataclass(frozen=True)
class Draft:
    """What a row will say; `fine` is in USD with two decimals."""

    number: int
    agency: Agency
    offence: Offence
    company: str
    fine: Decimal
    issued: dt.date
    place: str
    narrative: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return the row, its keys those of `COLUMNS`, in their order."""
        values = (
            f"{self.agency.initials}-{self.issued.year}-{self.number:07d}",
            *(self.agency.name, self.company, self.offence.name),
            *(self.fine, self.issued, self.place, self.narrative),
        )
        return dict(zip(COLUMNS, values, strict=True))
