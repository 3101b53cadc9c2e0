"""A line: one workload put together with where its records wait and where its results go.

What belongs here: the one value that the stages, the commands and Dagster work on. Which adapters fill it is the
workload's own `line.py`; what all workloads share (clients, bucket, ledger, Bedrock, prices) is the composition's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.submission_switch import DynamoSubmissionSwitch
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.ports import PendingRecords, Publisher, RecordSource, ResultTable
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook, ResultBook
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
    """

    product: Composition
    workload: Workload
    pending: PendingRecords
    records: RecordBook
    results: ResultTable
    result_book: ResultBook
    source: RecordSource | None = None
    publisher: Publisher | None = None

    @property
    def switch(self) -> DynamoSubmissionSwitch:
        """The switch that pauses the workload's submission."""
        return self.product.switch_of(self.workload.name)
