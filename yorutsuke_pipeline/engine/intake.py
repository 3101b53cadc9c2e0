"""The intake of the manifest: records as they are claimed and prepared, one after the other.

What belongs here: what is known of each until it is written or turned away, and how many may still come. Claiming and
preparing are `manifest.py`'s, as is the order of all that must survive a death.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from yorutsuke_pipeline.engine.input_line import NO_LINE, InputLine
from yorutsuke_pipeline.engine.streams import end, json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yorutsuke_pipeline.engine.ports import ObjectWriter, StoredObject
    from yorutsuke_pipeline.engine.record import PendingRecord, Reject


class Claimed(NamedTuple):
    """A claimed record with what became of preparing it: exactly one of `line` and `reject`.

    Of an image there is only the line: as many of these are held as calls are made ahead and jobs look ahead.
    """

    record: PendingRecord
    source: StoredObject | None = None
    attributes: Mapping[str, Any] = MappingProxyType({})
    input_tokens: int = 0
    line: InputLine = NO_LINE
    reject: Reject | None = None

    def size(self) -> int:
        """Return the bytes of the line."""
        return self.line.size()


@dataclass
class Intake:
    """What is claimed, one record after the other, and how many may still come."""

    left: int
    rejected: list[Claimed] = field(default_factory=list)

    def accepted(self, claimed: Iterable[Claimed | None]) -> Iterator[Claimed]:
        """Yield what is to be asked about, and put aside what was turned away."""
        try:
            for each in claimed:
                self.left -= 1
                if each is not None and each.reject is not None:
                    self.rejected.append(each)
                elif each is not None:
                    yield each
        finally:
            end(claimed)


def list_record(listing: ObjectWriter, claimed: Claimed, job: int) -> None:
    """Write what later stages need of a record, so that none of them reads its row again."""
    source = claimed.source
    document = {
        "recordId": claimed.record.record_id,
        "identity": claimed.record.identity,
        "attempts": claimed.record.attempts,
        "lastReason": claimed.record.last_reason,
        "job": job,
        "source": {"key": source.key, "size": source.size, "etag": source.etag} if source else None,
        "attributes": dict(claimed.attributes),
    }
    listing.write(json_line(document))
