"""Families of words and what they are worth: the one form in which every rule keeps its vocabulary.

Kept out: the vocabularies themselves; each stands with its rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Wording:
    """Words of one meaning and the points a line earns, or loses, by holding any of them."""

    points: float
    pattern: re.Pattern[str]

    def occurs_in(self, text: str) -> bool:
        """True if any of the words stands in the text."""
        return self.pattern.search(text) is not None


def any_of(*words: str) -> re.Pattern[str]:
    """One pattern for several words; each may be a regular expression. Capitals do not matter."""
    return re.compile("|".join(words), re.IGNORECASE)


def worth(points: float, *words: str) -> Wording:
    """A row of a table: so many points for any of these words."""
    return Wording(points, any_of(*words))


def points_of(table: Iterable[Wording], text: str) -> float:
    """The points of every row that occurs in the text, added up."""
    return sum(row.points for row in table if row.occurs_in(text))


def lines_with(pattern: re.Pattern[str], texts: Sequence[str]) -> int:
    """In how many of the texts the pattern occurs."""
    return sum(1 for text in texts if pattern.search(text))
