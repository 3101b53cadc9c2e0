"""What reconciliation needs beyond the ports of the stages: many rows at once, rows in any state, and scans.

Every method may raise `TransientError` and `ConfigurationError`. A scan reads every row of a table: for
a command that a person gives, not for anything that runs by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Row


class RecordBook(Protocol):
    """The rows of `PendingRecords`, whatever became of the records."""

    def of(self, identities: Sequence[str]) -> Mapping[str, PendingRecord]:
        """Return rows by identity, read consistently; what has none is not among them."""
        ...

    def scan(self) -> Iterator[PendingRecord]:
        """Yield every row, in no order."""
        ...

    def put_in_line(self, record: PendingRecord, day: date) -> bool:
        """Let a pending record wait in a day; return whether it does. Its line must still be what `record` says."""
        ...

    def take_out_of_line(self, identity: str) -> bool:
        """Take a processed record out of line; return whether it is."""
        ...


class ResultBook(Protocol):
    """The rows of `ResultTable`, by the records that they are the results of."""

    def of(self, records: Sequence[PendingRecord]) -> Mapping[str, Row]:
        """Return results by the records' identities, read consistently under the keys that the records make."""
        ...

    def of_identity(self, identity: str) -> Row | None:
        """Return a record's result whatever its key, from an index that may lag."""
        ...

    def identity(self, row: Row) -> str | None:
        """Return the record that a row is the result of; None for a row that a person made."""
        ...

    def scan(self) -> Iterator[Row]:
        """Yield every row, in no order."""
        ...

    def add(self, row: Row) -> None:
        """Put a row unless there is one of its key."""
        ...
