"""Chance in percent, for layouts that vary as life does. Kept out: what is chosen, and where the seed comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


def happens(percent: int, rng: random.Random) -> bool:
    """Return True in `percent` of a hundred calls."""
    return rng.randrange(100) < percent
