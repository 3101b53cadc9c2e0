"""The base of every enumeration of states. Kept apart because Python 3.10 has no StrEnum."""

from __future__ import annotations

from enum import Enum


class Word(str, Enum):
    """An enumeration whose members are, print and serialise as their own words."""

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, format_spec: str) -> str:
        return format(str(self.value), format_spec)
