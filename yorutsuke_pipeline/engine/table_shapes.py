"""The shapes of a workload's two tables: the records that wait, and the results.

What belongs here: what the tables' adapters must be told, since they serve every workload. Each workload states its
own shapes (`workloads/<name>/tables.py`); that infra/template.yaml declares the same is what the tests compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.record import PendingRecord


@dataclass(frozen=True)
class RecordTableShape:
    """A table of records that wait.

    All else in a row has the same name for every workload: `status`, `pendingDate`, `intentId`, `orderedBy`,
    `attempts`, `lastReason`, ...

    Attributes:
        table: Its short name; the whole one is `yorutsuke-{table}-{env}`.
        key: The attribute that holds a record's identity, the table's only key.
        time: The attribute that dates a record, by which a day's line is sorted; ISO 8601 in UTC.
        noun: What an error's message calls a record.
        added_by: The command that puts a record in line, without the program's name; None where orders do.
    """

    table: str
    key: str
    time: str
    noun: str
    added_by: str | None = None

    @property
    def index(self) -> str:
        """The index of those that wait, by day and then by time. Sparse: a row without either is not in it."""
        return f"pendingDate-{self.time}"


@dataclass(frozen=True)
class ResultTableShape:
    """A table of results.

    Attributes:
        table: As above.
        key: The attributes of the key, the partition's first.
        label: The one of them that tells results apart, for messages and for `UnwrittenError`.
        identity: The attribute that holds the identity of the record that a row is the result of.
        noun: What an error's message calls a result.
        record_noun: And a record.
        key_of: Returns the values of `key` under which a record's result is kept, None for a record that can have
            none. It must do with the identity alone if there is no `identity_index`.
        identity_index: The index by `identity`, which finds a result whatever its key; None where the key follows from
            the identity.
        neighbour_index: The attributes of the index in which `Workload.neighbourhood` lies, the partition's first; the
            index is named after both. None if no result is ever compared with others.
    """

    table: str
    key: tuple[str, str]
    label: str
    identity: str
    noun: str
    record_noun: str
    key_of: Callable[[PendingRecord], tuple[str, str] | None]
    identity_index: str | None = None
    neighbour_index: tuple[str, str] | None = None


def one_result_each(records: RecordTableShape, *, table: str, noun: str) -> ResultTableShape:
    """Return the shape of a table with one result for each record.

    Its key is the record's own and `item`, which is `noun`: other things about the record may stand beside it.
    """
    return ResultTableShape(
        table=table,
        key=(records.key, "item"),
        label=records.key,
        identity=records.key,
        noun=noun,
        record_noun=records.noun,
        key_of=lambda record: (record.identity, noun),
    )


def terms_of(workload: str, waiting: RecordTableShape, results: ResultTableShape) -> Terms:
    """Return how a workload's records and results are called."""
    return Terms(
        workload=workload,
        record=waiting.noun,
        result=results.noun,
        key=waiting.key,
        time=waiting.time,
        table=waiting.table,
        added_by=waiting.added_by,
    )
