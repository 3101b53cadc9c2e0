"""The usual answers of a workload: what most would say to the engine's questions.

What belongs here: answers that hold for a record whose row says all of it, whose result is kept for ever, and which
nobody owns. A workload that derives from it says what it asks (`prepare`) and what an answer becomes (`read_answer`),
and overrides what is different for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from typing_extensions import Self

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Row


@dataclass(frozen=True, kw_only=True)
class PlainWorkload:
    """All of `engine.workload.Workload` but `prepare` and `read_answer`.

    Attributes:
        name: Starts intent ids; lower-case letters and digits.
        prompt: What is asked; a trial asks another.
        prompt_version: Changes whenever `prompt` does.
        compared_fields: The fields of a row that its answer decides.
        expected_output_tokens: Of a typical answer.
        expected_input_tokens: Of a typical question; only asked for where `content_key` names a content.
        source_prefix: Where in the bucket its records' sources are put; None if they have none.
    """

    # What is a row's own and no answer's, and so stays when another answer is taken over.
    kept_fields: ClassVar[frozenset[str]] = frozenset({"status"})

    name: str
    prompt: str
    prompt_version: str
    compared_fields: tuple[str, ...]
    expected_output_tokens: int
    expected_input_tokens: int = 0
    source_prefix: str | None = None

    def trial(self, prompt: str | None = None) -> Self:
        """Return the workload that asks about processed records again, with today's prompt or another.

        The version of another is the workload's name and 12 hex digits of the prompt: the same for the same.
        """
        on_trial = replace(self, name=f"{self.name}-trial")
        if prompt is None:
            return on_trial
        version = f"{self.name}-{hashlib.sha256(prompt.encode()).hexdigest()[:12]}"
        return replace(on_trial, prompt=prompt, prompt_version=version)

    def replaced(self, stored: Row, tried: Row, fields: Iterable[str]) -> Row:
        """Return a stored row with what another answer says of some fields, and where that came from."""
        taken = set(fields) & set(self.compared_fields)
        origin = set(tried) - {*self.compared_fields, *self.kept_fields}
        return {**stored, **{name: tried[name] for name in tried if name in taken | origin}}

    def lifetime(self, record: PendingRecord) -> timedelta | None:  # noqa: ARG002 — the protocol's
        """Return None: results are kept for ever."""
        return None

    def owner_of(self, record: PendingRecord) -> str | None:  # noqa: ARG002 — the protocol's
        """Return None: everybody who may order may order any record."""
        return None

    def content_key(self, record: PendingRecord) -> str | None:  # noqa: ARG002 — the protocol's
        """Return None: the row says it all."""
        return None

    def neighbourhood(self, row: Row) -> tuple[str, str] | None:  # noqa: ARG002 — the protocol's
        """Return None: that a result looks like another is no fault."""
        return None

    def likeness(self, row: Row) -> str | None:  # noqa: ARG002 — the protocol's
        """Return None: no row looks like another."""
        return None

    def mark_alike(self, row: Row) -> Row:
        """Return the row as it is; see `likeness`."""
        return row
