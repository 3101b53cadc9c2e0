"""How a row's values stand in an English sentence: "$12,500", "March 5, 2024", "OSHA", "fall protection"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEIGHTS = frozenset({
    "serious", "willful", "repeat", "repeated", "minor", "major", "moderate", "severe", "critical", "technical",
    "other-than-serious", "other than serious", "unclassified", "administrative", "civil", "significant", "non-serious",
})  # fmt: skip
_COUNTRY = re.compile(r"^(the\s+)?(U\.\s?S\.|United States)\s+", re.IGNORECASE)
_GIVEN_INITIALS = re.compile(r"\(([A-Z]{2,6})\)")
_FEWEST_INITIALS, _MOST_INITIALS = 3, 6


def write_money(amount: Decimal) -> str:
    """Return an amount in USD; cents only where there are any."""
    return f"${amount:,.2f}".removesuffix(".00")


def write_date(day: dt.date) -> str:
    """Return a day as it stands in American prose."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def initials_of(agency: str, identity: str = "") -> str | None:
    """Return the initials of an agency's name, or None for a name of one word or of very many.

    Where the violation's identity begins with a part of them, that part: the California Department of Toxic Substances
    Control, whose violations are DTSC-2023-0004711, calls itself DTSC.
    """
    given = _GIVEN_INITIALS.search(agency)
    if given:
        return given.group(1)
    words = re.split(r"[\s/-]+", _COUNTRY.sub("", agency))
    initials = "".join(word[0] for word in words if word[:1].isupper() and word[0].isascii())
    own = identity.partition("-")[0]
    if len(own) >= _FEWEST_INITIALS and own in initials:
        return own
    return initials if _FEWEST_INITIALS <= len(initials) <= _MOST_INITIALS else None


def says_weight_alone(name: str) -> bool:
    """Tell whether a type's name says how grave a violation is, and not of what kind."""
    return name.lower() in _WEIGHTS


def with_article(agency: str) -> str:
    """Return an agency's name as it stands in a sentence: names of one word, such as initials, take no article."""
    return agency if " " not in agency or agency.lower().startswith("the ") else f"the {agency}"


def inside_sentence(name: str) -> str:
    """Return a type's name as it stands inside a sentence: in lower case, unless it is a proper name.

    Some agencies name the type by its weight alone: "Serious" is "a serious violation".
    """
    if says_weight_alone(name):
        return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name.lower()} violation"
    first, _, rest = name.partition(" ")
    is_proper = not first[1:].islower() or rest[:1].isupper()
    return name if is_proper else name[:1].lower() + name[1:]
