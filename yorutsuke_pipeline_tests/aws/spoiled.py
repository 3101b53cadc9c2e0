"""The embedded AWS behind the fault proxy: adapters with the clients they really have, on a wire that misbehaves."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.aws.results_table import ResultsTable
from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline_tests.aws.wire import UNHURRIED, quick_retries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
    from yorutsuke_pipeline_tests.aws.places import Place


@dataclass(frozen=True)
class Spoiled:
    """Adapters over the proxy.

    Attributes:
        place: The tables and the bucket, through the proxy.
        straight: The same without it, to put in and to look.
    """

    proxy: FaultProxy
    place: Place
    straight: Place

    @property
    def objects(self) -> S3ObjectStore:
        return S3ObjectStore(self.place.clients.s3, self.place.bucket)

    @property
    def images(self) -> RecordTable:
        return RecordTable(self.place.clients.dynamodb, self.place.pending_table, IMAGES)

    @property
    def ledger(self) -> DynamoIntentLedger:
        return DynamoIntentLedger(self.place.clients.dynamodb, self.place.jobs_table)

    @property
    def service(self) -> BedrockBatchService:
        return BedrockBatchService(self.place.clients.bedrock, UNHURRIED)

    def transactions(self, patience: Patience = UNHURRIED) -> ResultsTable:
        return ResultsTable(
            self.place.clients.dynamodb, self.place.transactions_table, TRANSACTIONS, concurrency=1, patience=patience
        )

    def spoil(self, operation: str, kind: str, **how: object) -> None:
        """Have calls go wrong from now on: the first one, unless `how` (a `Fault`'s fields) says otherwise."""
        self.proxy.set_faults([Fault.model_validate({"operation": operation, "kind": FaultKind(kind), **how})])

    def mend(self) -> None:
        """Have everything go right again."""
        self.proxy.set_faults([])

    def tries(self, operation: str) -> int:
        """Return how often an operation was called since the test began."""
        return sum(1 for call in self.proxy.calls if call.operation.name == operation)

    @contextmanager
    def in_a_hurry(self) -> Iterator[None]:
        """Let the clients behind the proxy try again without waiting."""
        clients = self.place.clients
        with ExitStack() as stack:
            for client in (clients.s3, clients.dynamodb, clients.bedrock):
                stack.enter_context(quick_retries(client))
            yield
