"""DynamoDB: what the stages ask of three tables.

Transactions are counted by key and not kept; rows of the pending-images table are made of their number; only
the batch-jobs table is a real one. Every condition holds: one run at a time writes here.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.stub.capacity import Capacity
from yorutsuke_pipeline_tests.bench.stub.connection import Answer

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.stub.connection import Request
    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

_PREFIX = "DynamoDB_20120810."
_KEY = re.compile(rb'"transactionId":\s*\{"S":\s*"([^"]+)"')
_PUT = b'"PutRequest"'
# A page of a query ends at 1 MB; a row of an image has about 350 bytes.
_ROWS_A_PAGE = 2_500
_THROTTLED = json.dumps(
    {
        "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "message": "The level of configured provisioned throughput for the table was exceeded.",
    },
).encode()

Document = dict[str, Any]


class Tables:
    """The tables of one run."""

    def __init__(self, settings: StubSettings) -> None:
        self.calls: Counter[str] = Counter()
        self.rows_offered = 0
        self.keys_written: set[bytes] = set()
        self.rows_read = self.bytes_read = 0
        self._settings = settings
        self._capacity = Capacity(settings.writes_per_second)
        self._jobs: dict[tuple[str, str], Document] = {}

    def answer(self, request: Request) -> Answer:
        operation = request.header(b"x-amz-target").removeprefix(_PREFIX.lower())
        self.calls[operation] += 1
        if operation == "batchwriteitem":
            return self._sent(*self._batch_write(request.body))
        method = getattr(self, f"_{operation}", None)
        if method is None:
            fault = {"__type": "UnknownOperationException", "message": f"the benchmark's stub knows no {operation}"}
            return self._sent(400, json.dumps(fault).encode())
        body = json.dumps(method(json.loads(request.body))).encode()
        self.bytes_read += len(body)
        return self._sent(200, body)

    def _sent(self, status: int, body: bytes) -> Answer:
        headers = f"Content-Type: application/x-amz-json-1.0\r\nx-amz-crc32: {zlib.crc32(body)}\r\n"
        return Answer(status, body, headers, self._settings.table_delay)

    def _batch_write(self, body: bytes) -> tuple[int, bytes]:
        # Not parsed unless rows are turned away: the stub must cost less than what it measures.
        count = body.count(_PUT)
        self.rows_offered += count
        admitted = self._capacity.admit(count)
        keys = _KEY.findall(body)
        self.keys_written.update(keys[:admitted])
        if admitted == count:
            return 200, b'{"UnprocessedItems":{}}'
        if admitted == 0:
            return 400, _THROTTLED
        ((table, requests),) = json.loads(body)["RequestItems"].items()
        return 200, json.dumps({"UnprocessedItems": {table: requests[admitted:]}}).encode()

    def _batchgetitem(self, asked: Document) -> Document:
        """Answer with the jobs asked for, and that there are no transactions: all of a benchmark's are new."""
        found = {
            table: [self._jobs[_place(key)] for key in some["Keys"] if "item" in key and _place(key) in self._jobs]
            for table, some in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _describetable(self, asked: Document) -> Document:
        """Describe the transactions table: awswrangler wants to know its keys."""
        keys = [{"AttributeName": "userId", "KeyType": "HASH"}, {"AttributeName": "transactionId", "KeyType": "RANGE"}]
        return {"Table": {"TableName": asked["TableName"], "TableStatus": "ACTIVE", "KeySchema": keys}}

    def _getitem(self, asked: Document) -> Document:
        if "imageId" in asked["Key"]:
            return {"Item": self._image(contents.number_of(asked["Key"]["imageId"]["S"]))}
        item = self._jobs.get(_place(asked["Key"]))
        return {} if item is None else {"Item": item}

    def _putitem(self, asked: Document) -> Document:
        self._jobs[_place(asked["Item"])] = asked["Item"]
        return {}

    def _updateitem(self, asked: Document) -> Document:
        if "imageId" not in asked["Key"]:
            return {"Attributes": asked["Key"]}
        return {"Attributes": self._image(contents.number_of(asked["Key"]["imageId"]["S"]))}

    def _transactwriteitems(self, asked: Document) -> Document:
        """Put the rows that are put; sums are nobody's business here."""
        for put in (action["Put"] for action in asked["TransactItems"] if "Put" in action):
            self._putitem(put)
        return {}

    def _query(self, asked: Document) -> Document:
        if "pending-images" in asked["TableName"]:
            return self._waiting(asked)
        values = asked["ExpressionAttributeValues"]
        items = []
        # With a day's beginning its orders are asked for, of which there are none.
        if ":workload" in values and ":dawn" not in values:
            items = [item for item in self._jobs.values() if item.get("openWorkload") == values[":workload"]]
        elif ":intent" in values:
            wanted = values[":intent"]["S"], values[":jobs"]["S"]
            items = [
                item
                for (intent, name), item in self._jobs.items()
                if intent == wanted[0] and name.startswith(wanted[1])
            ]
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}

    def _executestatement(self, _asked: Document) -> Document:
        """Answer that there are none, as above."""
        return {"Items": []}

    def _waiting(self, asked: Document) -> Document:
        """Answer from the index: its rows are in the order of their days, so a day's are found without the others."""
        day = date.fromisoformat(asked["ExpressionAttributeValues"][":day"]["S"])
        return self._page(asked, self._numbers(day), day)

    def _scan(self, asked: Document) -> Document:
        """Read all rows of the pending-images table, as DynamoDB does whatever the filter lets through."""
        last = max(self._settings.image_rows, self._settings.images)
        page = self._page(asked, range(last), contents.DAY)
        wanted = self._numbers(contents.DAY)
        page["Items"] = [item for item in page["Items"] if contents.number_of(item["imageId"]["S"]) in wanted]
        page["Count"] = len(page["Items"])
        return page

    def _numbers(self, day: date) -> range:
        """Return the images of a day, by number. The day before the benchmarks' has ten times as many."""
        of_day, rows = self._settings.images, self._settings.image_rows
        if day == contents.DAY:
            return range(of_day)
        return range(of_day, min(11 * of_day, rows)) if day == contents.DAY - timedelta(days=1) else range(0)

    def _page(self, asked: Document, numbers: range, day: date) -> Document:
        after = asked.get("ExclusiveStartKey")
        first = numbers.start if after is None else contents.number_of(after["imageId"]["S"]) + 1
        last = min(first + _ROWS_A_PAGE, numbers.stop)
        items = [self._image(number, day) for number in range(first, last)]
        self.rows_read += len(items)
        page: Document = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        if last < numbers.stop:
            page["LastEvaluatedKey"] = {name: items[-1][name] for name in ("imageId", "pendingDate", "uploadedAt")}
        return page

    def _image(self, number: int, day: date = contents.DAY) -> Document:
        row = contents.pending_row(number, self._settings.image_bytes, self._settings.claimed_by)
        return as_item({**row, "pendingDate": day.isoformat()})


def _place(item: Document) -> tuple[str, str]:
    return item["intentId"]["S"], item["item"]["S"]
