"""What an app and people do with the images that wait, beyond the port of all workloads: adding one, and listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.aws.conditions import WRITE_ID, new_write_id, row_as_it_was, was_written_by
from yorutsuke_pipeline.aws.failures import calling
from yorutsuke_pipeline.aws.pages import rows_of_scan
from yorutsuke_pipeline.aws.record_row import PENDING, read_row
from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.engine.days import day_bounds, day_of, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.record import PendingRecord


@dataclass(frozen=True)
class NewImage:
    """An image that was just put into the bucket, to be put in line.

    Attributes:
        md5: Of its bytes, in hex.
        uploaded_at: Aware; its day in Tokyo is the partition.
    """

    image_id: str
    user_id: str
    s3_key: str
    md5: str
    uploaded_at: datetime
    byte_count: int

    def as_row(self) -> dict[str, Any]:
        """Return the row under the table's names."""
        return {
            "imageId": self.image_id,
            "userId": self.user_id,
            "s3Key": self.s3_key,
            "md5": self.md5,
            "uploadedAt": utc_text(self.uploaded_at),
            "bytes": self.byte_count,
            "status": PENDING,
            "pendingDate": day_of(self.uploaded_at).isoformat(),
        }


class ReceiptImages(RecordTable):
    """The table of waiting records on `yorutsuke-pending-images-{env}`."""

    def add(self, image: NewImage) -> bool:
        """Put an image in line; return False if its id is there already, whatever became of it."""
        write_id = new_write_id()
        with calling(self._target, f"add image {image.image_id!r}"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=as_item({**image.as_row(), WRITE_ID: write_id}),
                    ConditionExpression="attribute_not_exists(imageId)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                return was_written_by(row_as_it_was(error), write_id)
        return True

    def listing(self, day: date | None = None, status: str | None = None) -> Iterator[PendingRecord]:
        """Yield images for a person to look at, in no order.

        Those that wait for a day come from the index. Anything else scans the table, which costs a read
        of every row: not for anything that runs by itself.
        """
        if day is not None and status == PENDING:
            yield from self.pending(day)
            return
        filters = _filters(day, status)
        rows = rows_of_scan(self._client, self._table, self._target, "list images", **filters)
        yield from (read_row(row, self._shape) for row in rows)


def _filters(day: date | None, status: str | None) -> dict[str, Any]:
    """Return what a scan for the images of a day and in a state takes; None is any."""
    tests: list[str] = []
    values: dict[str, str] = {}
    if day is not None:
        # What no longer waits has lost its `pendingDate`; the time of its upload is left.
        tests.append(
            "(pendingDate = :day OR attribute_not_exists(pendingDate) AND uploadedAt >= :first AND uploadedAt < :after)"
        )
        first, after = day_bounds(day)
        values |= {":day": day.isoformat(), ":first": utc_text(first), ":after": utc_text(after)}
    if status is not None:
        tests.append("#status = :status")
        values[":status"] = status
    filters: dict[str, Any] = {}
    if tests:
        filters = {"FilterExpression": " AND ".join(tests), "ExpressionAttributeValues": as_item(values)}
    if status is not None:
        filters["ExpressionAttributeNames"] = {"#status": "status"}
    return filters
