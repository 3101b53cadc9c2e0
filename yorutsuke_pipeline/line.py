"""A line: one workload put together with where its records wait and where its results go.

What belongs here: the one value that the stages, the commands and Dagster work on, and how one stands on two tables
of DynamoDB. What else fills it is the workload's own `line.py`; what all workloads share (clients, bucket, ledger,
Bedrock, prices) is the composition's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.record_book import DynamoRecordBook
from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.aws.result_book import DynamoResultBook
from yorutsuke_pipeline.aws.results_table import ResultsTable
from yorutsuke_pipeline.engine.table_shapes import terms_of
from yorutsuke_pipeline.engine.terms import PLAIN_TERMS, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yorutsuke_pipeline.aws.examination.finding import Finding
    from yorutsuke_pipeline.aws.submission_switch import DynamoSubmissionSwitch
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.ports import PendingRecords, Publisher, RecordSource, ResultTable
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook, ResultBook
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape, ResultTableShape
    from yorutsuke_pipeline.engine.workload import Workload


@dataclass(frozen=True)
class Line:
    """A workload with its tables.

    Attributes:
        product: What it shares with the others.
        workload: Its rules.
        pending: Its records that wait.
        records: All its records, whatever became of them.
        results: The table of its results.
        result_book: The same, by record.
        source: What orders select records from; None if they name them.
        publisher: Where its results go besides their table; None for nowhere.
        terms: What its records and results are called.
        tables: The shapes of its tables, for whoever examines an account.
        examine: Looks at what else it needs of an account; None for nothing.
    """

    product: Composition
    workload: Workload
    pending: PendingRecords
    records: RecordBook
    results: ResultTable
    result_book: ResultBook
    source: RecordSource | None = None
    publisher: Publisher | None = None
    terms: Terms = PLAIN_TERMS
    tables: tuple[RecordTableShape | ResultTableShape, ...] = ()
    examine: Callable[[], Iterable[Finding]] | None = None

    @property
    def switch(self) -> DynamoSubmissionSwitch:
        """The switch that pauses the workload's submission."""
        return self.product.switch_of(self.workload.name)


def line_on_tables(
    product: Composition,
    workload: Workload,
    waiting: RecordTableShape,
    results: ResultTableShape,
    *,
    source: RecordSource | None = None,
    publisher: Publisher | None = None,
    examine: Callable[[], Iterable[Finding]] | None = None,
) -> Line:
    """Return the line of a workload whose records wait in one table and whose results go to another."""
    client, settings = product.clients.dynamodb, product.settings
    record_table, result_table = settings.table(waiting.table), settings.table(results.table)
    workers = settings.concurrency
    return Line(
        product=product,
        workload=workload,
        pending=RecordTable(client, record_table, waiting),
        records=DynamoRecordBook(client, record_table, waiting, concurrency=workers),
        results=ResultsTable(client, result_table, results, concurrency=workers),
        result_book=DynamoResultBook(client, result_table, results, concurrency=workers),
        source=source,
        publisher=publisher,
        terms=terms_of(workload.name, waiting, results),
        tables=(waiting, results),
        examine=examine,
    )
