"""Numbers in words: `three`, `two hundred and fifty`, `twenty-first`, `a dozen`, `twice`.

What belongs here: words alone; figures, and words of size that follow them, are `stated_numbers.py`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# "one" and "first" are left out on their own: "one of the workers" counts nothing, nor does "first".
_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "dozen": 12, "dozens": 12, "twice": 2, "thrice": 3,
    "first": 1, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "couple": 2, "doubled": 2, "tripled": 3, "decade": 10, "decades": 10,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
}  # fmt: skip
_ALONE = frozenset({"one", "first"})
SIZES = {
    "hundred": Decimal(10) ** 2,
    "thousand": Decimal(10) ** 3,
    "million": Decimal(10) ** 6,
    "billion": Decimal(10) ** 9,
    "trillion": Decimal(10) ** 12,
}
_HUNDRED = SIZES["hundred"]
_ANY = "|".join(sorted([*_SMALL, *_TENS, *(f"{size}s?" for size in SIZES)], key=len, reverse=True))
_PHRASE = re.compile(
    # Most words of a text begin with another letter than any number does, and are passed over soon.
    rf"\b(?=[bcdefhmnostz])(?:{_ANY})\b(?:(?:[\s-]+|(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+)(?:{_ANY})\b)*",
    # ASCII, or a Turkish i would be taken for an i.
    re.IGNORECASE | re.ASCII,
)
# "second" is also a time, and a half may be one of two sides: only where they count.
_COUNTING = (
    (re.compile(r"\b(?:the|its|their|his|her)\s+second\b", re.IGNORECASE), Decimal(2)),
    (re.compile(r"\bhalf\s+(?:of|the|a)\b|\bone-half\b", re.IGNORECASE), Decimal("0.5")),
)


def read_number_words(text: str) -> Iterator[tuple[str, Decimal]]:
    """Yield each number that a text says in words, with those words."""
    for found in _PHRASE.finditer(text):
        words = re.split(r"[\s-]+", found[0].lower())
        if len(words) > 1 or words[0] not in _ALONE:
            for value in _values(words):
                yield found[0], value
    for form, value in _COUNTING:
        yield from ((found[0], value) for found in form.finditer(text))


def _values(words: list[str]) -> Iterator[Decimal]:
    """Yield the numbers of words that stand side by side; two that make none together are two."""
    total, group = Decimal(0), None
    for word in words:
        size = SIZES.get(word.removesuffix("s"))
        if word == "and":
            continue
        if size is None:
            value = Decimal(_SMALL[word] if word in _SMALL else _TENS[word])
            if group is not None and not _continues(group, value):
                yield total + group
                total, group = Decimal(0), None
            group = value if group is None else group + value
        elif size == _HUNDRED:
            group = (1 if group is None else group) * size
        else:
            total, group = total + (1 if group is None else group) * size, Decimal(0)
    yield total + (group or 0)


def _continues(group: Decimal, value: Decimal) -> bool:
    """Tell whether a word can follow within a number: "five" after "twenty", anything small after "hundred"."""
    if group % 100 == 0:
        return value < _HUNDRED
    return group % 100 >= _TENS["twenty"] and group % 10 == 0 and 0 < value < 10  # noqa: PLR2004 — a single figure
