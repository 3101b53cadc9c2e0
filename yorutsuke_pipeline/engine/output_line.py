"""One line of a job's output: whose it is, and what was answered. Bytes in, a value or a reject out.

One meaning for each odd case, whatever parser reads it: a line is one JSON object in UTF-8 (a leading
byte order mark is dropped) with a `recordId` of text; NaN and Infinity are not JSON; anything else
is rejected with a reason, never guessed at.

Two parsers, one meaning: `json` decides, and pydantic's, which is eight times as fast on a line of 268 KB with
its echoed image, is believed only where both say the same. What it refuses (half a surrogate pair, 200 levels)
goes to `json`; a property test holds the two to each other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from yorutsuke_pipeline.engine.record import Reject

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.model_family import ModelAnswer, ModelFamily

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 2_000


@dataclass(frozen=True)
class Refusal:
    """An error line: the model did not answer this record."""

    code: str
    message: str


@dataclass(frozen=True)
class OutputLine:
    """What one line says; exactly one of `answer` and `refusal` is there."""

    record_id: str
    answer: ModelAnswer | None
    refusal: Refusal | None


def read_output_line(line: bytes, family: ModelFamily, *, longest: int) -> OutputLine | Reject:
    """Read one line, without its end, of at most `longest` bytes."""
    if len(line) > longest:
        return Reject.because("line_too_long", f"the line is longer than {longest:,} bytes")
    try:
        return _understood(_document(line.removeprefix(_BYTE_ORDER_MARK)), family)
    except UnicodeDecodeError as error:
        return Reject.because("line_not_utf8", f"the line is not UTF-8 at byte {error.start}")
    except RecursionError:
        return Reject.because("line_not_json", "the line is nested too deeply")
    except ValueError as error:
        return Reject.because("line_not_json", f"the line is not JSON: {type(error).__name__}{_place(error)}")


def excerpt(line: bytes) -> str:
    """Return the beginning of a line as text that can be stored, for a person to see what it was."""
    return line[:_EXCERPT].decode("utf-8", "backslashreplace")


def _document(line: bytes) -> Any:  # noqa: ANN401 — any JSON
    try:
        return from_json(line, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return _decided(line)


def _decided(line: bytes) -> Any:  # noqa: ANN401 — any JSON
    """Return what a line means, or raise what is wrong with it: the parser that has the last word."""
    return json.loads(line.decode("utf-8"), parse_constant=_no_constant)


def _understood(document: Any, family: ModelFamily) -> OutputLine | Reject:  # noqa: ANN401 — any JSON
    if not isinstance(document, dict) or not isinstance(document.get("recordId"), str):
        return Reject.because("line_without_record_id", "the line is no object with a recordId of text")
    record_id: str = document["recordId"]
    error = document.get("error")
    if error is not None:
        detail = error if isinstance(error, dict) else {"errorMessage": str(error)}
        refusal = Refusal(str(detail.get("errorCode", "unknown")), str(detail.get("errorMessage", "no message")))
        return OutputLine(record_id, None, refusal)
    if "modelOutput" not in document:
        return Reject.because("line_without_output", "the line has neither modelOutput nor error")
    answer = family.answer(document["modelOutput"])
    if answer.problem is not None:
        return OutputLine(record_id, None, Refusal("model", answer.problem))
    return OutputLine(record_id, answer, None)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _place(error: ValueError) -> str:
    return f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
