"""Many rows of one DynamoDB table at once: reading what is there, and writing until all is written.

What DynamoDB leaves unprocessed is packed again with what waits, after a pause that is random and grows
while nothing gets through. A deadline ends it, never a count: three tries lost 54 rows of 20,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import ThrottledError, TransientError
from yorutsuke_pipeline.engine.streams import chunked, map_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.aws.attribute_values import Item
    from yorutsuke_pipeline.aws.patience import Patience

# DynamoDB's limits on one call.
_WRITTEN_AT_ONCE = 25
_READ_AT_ONCE = 100


@dataclass(frozen=True)
class TableBatches:
    """Batches of one table. `workers` calls are in flight at once."""

    client: DynamoDBClient
    table: str
    target: Target
    patience: Patience
    workers: int

    def read(self, keys: Sequence[Item], *, projection: str | None = None) -> list[Item]:
        """Return the rows of different keys that are there, read consistently, in any order.

        Args:
            keys: Of the rows.
            projection: The names of the attributes wanted; None for all.

        Raises:
            TransientError: Some were still unread at the deadline.
        """
        found: list[Item] = []

        def read_some(some: list[Item]) -> list[Item]:
            request: dict[str, Any] = {"Keys": some, "ConsistentRead": True}
            if projection is not None:
                request["ProjectionExpression"] = projection
            answer = self.client.batch_get_item(RequestItems={self.table: request})  # type: ignore[dict-item]  # the stubs want TypedDicts
            # Several threads at once do this; one `extend` is one step.
            responses: Any = answer["Responses"]
            found.extend(responses.get(self.table, ()))
            left: Any = answer.get("UnprocessedKeys", {})
            return list(left[self.table]["Keys"]) if self.table in left else []

        unread = self._until_done(keys, _READ_AT_ONCE, read_some, "read")
        if unread:
            raise TransientError(f"{len(unread)} rows of {self.target.name} could not be read in time; try again")
        return found

    def put(self, items: Sequence[Item]) -> list[Item]:
        """Put rows of different keys; return those that were still unwritten at the deadline."""

        def put_some(some: list[Item]) -> list[Item]:
            requests: Any = [{"PutRequest": {"Item": item}} for item in some]
            answer = self.client.batch_write_item(RequestItems={self.table: requests})
            left: Any = answer.get("UnprocessedItems", {}).get(self.table, ())
            return [request["PutRequest"]["Item"] for request in left]

        return self._until_done(items, _WRITTEN_AT_ONCE, put_some, "write")

    def _until_done(
        self,
        items: Sequence[Item],
        size: int,
        call: Callable[[list[Item]], list[Item]],
        verb: str,
    ) -> list[Item]:
        """Return the items that `call`, given `size` at a time, still left over at the deadline."""

        def attempt(some: list[Item]) -> list[Item]:
            try:
                with calling(self.target, f"{verb} {len(some)} rows"):
                    return call(some)
            except ThrottledError:
                return some

        waiting, waits = list(items), self.patience.begin()
        while waiting:
            tried = map_bounded(attempt, chunked(waiting, size), workers=self.workers)
            left = [item for leftover in tried for item in leftover]
            if len(left) < len(waiting):
                waits.progressed()
            waiting = left
            if waiting and not waits.wait():
                break
        return waiting
