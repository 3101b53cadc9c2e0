"""Parts: the JSONL files that jobs read, written as streams and closed before a limit is passed.

What belongs here: which part a line goes to. What stands in it is `input_line.py`'s, and which job it belongs to
`sharing.py`'s.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.layout import folder_of, part_key

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from yorutsuke_pipeline.engine.input_line import InputLine
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import ObjectStore, ObjectWriter
    from yorutsuke_pipeline.engine.quotas import Quotas


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
    needs_folder: bool = False

    @property
    def key(self) -> str:
        """What the job reads: its one part, or the folder of its parts and of what they point to."""
        key = self.parts[0].key
        return key if len(self.parts) == 1 and not self.needs_folder else folder_of(key)

    @property
    def record_count(self) -> int:
        """Records in all parts."""
        return sum(part.record_count for part in self.parts)

    @property
    def byte_count(self) -> int:
        """Bytes of all parts."""
        return sum(part.byte_count for part in self.parts)


class PartWriter:
    """Writes lines to part after part. Left with an error, the part being written does not come to be.

    Args:
        objects: The bucket.
        draft: Whose parts these are.
        quotas: The limits of a part.
        begins_with_preflight: Whether the first job is asked on demand before any other.
        needs_folder: Whether lines point to what lies in the folder beside the parts.
    """

    def __init__(
        self,
        objects: ObjectStore,
        draft: Intent,
        quotas: Quotas,
        *,
        begins_with_preflight: bool = False,
        needs_folder: bool = False,
    ) -> None:
        self._objects = objects
        self._draft = draft
        self._quotas = quotas
        self._begins_with_preflight = begins_with_preflight
        self._needs_folder = needs_folder
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

    def write(self, line: InputLine, *, job: int, input_tokens: int) -> None:
        """Append a record's line to the last part of a job; jobs come one after the other, from 1."""
        size = line.size()
        if job > len(self.jobs):
            is_preflight = self._begins_with_preflight and not self.jobs
            self.jobs.append(JobParts(is_preflight=is_preflight, needs_folder=self._needs_folder))
            self._start_part()
        elif self._is_full(size):
            self._start_part()
        part = self.jobs[-1].parts[-1]
        if self._out is not None:
            # Joined, 270 KB would be copied once more.
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
