"""Plain text: what may be published as it stands, in a page, a mail or a table.

What belongs here: signs, markup and talk about the task instead of the violation. What the text says of the violation
is held to the row elsewhere (`stated_numbers.py`, `stated_names.py`).
"""

from __future__ import annotations

import re
import unicodedata

from yorutsuke_pipeline.engine.record import RecordRejectedError

# Letters, marks, digits, punctuation and spaces; then the few symbols that plain English has.
_PLAIN_CATEGORIES = frozenset("LMNPZ")
_PLAIN_SYMBOLS = frozenset("$+=%°§")
_MARKUP = re.compile(
    r"""
    <[^\s\d]|</|&\#?\w+;                    # HTML
    | \*\*|__|``?|~~                        # Markdown's weights
    | (?m:^)\s{0,3}(?:\#{1,6}\s|[-*+•]\s|\d+[.)]\s|>\s|\|)    # its headings, lists, quotes and tables
    | \]\(|!\[                              # its links and pictures
    | \b(?:https?|ftp|mailto|javascript):|\bwww\.|\b[\w.+-]+@[\w-]+\.\w
    # A domain of any ending, since there are too many to list, and the path behind it.
    | (?P<domain>\b[\w.-]*\w\.[^\W\d_]{2}[\w./:?\#]*)
    | [{}]                                  # JSON and templates
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[\w.-]+")
_ASIDE = re.compile(
    r"""
    \bas\ an\ ai\b|\blanguage\ model\b|\bsystem\ prompt\b|\bmy\ instructions\b
    | \b(?:ignore|disregard|forget)\b[^.]{0,40}\b(?:instructions?|prompts?|rules)\b
    | \bi\ (?:cannot|can't|can\ not|am\ unable)\b|\bjson\b|\bviolation\ tags?\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHOWN = 40


def one_line(text: str) -> str:
    """Return a text in NFC with each run of white space, line ends included, as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_plain(field: str, text: str, row_text: str, company: str) -> None:
    """Reject a text that is not plain.

    Args:
        field: What the text is of the answer, for the reason.
        text: As it was answered, with its line ends, since some markup shows only at their side.
        row_text: All texts of the row: a sign that it has may be published.
        company: Its name, which may be a domain. No other text of the row may name one: anybody writes a narrative.

    Raises:
        RecordRejectedError: It holds markup, a link or a sign that is not to be printed, or talks about the task.
    """
    named = {word.strip(".-").casefold() for word in _WORD.findall(company)}
    for mark in _MARKUP.finditer(text):
        if not (mark["domain"] and mark["domain"].rstrip(".:?").casefold() in named):
            raise RecordRejectedError("markup", f"the {field} holds markup or a link: {_around(text, mark.start())}")
    for sign in sorted(set(text) - _PLAIN_SYMBOLS - set("\t\n\r")):
        is_the_rows = sign in row_text and sign.isprintable()
        if unicodedata.category(sign)[0] not in _PLAIN_CATEGORIES and not is_the_rows:
            name = unicodedata.name(sign, f"U+{ord(sign):04X}")
            raise RecordRejectedError("markup", f"the {field} holds the sign {name}: {_around(text, text.index(sign))}")
    if found := _ASIDE.search(text):
        about = f"the {field} talks about the task, not the violation: {_around(text, found.start())}"
        raise RecordRejectedError("aside", about)


def _around(text: str, position: int) -> str:
    return repr(text[max(0, position - 10) : position + _SHOWN])
