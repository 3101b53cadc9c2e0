"""What a violation is about: told by the agency's name, since agencies watch over one thing each.

Kept out: the sentences about it (``frames``).
"""

from __future__ import annotations

import re
from enum import Enum


class Subject(str, Enum):
    """A field of regulation; the value is how it stands before "violation" or "case"."""

    MINING = "mine safety"
    WORKPLACE = "workplace safety"
    ENVIRONMENT = "environmental"
    FOOD_AND_DRUG = "food and drug"
    CARRIERS = "motor carrier"
    VEHICLES = "vehicle safety"
    COMMUNICATIONS = "communications"
    PRODUCTS = "product safety"
    SECURITIES = "securities"
    FINANCE = "consumer finance"
    GENERAL = "regulatory"

    @property
    def with_article(self) -> str:
        """The value after its article."""
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.value}"

    @property
    def tag(self) -> str:
        """The value as a tag."""
        return self.value.replace(" ", "-")


# Asked in this order: a mine's agency has "Safety and Health" in its name as well.
_WORDS = (
    (Subject.MINING, r"\bmin(e|es|ing)\b|\bMSHA\b"),
    (Subject.CARRIERS, r"motor carrier|transportation|\bFMCSA\b"),
    (Subject.VEHICLES, r"traffic|vehicle|\bNHTSA\b"),
    (Subject.PRODUCTS, r"consumer product|\bCPSC\b"),
    (Subject.ENVIRONMENT, r"environment|toxic|natural resources|water|air quality|\bEPA\b"),
    (Subject.SECURITIES, r"securities|exchange commission|\bSEC\b"),
    (Subject.FINANCE, r"financ|banking|credit|insurance|\bCFPB\b"),
    (Subject.COMMUNICATIONS, r"communications|\bFCC\b"),
    (Subject.FOOD_AND_DRUG, r"food|drug|agricultur|public health|\bFDA\b"),
    (Subject.WORKPLACE, r"occupational|labor|industrial relations|safety and health|\bOSHA\b"),
)
_TOLD_BY = tuple((subject, re.compile(words, re.IGNORECASE)) for subject, words in _WORDS)


def subject_of(agency: str) -> Subject:
    """Return what an agency of that name watches over."""
    return next((subject for subject, words in _TOLD_BY if words.search(agency)), Subject.GENERAL)
