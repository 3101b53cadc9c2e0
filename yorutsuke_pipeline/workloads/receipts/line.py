"""How the receipts workload is put together: its tables, and how Dagster shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.receipt_images import ReceiptImages
from yorutsuke_pipeline.aws.receipt_transactions import ReceiptTransactions
from yorutsuke_pipeline.blueprint import Blueprint, Face
from yorutsuke_pipeline.line import Line, line_on_tables
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline.workloads.receipts.workload import Lifetimes, ReceiptsWorkload

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition


def images(product: Composition) -> ReceiptImages:
    """Return the table of images, as those who add and list them need it."""
    return ReceiptImages(product.clients.dynamodb, product.settings.table(IMAGES.table), IMAGES)


def transactions(product: Composition) -> ReceiptTransactions:
    """Return the table of transactions, as those who list them need it."""
    settings = product.settings
    return ReceiptTransactions(
        product.clients.dynamodb,
        settings.table(TRANSACTIONS.table),
        TRANSACTIONS,
        concurrency=settings.concurrency,
    )


def assemble(product: Composition) -> Line:
    """Return the line of receipts."""
    settings = product.settings
    lifetimes = Lifetimes(settings.guest_prefix, settings.guest_days, settings.account_days)
    return line_on_tables(product, ReceiptsWorkload(lifetimes), IMAGES, TRANSACTIONS)


BLUEPRINT = Blueprint(
    name="receipts",
    noun="image",
    nouns="images",
    assemble=assemble,
    pending=Face(
        "pending_images",
        "The receipt images of a day that wait to be read: a query on the day's index, nothing is changed.",
        columns=("imageId", "userId", "uploadedAt", "attempts"),
    ),
    results=Face(
        "transactions",
        "Bookkeeping transactions in DynamoDB; answers that cannot be accepted go back in line with their reason.",
        # Ids and words of ours alone: what a receipt says, its merchant and amount, is for who may read the table.
        columns=("transactionId", "imageId", "userId", "type", "category", "status", "warnings"),
    ),
    last=Face(
        "archived_images",
        "Accepted images under processed/, their sources deleted, and the intents closed with their result.",
        frozenset({"s3"}),
    ),
    waits_since=IMAGES.time,
    waits_for=("userId", "user", "users"),
)
