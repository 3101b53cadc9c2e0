"""From a model's text to one JSON object, whatever is wrapped around it.

Models fence their JSON, put a sentence before it, stop in the middle of it or say it twice. One meaning
for each case: exactly one object must be there; the same object said twice is one; two that differ are
a reject, because nobody can tell which is meant. Numbers with a fraction are Decimal, never float.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.record import RecordRejectedError

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.model_family import ModelAnswer

# Answers are some hundred characters; at most 1,000 tokens are asked for.
_LONGEST_TEXT = 100_000
# Each "{" of a preamble is a try; an answer of nothing but braces must not take for ever.
_MOST_TRIES = 64
# Nor one of a hundred thousand signs in which each brace opens what is broken at the very end.
_MOST_READ_IN_VAIN = 100_000


class _DuplicateKeyError(ValueError):
    """One object names a key twice with different values."""


def find_object(text: str, stop_reason: str | None = None) -> dict[str, Any]:
    """Return the one JSON object in `text`.

    Raises:
        RecordRejectedError: There is none, or more than one; the reason says which.
    """
    if not text.strip():
        raise RecordRejectedError("answer_empty", "the answer has no text")
    if len(text) > _LONGEST_TEXT:
        raise RecordRejectedError("answer_too_long", f"the answer is {len(text):,} characters long")
    try:
        objects = _objects(text)
        differ = not all(_says_the_same(objects[0], other) for other in objects[1:])
    except RecursionError as error:
        raise RecordRejectedError("answer_too_deep", "the answer is nested too deeply") from error
    if not objects:
        if stop_reason == "max_tokens":
            raise RecordRejectedError("answer_cut", "the answer was cut at the token limit; answer with less text")
        raise RecordRejectedError("answer_not_json", "the answer holds no JSON object")
    if differ:
        raise RecordRejectedError("answer_ambiguous", f"the answer holds {len(objects)} JSON objects that differ")
    return objects[0]


def check_complete(answer: ModelAnswer) -> None:
    """Reject an answer that the model itself did not finish or was not let say.

    Raises:
        RecordRejectedError: It was filtered, or asks for a tool instead of answering.
    """
    if answer.stop_reason in {"content_filtered", "guardrail_intervened", "refusal"}:
        raise RecordRejectedError("answer_filtered", f"the answer was withheld: {answer.stop_reason}")
    if answer.stop_reason == "tool_use" and not answer.text.strip():
        raise RecordRejectedError("answer_tool_use", "the model asked for a tool instead of answering")


def _objects(text: str) -> list[dict[str, Any]]:
    """Return the outermost JSON objects in `text`, from left to right."""
    found: list[dict[str, Any]] = []
    position, tries, in_vain = text.find("{"), 0, 0
    while position >= 0:
        tries += 1
        if tries > _MOST_TRIES or in_vain > _MOST_READ_IN_VAIN:
            raise RecordRejectedError("answer_not_json", "the answer holds too many opening braces of broken objects")
        try:
            value, position = _DECODER.raw_decode(text, position)
            found.append(value)
        except _DuplicateKeyError as error:
            raise RecordRejectedError("answer_contradicts", str(error)) from error
        except ValueError as error:
            # How far it was read; a number that is none does not say, so all that follows it counts.
            in_vain += getattr(error, "pos", len(text)) - position
            position += 1
        position = text.find("{", position)
    return found


def _finite(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]} is beyond any number") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _without_contradiction(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    values.clear()
    for key, value in pairs:
        if key in values and not _says_the_same(values[key], value):
            raise _DuplicateKeyError(f"the answer gives {key[:40]!r} twice, differently")
        values[key] = value
    return values


def _says_the_same(one: object, other: object) -> bool:
    """Tell whether two values are equal in JSON's eyes; in Python's, true is also 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_says_the_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_says_the_same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant, object_pairs_hook=_without_contradiction)
