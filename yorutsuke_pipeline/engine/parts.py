"""Parts: the JSONL files that jobs read, written as streams and closed before a limit is passed.

A picture goes into its line as bytes: `json` over 270 KB of base64, which has nothing to escape, takes longer than
fetching the image, and base64 of the standard library forty times as long as pybase64's.
"""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pybase64

from yorutsuke_pipeline.engine.layout import folder_of, part_key

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.model_family import ModelFamily, Question
    from yorutsuke_pipeline.engine.ports import ObjectStore, ObjectWriter
    from yorutsuke_pipeline.engine.quotas import Quotas


# Stands for a picture until the rest of its line is JSON.
_MARK = b"the picture"
_QUOTED_MARK = b'"' + b64encode(_MARK) + b'"'


@dataclass
class Part:
    """One part and what it holds so far."""

    key: str
    record_count: int = 0
    byte_count: int = 0


@dataclass
class JobParts:
    """The parts of one job; the service counts its minimum and maximum over all of them."""

    parts: list[Part] = field(default_factory=list)
    input_tokens: int = 0
    is_preflight: bool = False

    @property
    def key(self) -> str:
        """What the job reads: its one part, or the folder of its parts."""
        key = self.parts[0].key
        return key if len(self.parts) == 1 else folder_of(key)

    @property
    def record_count(self) -> int:
        """Records in all parts."""
        return sum(part.record_count for part in self.parts)

    @property
    def byte_count(self) -> int:
        """Bytes of all parts."""
        return sum(part.byte_count for part in self.parts)


def input_line(record_id: str, question: Question, family: ModelFamily) -> tuple[bytes, ...]:
    """Return one line of a part, `{"recordId": ..., "modelInput": {...}}` with its end, in pieces to be joined."""
    picture = question.picture
    if picture is None:
        return (_as_json(record_id, family.body(question)), b"\n")
    marked = replace(question, picture=replace(picture, content=_MARK))
    # With its quotes the mark is a whole string: within another one they are escaped. The first one is the picture,
    # since no family puts words of a person's before it.
    before, _, after = _as_json(record_id, family.body(marked)).partition(_QUOTED_MARK)
    return (before, b'"', pybase64.b64encode(picture.content), b'"', after, b"\n")


def _as_json(record_id: str, model_input: object) -> bytes:
    document = {"recordId": record_id, "modelInput": model_input}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


class PartWriter:
    """Writes lines to part after part. Left with an error, the part being written does not come to be.

    Args:
        objects: The bucket.
        draft: Whose parts these are.
        quotas: The limits of a part.
        begins_with_preflight: Whether the first job is asked on demand before any other.
    """

    def __init__(
        self, objects: ObjectStore, draft: Intent, quotas: Quotas, *, begins_with_preflight: bool = False
    ) -> None:
        self._objects = objects
        self._draft = draft
        self._quotas = quotas
        self._begins_with_preflight = begins_with_preflight
        self._open = ExitStack()
        self._out: ObjectWriter | None = None
        self._part_count = 0
        self.jobs: list[JobParts] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def write(self, line: tuple[bytes, ...], *, job: int, input_tokens: int) -> None:
        """Append a record's line, given in pieces, to the last part of a job; jobs come one after the other, from 1."""
        size = sum(map(len, line))
        if job > len(self.jobs):
            self.jobs.append(JobParts(is_preflight=self._begins_with_preflight and not self.jobs))
            self._start_part()
        elif self._is_full(size):
            self._start_part()
        part = self.jobs[-1].parts[-1]
        if self._out is not None:
            for piece in line:
                self._out.write(piece)
        part.record_count += 1
        part.byte_count += size
        self.jobs[-1].input_tokens += input_tokens

    def _is_full(self, more: int) -> bool:
        part = self.jobs[-1].parts[-1]
        return part.record_count >= self._quotas.part_records or part.byte_count + more > self._quotas.part_bytes

    def _start_part(self) -> None:
        self._open.close()
        self._open = ExitStack()
        self._part_count += 1
        key = part_key(self._draft.intent_id, self._part_count, self._draft.version, len(self.jobs))
        self._out = self._open.enter_context(self._objects.writing(key))
        self.jobs[-1].parts.append(Part(key))
