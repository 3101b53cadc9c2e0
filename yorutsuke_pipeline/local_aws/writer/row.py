"""A violation as its row in the prompt says it: names made plain, money and day read.

Kept out: how they are written in a sentence (``notation``).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"[<>{}\[\]`*_#|~\\^]")
_LONGEST_NAME = 100
_LARGEST_FINE = Decimal(10) ** 12


class RowError(ValueError):
    """The row lacks what a text needs; the message names it."""


@dataclass(frozen=True)
class Row:
    """What a text is made of. `fine` is in USD; `identity`, `place` and `narrative` may be empty."""

    identity: str
    agency: str
    company: str
    violation_type: str
    fine: Decimal
    issued: dt.date
    place: str
    narrative: str


def read_row(values: Mapping[str, Any]) -> Row:
    """Return the row behind the values of a prompt. Raises RowError."""
    return Row(
        identity=_plain(values.get("violationId")),
        agency=_name(values, "agency"),
        company=_name(values, "company"),
        violation_type=_name(values, "violationType"),
        fine=_fine(values.get("fineAmount")),
        issued=_day(values.get("dateIssued")),
        place=_plain(values.get("place")),
        narrative=str(values.get("narrative") or ""),
    )


def _name(values: Mapping[str, Any], key: str) -> str:
    name = _plain(values.get(key))
    if not name:
        raise RowError(f"{key} is missing")
    return name


def _plain(value: object) -> str:
    """Return a name without markup, control characters and broken lines; of a very long one, the first words."""
    text = _MARKUP.sub(" ", _TAG.sub(" ", value if isinstance(value, str) else ""))
    visible = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    words = " ".join(visible.split())
    return words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME + 1].rpartition(" ")[0]


def _fine(value: object) -> Decimal:
    try:
        fine = Decimal(str(value))
    except InvalidOperation as error:
        raise RowError("fineAmount is no number") from error
    if not (fine.is_finite() and 0 <= fine < _LARGEST_FINE):
        raise RowError("fineAmount is no amount")
    return fine


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise RowError("dateIssued is no day") from error
