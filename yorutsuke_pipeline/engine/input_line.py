"""The line of a part that asks about one record: `{"recordId": ..., "modelInput": {...}}` with its end.

What belongs here: making it quickly. Of a night's lines only the record's id and the picture differ, so what stands
between is rendered once. A picture goes into its line as bytes: `json` over 270 KB of base64, which has nothing to
escape, takes longer than fetching the image, and base64 of the standard library forty times as long as pybase64's.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pybase64

from yorutsuke_pipeline.engine.model_family import Picture, Question

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.model_family import ModelFamily

# Stands for a picture, or for its place, until the rest of its line is JSON.
_MARK = b"the picture"
_BASE64_MARK = b64encode(_MARK).decode("ascii")


class InputLine(NamedTuple):
    """A line in pieces to be joined; of a question without a picture, the last two are empty.

    Attributes:
        picture: What the model is shown, as base64, or as the place where it lies.
    """

    before: bytes
    picture: bytes = b""
    after: bytes = b""

    def size(self) -> int:
        """Return the bytes of the line."""
        return len(self.before) + len(self.picture) + len(self.after)


NO_LINE = InputLine(b"")


def input_line(record_id: str, question: Question, family: ModelFamily, location: bytes | None = None) -> InputLine:
    """Return the line that asks `question`.

    Args:
        record_id: It needs no escaping in JSON, which ours do not.
        question: What is asked.
        family: Of the model.
        location: `s3://bucket/key` from where the model is to read the picture, likewise; None to send its bytes.
    """
    picture = question.picture
    head = b'{"recordId":"%b","modelInput":' % record_id.encode("ascii")
    if picture is None:
        return InputLine(head + _as_json(family.body(question)) + b"}\n")
    before, after = _around(
        question.system,
        question.prompt,
        question.max_output_tokens,
        picture.format,
        family,
        is_located=location is not None,
    )
    return InputLine(head + before, pybase64.b64encode(picture.content) if location is None else location, after)


# A day's records have one prompt and few formats; those that are asked again have the reason in theirs.
@lru_cache(maxsize=64)
def _around(
    system: str, prompt: str, max_output_tokens: int, picture_format: str, family: ModelFamily, *, is_located: bool
) -> tuple[bytes, bytes]:
    """Return what stands before and after a picture in the body, and the line's end."""
    location = _BASE64_MARK if is_located else None
    picture = Picture(picture_format, 0, 0, _MARK, location)
    body = _as_json(family.body(Question(system, prompt, max_output_tokens, picture)))
    # With its quotes the mark is a whole string: within another one they are escaped. The first one is the picture,
    # since no family puts words of a person's before it.
    before, quoted, after = body.partition(f'"{_BASE64_MARK}"'.encode("ascii"))
    return before + quoted[:1], quoted[-1:] + after + b"}\n"


def _as_json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")
