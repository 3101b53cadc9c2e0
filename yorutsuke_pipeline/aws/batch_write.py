"""Many rows of one DynamoDB table at once: reading what is there, and writing until all is written.

What DynamoDB leaves unprocessed is packed again with what waits, after a pause that is random and grows
while nothing gets through. A deadline ends it, never a count: three tries lost 54 rows of 20,000.
Keys and rows come as the JSON that goes over the wire (`attribute_values.as_json`), which is made once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import Target, calling, is_throttling
from yorutsuke_pipeline.engine.errors import ThrottledError, TransientError
from yorutsuke_pipeline.engine.streams import chunked, map_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yorutsuke_pipeline.aws.attribute_values import Item
    from yorutsuke_pipeline.aws.pace import Pace
    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline.aws.table_calls import TableCalls

# DynamoDB's limits on one call.
_WRITTEN_AT_ONCE = 25
_READ_AT_ONCE = 100


@dataclass(frozen=True)
class TableBatches:
    """Batches of one table; several threads may use it at once.

    Attributes:
        workers: Calls in flight at once in a `read`. A `put` makes one after the other: who wants more, puts
            several blocks at once.
        pace: Of the writes of all threads.
    """

    calls: TableCalls
    table: str
    target: Target
    patience: Patience
    workers: int
    pace: Pace

    def read(self, keys: Sequence[str], *, projection: str | None = None) -> list[Item]:
        """Return the rows of different keys that are there, read consistently, in any order.

        Args:
            keys: Of the rows.
            projection: The names of the attributes wanted; None for all.

        Raises:
            TransientError: Some were still unread at the deadline.
        """
        if len(keys) <= _READ_AT_ONCE:
            return self._read_block(keys, projection)
        blocks = map_bounded(
            partial(self._read_block, projection=projection), chunked(keys, _READ_AT_ONCE), workers=self.workers
        )
        return list(chain.from_iterable(blocks))

    def _read_block(self, keys: Sequence[str], projection: str | None) -> list[Item]:
        found: list[Item] = []
        projected = "" if projection is None else f',"ProjectionExpression":{json.dumps(projection)}'

        def read_some(some: list[str]) -> list[str]:
            request = f'{{"Keys":[{",".join(some)}],"ConsistentRead":true{projected}}}'
            answer = self.calls.call("BatchGetItem", self._of_table(request))
            found.extend(answer["Responses"].get(self.table, ()))
            left: Any = answer.get("UnprocessedKeys", {}).get(self.table, {})
            return [json.dumps(key) for key in left.get("Keys", ())]

        unread = self._until_done(keys, _READ_AT_ONCE, read_some, "read")
        if unread:
            raise TransientError(f"{len(unread)} rows of {self.target.name} could not be read in time; try again")
        return found

    def put(self, rows: Sequence[str]) -> list[str]:
        """Put rows of different keys; return those that were still unwritten at the deadline."""

        def put_some(some: list[str]) -> list[str]:
            requests = ",".join([f'{{"PutRequest":{{"Item":{row}}}}}' for row in some])
            self.pace.wait_for(len(some))
            try:
                answer = self.calls.call("BatchWriteItem", self._of_table(f"[{requests}]"))
            except ClientError as error:
                if is_throttling(error):
                    self.pace.told(0, len(some))
                raise
            left: Any = answer.get("UnprocessedItems", {}).get(self.table, ())
            self.pace.told(len(some) - len(left), len(left))
            return [json.dumps(request["PutRequest"]["Item"]) for request in left]

        return self._until_done(rows, _WRITTEN_AT_ONCE, put_some, "write")

    def _of_table(self, request: str) -> str:
        return f'{{"RequestItems":{{{json.dumps(self.table)}:{request}}}}}'

    def _until_done(
        self,
        items: Sequence[str],
        size: int,
        call: Callable[[list[str]], list[str]],
        verb: str,
    ) -> list[str]:
        """Return the items that `call`, given `size` at a time, still left over at the deadline."""
        waiting, waits = list(items), self.patience.begin()
        while waiting:
            left: list[str] = []
            for some in chunked(waiting, size):
                try:
                    with calling(self.target, f"{verb} {len(some)} rows"):
                        left += call(some)
                except ThrottledError:  # noqa: PERF203 — each call may be
                    left += some
            if len(left) < len(waiting):
                waits.progressed()
            waiting = left
            if waiting and not waits.wait():
                break
        return waiting
