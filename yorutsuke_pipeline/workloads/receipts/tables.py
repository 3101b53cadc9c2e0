"""The tables of receipts: the images that wait, and the transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.table_shapes import RecordTableShape, ResultTableShape

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.record import PendingRecord


def transaction_key(record: PendingRecord) -> tuple[str, str] | None:
    """Return the key of an image's transaction; None for an image without a usable user, which can have none."""
    user = record.attributes.get("userId")
    return (user, record.record_id) if isinstance(user, str) and user else None


IMAGES = RecordTableShape(
    table="pending-images",
    key="imageId",
    time="uploadedAt",
    noun="image",
    added_by="receipts add",
)
TRANSACTIONS = ResultTableShape(
    table="transactions",
    key=("userId", "transactionId"),
    label="transactionId",
    identity="imageId",
    noun="transaction",
    record_noun="image",
    key_of=transaction_key,
    identity_index="imageId",
    neighbour_index=("userId", "date"),
)
