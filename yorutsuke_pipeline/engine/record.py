"""A record: one thing to ask the model about, from the time it waits until it ends.

What belongs here: the record as the engine sees it, alike for every workload, and what it means to be
turned away. What a receipt or a violation is stays in its workload, which reads `attributes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.identity import record_id

if TYPE_CHECKING:
    from collections.abc import Mapping

# A reason goes into a prompt, a table row and a dead letter; a hostile answer must not swell any of them.
_LONGEST_REASON = 300


@dataclass(frozen=True)
class PendingRecord:
    """A record that waits, as its table holds it.

    Attributes:
        identity: What the record is known by outside (a receipt's `imageId`).
        attributes: The row's other values, unchecked: rows are written by others.
        attempts: How often an answer about it has been rejected so far.
        last_reason: Why, the last time; it goes into the next prompt.
        intent_id: The intent that has claimed it, if one has.
        time_name: The attribute that dates it, and by which its day's line is sorted (a receipt's `uploadedAt`).
    """

    identity: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    last_reason: str | None = None
    intent_id: str | None = None
    time_name: str = ""

    @property
    def ordered_by(self) -> str | None:
        """The order that it was put in line for, if one has."""
        name = self.attributes.get("orderedBy")
        return name if isinstance(name, str) else None

    @property
    def waits(self) -> bool:
        """Whether it is in line, claimed or not."""
        return self.attributes.get("status") == "pending"

    @property
    def record_id(self) -> str:
        """The id that goes to the model and names the result."""
        return record_id(self.identity)

    @property
    def time(self) -> object:
        """What its row says of when it came, unchecked; without a text there, no day's query sees it."""
        return self.attributes.get(self.time_name)


@dataclass(frozen=True)
class Reject:
    """Why one record, or one line of output, was turned away. It stops nothing else.

    Attributes:
        reason: A sentence that names the value at fault.
        kind: A short word to count by, the same for the same fault.
    """

    kind: str
    reason: str

    @staticmethod
    def because(kind: str, reason: str) -> Reject:
        """Return a reject whose reason is one line of bounded length."""
        # Half of a surrogate pair can be answered, and stored nowhere; a terminal obeys control characters.
        text = reason.encode("utf-8", "replace").decode("utf-8")
        shown = text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
        line = " ".join(shown.split()) or kind
        return Reject(kind, line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…")


class RecordRejectedError(Exception):
    """Raised by a workload's rule, caught by the engine at once: the record is turned away.

    Not part of the tree in `errors.py`, because it never leaves the stage that handles the record.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.reject = Reject.because(kind, reason)
