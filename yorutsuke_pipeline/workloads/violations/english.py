"""English: which words are, and whether a text is.

What belongs here: the list of words (`english_words.txt`) and the endings that are taken off before a word is looked
up. Whether a word is a name that the row does not have is `stated_names.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.record import RecordRejectedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# An ending, and what may stand in its place in the list: "cities" is "city", "filed" is "file", "badly" is "bad".
_ENDINGS = (
    ("ies", ("y",)),
    ("es", ("e", "")),
    ("s", ("",)),
    ("ied", ("y",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
    ("ly", ("", "le")),
    ("er", ("", "e")),
    ("est", ("", "e")),
    ("ness", ("",)),
    ("able", ("", "e")),
)
_BEGINNINGS = ("anti", "mis", "multi", "non", "over", "pre", "re", "sub", "un", "under")
_SHORTEST_STEM = 3
# "carelessnesses" has none more; a hostile word could have hundreds.
_MOST_ENDINGS = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Good texts were found to have nineteen in twenty and more, Spanish and French ones without accents less than half.
# A title has few words, and most of them are rare.
_LEAST_SHARE = 0.75
_LEAST_SHARE_OF_FEW = 0.6
_FEW = 12


@lru_cache(maxsize=20_000)
def is_english(word: str) -> bool:
    """Tell whether a word in lower case is English, whatever its ending."""
    if _is_listed(word):
        return True
    rests = (word.removeprefix(beginning) for beginning in _BEGINNINGS if word.startswith(beginning))
    return any(len(rest) >= _SHORTEST_STEM and _is_listed(rest) for rest in rests)


def check_english(field: str, text: str, names: Collection[str]) -> None:
    """Reject a text too few of whose words are English.

    Words with a capital do not count: they are names, or held to be English where names are looked for.

    Args:
        field: What the text is of the answer, for the reason.
        text: On one line.
        names: Words in lower case that say nothing of the language, because names are made of them.

    Raises:
        RecordRejectedError: It is in another language, or in none.
    """
    telling = [word for word in _WORD.findall(text) if word == word.lower() and word not in names]
    english = sum(is_english(re.split("['’]", word)[0]) for word in telling)
    least = _LEAST_SHARE if len(telling) > _FEW else _LEAST_SHARE_OF_FEW
    if english < least * len(telling):
        told = f"of the {len(telling)} words of the {field} that are no names, only {english} are English"
        raise RecordRejectedError("language", f"{told}; answer in plain English")


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    text = files(__package__).joinpath("english_words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _is_listed(word: str, endings: int = _MOST_ENDINGS) -> bool:
    """Tell whether a word is in the list without its endings: "workers" is "worker" is "work"."""
    return word in _listed() or (endings > 0 and any(_is_listed(stem, endings - 1) for stem in _stems(word)))


def _stems(word: str) -> Iterator[str]:
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        for replacement in replacements:
            yield stem + replacement
        if stem[-1] == stem[-2]:
            yield stem[:-1]
