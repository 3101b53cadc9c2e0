"""Which sentences of a narrative are worth publishing: whole ones, in English, that tell what was found.

A narrative is written by anybody: sentences that hold markup, speak to the reader or give orders are left out, and so
is the one after an order, which mostly belongs to it. Kept out: the sentences around them (``text``).
"""

from __future__ import annotations

import re

_MOST_READ = 8_000
_SHORTEST, _LONGEST = 25, 260
# A stop before a figure is mostly an abbreviation's ("Rev. 4"); agencies put "a)" before the parts of a finding.
_END = re.compile(r"(?<=[.!?])\s+(?![a-z\d])|\s+[a-z]\)\s+")
# Their stop ends no sentence; a company's does now and then, and then two sentences count as one.
_ABBREVIATION = re.compile(
    r"\b([A-Z]|Nos?|Co|Corp|Inc|Ltd|Bros|St|Ave|Dr|Mr|Mrs|Ms|Jr|Sr|vs|Art|Fig|Sec|approx"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
# With its stop and the sign before it.
_LONGEST_ABBREVIATION = 8
_MARKUP = re.compile(r"[<>{}\[\]`*_#|~\\^@]|https?:|www\.")
_ORDER = re.compile(
    r"^\W*(ignore|disregard|forget|pretend|write|say|print|output|respond|reply|answer|return|repeat|translate|act"
    r"|please|remember|instead|praise|describe|mention|include|add|set|use(?! of)|tag|always|never)\b"
    r"|^\W*(system|assistant|user|human|developer|admin|note|important|attention)\b[^.]{0,30}:"
    r"|\b(you|your|yourself|AI|LLM|chatbot|language model|(the|this|system) prompt|instructions?|JSON)\b"
    r"|\b(ignore|disregard|do not|don't)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(is|are|was|were|has|have|had|did|found|shows?|held|left|\w{2,}ed)\b")
_ENGLISH = re.compile(
    r"\b(the|of|and|that|was|were|to|in|for|on|with|without|by|at|from|is|are|has|had|not)\b", re.IGNORECASE
)
_WORDS_TO_AN_ENGLISH_ONE = 8
_LEAST_ASCII = 0.95
_HALF = 0.5
_POINTS_BACK = re.compile(r"^(It|They|These|This|That|He|She|The same|In all|Such)\b")
_SECTION = re.compile(r"\b(CFR|U\.S\.C\.|USC|Code|§)")
_SEEN = re.compile(
    r"\b(found|show|showed|determined|documented|observed|established|inspection|inspectors)\b", re.IGNORECASE
)
# How the matter goes on, and money, which the text tells anyway.
_PROCEDURE = re.compile(r"\b(contest|conference|payment|due|pay|follow-up|good faith)\b", re.IGNORECASE)


def choose_sentences(narrative: str, *, most: int, characters: int) -> list[str]:
    """Return at most `most` sentences that are together at most so many characters, in the narrative's order."""
    usable = _usable(_split(narrative))
    chosen: list[str] = []
    for sentence in sorted(usable, key=_worth, reverse=True):
        if len(chosen) < most and len(" ".join([*chosen, sentence])) <= characters:
            chosen.append(sentence)
    chosen.sort(key=usable.index)
    while chosen and _POINTS_BACK.match(chosen[0]):
        # "The same condition ..." says nothing without the sentence that it points back to.
        chosen.pop(0)
    return chosen


def _split(narrative: str) -> list[str]:
    sentences = [""]
    for piece in _END.split(" ".join(narrative[:_MOST_READ].split())):
        if sentences[-1] and not _ABBREVIATION.search(sentences[-1][-_LONGEST_ABBREVIATION:]):
            sentences.append(piece)
        else:
            sentences[-1] = f"{sentences[-1]} {piece}".strip()
    if len(sentences) == 1 and (sentences[0][-1:].isalnum() or sentences[0].endswith(")")):
        # A note of one sentence is often without its stop; of several, the last without one was cut off.
        return [f"{sentences[0]}."]
    return sentences


def _usable(sentences: list[str]) -> list[str]:
    usable: dict[str, None] = {}
    is_after_order = False
    for sentence in sentences:
        is_order = bool(_ORDER.search(sentence) or _MARKUP.search(sentence))
        if not (is_order or is_after_order or _PROCEDURE.search(sentence)) and _is_prose(sentence):
            usable[sentence] = None
        is_after_order = is_order
    return list(usable)


def _is_prose(sentence: str) -> bool:
    """Tell whether a sentence is a whole statement in plain English: by its length, its verb and its small words."""
    letters = [sign for sign in sentence if sign.isalpha()]
    if not (_SHORTEST <= len(sentence) <= _LONGEST and letters and sentence.isprintable()):
        return False
    is_whole = sentence.endswith(".") and not sentence[0].islower()
    is_shouted = sum(map(str.isupper, letters)) > _HALF * len(letters)
    is_ascii = sum(map(str.isascii, letters)) >= _LEAST_ASCII * len(letters)
    has_whole_quotes = sentence.count('"') % 2 == 0 and sentence.count("(") == sentence.count(")")
    english = len(_ENGLISH.findall(sentence)) * _WORDS_TO_AN_ENGLISH_ONE >= len(sentence.split())
    return is_whole and is_ascii and english and has_whole_quotes and not is_shouted and bool(_TELLS.search(sentence))


def _worth(sentence: str) -> float:
    """Return how much a sentence tells: figures, sections of law and words of finding count for it."""
    figures = len(re.findall(r"\d[\d,.]*", sentence))
    worth = min(figures, 4) + 2 * bool(_SECTION.search(sentence)) + 3 * bool(_SEEN.search(sentence))
    return worth - 3 * bool(_POINTS_BACK.match(sentence)) + min(len(sentence), 120) / 60
