"""Names that a text states, and whether the row has them.

A name is known by its capitals. Where English has them for other reasons, at the beginning of a sentence and all over
many a title, an English word passes; so a company that is called by one can pass there. Names in lower case are not
found, except in tags, whose words must be English or the row's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.violations.english import is_english
from yorutsuke_pipeline.workloads.violations.stated_dates import MONTHS
from yorutsuke_pipeline.workloads.violations.states import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.workloads.violations.violation import Violation

_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b|[^\W\d_](?:[^\W_]|['’&](?=[^\W_]))*")
_ENDS_A_SENTENCE = re.compile(r"[.!?:;\"“”(]")
# A dot after these ends no sentence.
_BEFORE_A_NAME = frozenset({"Dr", "Mr", "Mrs", "Ms", "St"})
_JOINS = frozenset({"and", "for", "of", "on", "the"})
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What anybody may say of any row; months are dates, and so held to the row there.
_ANYBODYS = frozenset({
    "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd", "limited", "plc",
    "us", "usa", "usd", "united", "states", "american", "america", "federal", "state", "county", "city", "government",
    "act", "code", "regulations", "cfr", "usc", "section", "part", "title",
    "agency", "department", "administration", "commission", "board", "bureau", "office", "ppe",
    "mr", "mrs", "ms", "dr", *(month.lower() for month in MONTHS), *(month[:3].lower() for month in MONTHS), "sept",
})  # fmt: skip
# What of a row is a name as a whole.
_PROPER = ("agency", "company", "violation_type", "place")
_PARTS = re.compile(r"[&'’]")
_UNCOMPARED = re.compile(r"['’]s$|[.'’]")
_STATE_LETTERS = {name: letters for letters, name in STATES.items()}
# Shorter ones are in nearly every text by chance.
_SHORTEST_INITIALS = 3
_LONG_WORD = 4


class _Word(NamedTuple):
    text: str
    starts_sentence: bool

    @property
    def is_capital(self) -> bool:
        return any(sign.isupper() for sign in self.text)


@dataclass(frozen=True)
class RowNames:
    """The words of a row, and their initials.

    Attributes:
        words: All that it says, as `_key` makes them.
        proper: Those of agency, company, kind and place, which say nothing of a text's language.
        initials: Of agency, company, kind and place, and of each name in the narrative, with and without the words
            that only join.
        narrated: Of the whole narrative, likewise; in a long one nearly any three letters follow each other.
        acronyms: Words in capitals, which a text may spell out.
    """

    words: frozenset[str]
    proper: frozenset[str]
    initials: tuple[str, ...]
    narrated: tuple[str, ...]
    acronyms: frozenset[str]

    def check(self, field: str, text: str) -> None:
        """Reject a text with a name that the row does not have.

        Raises:
            RecordRejectedError: It has one; the reason shows it.
        """
        words = list(_words(text))
        is_title = self._has_capitals_throughout(words)
        for name in _names(words):
            unknown = [word for word in name if not self._knows(word, is_title=is_title)]
            if unknown and not self._spells_out(name):
                shown = " ".join(word.text for word in name)
                told = f"the {field} names {shown!r}, and {unknown[0].text!r} is not in the row"
                raise RecordRejectedError("name", told)

    def check_tag(self, tag: str) -> None:
        """Reject a tag with a word that is neither English nor the row's.

        Raises:
            RecordRejectedError: It has one.
        """
        for word in re.findall(r"[^\W\d_]{2,}", tag):
            if not (self._has(word) or self._abbreviates(word) or is_english(word)):
                raise RecordRejectedError("name", f"the tag {tag!r} says {word!r}, which is not in the row")

    def _knows(self, word: _Word, *, is_title: bool) -> bool:
        key = _key(word.text)
        if len(key) == 1 or word.text in _JOINS or any(sign.isdigit() for sign in key):
            # A letter names nobody, and what has a figure in it is held to the row's numbers.
            return True
        if self._has(key) or key in _ANYBODYS or (word.text.isupper() and self._abbreviates(key)):
            return True
        return (word.starts_sentence or is_title) and is_english(key)

    def _has(self, key: str) -> bool:
        return key in self.words or f"{key}s" in self.words or key.removesuffix("s") in self.words

    def _abbreviates(self, key: str) -> bool:
        if len(key) > _SHORTEST_INITIALS and any(key in initials for initials in self.narrated):
            return True
        return len(key) >= _SHORTEST_INITIALS and any(key in initials for initials in self.initials)

    def _spells_out(self, name: list[_Word]) -> bool:
        """Tell whether a name ends in the words of which the row has the initials."""
        return any(initials.endswith(acronym) for initials in _initials(name) for acronym in self.acronyms)

    def _has_capitals_throughout(self, words: list[_Word]) -> bool:
        """Tell whether most words have capitals that need not: `Roofer Fined for Missing Guardrails`."""
        free = [word for word in words if len(word.text) >= _LONG_WORD and not self._has(_key(word.text))]
        return 2 * sum(word.is_capital for word in free) > len(free)


def row_names(violation: Violation) -> RowNames:
    """Return the words of a row, and their initials."""
    words = [word.text for text in violation.texts() for word in _words(text)]
    parts = [part for word in words for part in _PARTS.split(word) if part]
    named = [list(_words(getattr(violation, value))) for value in _PROPER]
    narrative = list(_words(violation.narrative))
    states = _state_words(violation.place)
    return RowNames(
        words=frozenset({*map(_key, words), *map(_key, parts), *states, _weekday(violation)}),
        proper=frozenset(_key(word.text) for name in named for word in name),
        initials=tuple(initials for name in [*named, *_names(narrative)] for initials in _initials(name)),
        narrated=_initials(narrative),
        acronyms=frozenset(_key(word) for word in words if _is_acronym(word)),
    )


def _initials(words: list[_Word]) -> tuple[str, str]:
    """Return the first letters of words, with and without those of the words that only join."""
    keys = [_key(word.text) for word in words]
    return "".join(key[0] for key in keys), "".join(key[0] for key in keys if key not in _JOINS)


def _is_acronym(word: str) -> bool:
    key = _key(word)
    return word.isupper() and len(key) >= _SHORTEST_INITIALS and key not in _ANYBODYS


def _weekday(violation: Violation) -> str:
    return _WEEKDAYS[violation.date_issued.weekday()]


def _words(text: str) -> Iterator[_Word]:
    end, before = 0, ""
    for found in _WORD.finditer(text):
        is_start = _ENDS_A_SENTENCE.search(text, end, found.start()) is not None and before not in _BEFORE_A_NAME
        yield _Word(found[0], end == 0 or is_start)
        end, before = found.end(), found[0]


def _names(words: list[_Word]) -> Iterator[list[_Word]]:
    """Yield the runs of words with capitals, with the small words that join them; a sentence's end ends a run."""
    run: list[_Word] = []
    for word in words:
        if run and (word.starts_sentence or not (word.is_capital or word.text in _JOINS)):
            yield _without_joins_at_the_end(run)
            run = []
        if word.is_capital or (run and word.text in _JOINS):
            run.append(word)
    if run:
        yield _without_joins_at_the_end(run)


def _without_joins_at_the_end(run: list[_Word]) -> list[_Word]:
    return run if run[-1].is_capital else _without_joins_at_the_end(run[:-1])


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    """Return a word in the one form in which words are compared: no case, accent, dot or possessive ending."""
    bare = word
    if not word.isascii():
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    # A word of nothing but marks is compared as it is.
    return _UNCOMPARED.sub("", bare.casefold()) or word


def _state_words(place: str) -> list[str]:
    """Return the words of the state's name for its two letters, and its two letters for its name."""
    state = place.rpartition(",")[2].strip()
    return STATES.get(state, _STATE_LETTERS.get(state, "")).lower().split()
