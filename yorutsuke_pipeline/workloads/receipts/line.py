"""How the receipts workload is put together: its tables, and how Dagster shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.image_book import ImageBook
from yorutsuke_pipeline.aws.pending_images import PendingImagesTable
from yorutsuke_pipeline.aws.transaction_book import TransactionBook
from yorutsuke_pipeline.aws.transactions_table import TransactionsTable
from yorutsuke_pipeline.blueprint import Blueprint, Face
from yorutsuke_pipeline.line import Line
from yorutsuke_pipeline.workloads.receipts.workload import Lifetimes, ReceiptsWorkload

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition


def images(product: Composition) -> PendingImagesTable:
    """Return the images that wait."""
    return PendingImagesTable(product.clients.dynamodb, product.settings.table("pending-images"))


def transactions(product: Composition) -> TransactionsTable:
    """Return the transactions."""
    settings = product.settings
    return TransactionsTable(product.clients.dynamodb, settings.table("transactions"), concurrency=settings.concurrency)


def assemble(product: Composition) -> Line:
    """Return the line of receipts."""
    settings, client = product.settings, product.clients.dynamodb
    return Line(
        product=product,
        workload=ReceiptsWorkload(Lifetimes(settings.guest_prefix, settings.guest_days, settings.account_days)),
        pending=images(product),
        records=ImageBook(client, settings.table("pending-images"), concurrency=settings.concurrency),
        results=transactions(product),
        result_book=TransactionBook(client, settings.table("transactions"), concurrency=settings.concurrency),
    )


BLUEPRINT = Blueprint(
    name="receipts",
    noun="image",
    nouns="images",
    assemble=assemble,
    pending=Face(
        "pending_images",
        "The receipt images of a day that wait to be read: a query on the day's index, nothing is changed.",
        frozenset({"dynamodb"}),
        ("imageId", "userId", "uploadedAt", "attempts"),
    ),
    results=Face(
        "transactions",
        "Bookkeeping transactions in DynamoDB; answers that cannot be accepted go back in line with their reason.",
        frozenset({"dynamodb"}),
        # Ids and words of ours alone: what a receipt says, its merchant and amount, is for who may read the table.
        ("transactionId", "imageId", "userId", "type", "category", "status", "warnings"),
    ),
    last=Face(
        "archived_images",
        "Accepted images under processed/, their sources deleted, and the intents closed with their result.\n\n"
        "Fails, after all that, if a job of the day ended badly: what was answered is kept, the rest is back in line.",
        frozenset({"s3"}),
    ),
    waits_since="uploadedAt",
    waits_for=("userId", "user", "users"),
)
