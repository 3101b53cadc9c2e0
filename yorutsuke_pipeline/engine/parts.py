"""Parts: the JSONL files that jobs read, written as streams and closed before a limit is passed."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.layout import part_key

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import ObjectStore, ObjectWriter
    from yorutsuke_pipeline.engine.quotas import Quotas


@dataclass
class Part:
    """One part and what it holds so far."""

    key: str
    record_count: int = 0
    byte_count: int = 0
    input_tokens: int = 0


def input_line(record_id: str, model_input: object) -> bytes:
    """Return one line of a part: `{"recordId": ..., "modelInput": {...}}` with its end."""
    document = {"recordId": record_id, "modelInput": model_input}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


class PartWriter:
    """Writes lines to part after part. Left with an error, the part being written does not come to be."""

    def __init__(self, objects: ObjectStore, draft: Intent, quotas: Quotas, records_per_part: int) -> None:
        self._objects = objects
        self._draft = draft
        self._quotas = quotas
        self._records_per_part = records_per_part
        self._open = ExitStack()
        self._out: ObjectWriter | None = None
        self.parts: list[Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def write(self, line: bytes, *, input_tokens: int) -> int:
        """Append a record's line; return the number of the part it went into, from 1."""
        if self._out is None or self._is_full(len(line)):
            self._start_part()
        part = self.parts[-1]
        if self._out is not None:
            self._out.write(line)
        part.record_count += 1
        part.byte_count += len(line)
        part.input_tokens += input_tokens
        return len(self.parts)

    def _is_full(self, more: int) -> bool:
        part = self.parts[-1]
        return part.record_count >= self._records_per_part or part.byte_count + more > self._quotas.part_bytes

    def _start_part(self) -> None:
        self._open.close()
        self._open = ExitStack()
        key = part_key(self._draft.intent_id, len(self.parts) + 1, self._draft.version)
        self._out = self._open.enter_context(self._objects.writing(key))
        self.parts.append(Part(key))
