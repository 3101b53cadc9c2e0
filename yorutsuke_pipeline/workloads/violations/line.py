"""How the violations workload is put together: its tables, its source, and how Dagster shows it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.iceberg_table import examine_iceberg_table
from yorutsuke_pipeline.blueprint import Blueprint, Face
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.line import Line, line_on_tables
from yorutsuke_pipeline.workloads.violations.publisher import ViolationsPublisher
from yorutsuke_pipeline.workloads.violations.source import ViolationsSource
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.violations_table import ViolationsTable
    from yorutsuke_pipeline.composition import Composition


def violations_table(product: Composition) -> ViolationsTable:
    """Return the Iceberg table: S3 Tables on a real account, files beside the embedded AWS' state, with samples.

    Raises:
        ConfigurationError: What it needs is not installed, or the table bucket is not set.
    """
    try:
        # An extra: receipts run without it.
        from yorutsuke_pipeline.aws.violations_catalog import (  # noqa: PLC0415
            embedded_catalog,
            embedded_folder,
            s3_tables_catalog,
        )
        from yorutsuke_pipeline.aws.violations_table import ViolationsTable  # noqa: PLC0415 — as above
    except ImportError as error:
        raise ConfigurationError(
            f"what the workload violations needs is not installed ({error}); "
            "pip install 'yorutsuke-pipeline[violations]'"
        ) from error
    settings = product.settings
    if settings.is_embedded:
        # Loads what generates pictures, too; nothing of it is needed on a real account.
        from yorutsuke_pipeline.sample_violations import fill  # noqa: PLC0415 — as above

        table = ViolationsTable(embedded_catalog(product.home), settings.violations_namespace)
        fill(table, embedded_folder(product.home), samples=settings.samples)
        return table
    return ViolationsTable(s3_tables_catalog(settings.required_warehouse()), settings.violations_namespace)


def assemble(product: Composition) -> Line:
    """Return the line of violations."""
    # Opened by who needs it: loading what reads it takes a second, which a tick of the sensor must not.
    table = cache(lambda: violations_table(product))
    settings = product.settings
    return line_on_tables(
        product,
        ViolationsWorkload(),
        WAITING,
        CONTENT,
        source=ViolationsSource(table),
        publisher=ViolationsPublisher(table),
        examine=lambda: [examine_iceberg_table(settings.violations_warehouse, table, is_embedded=settings.is_embedded)],
    )


BLUEPRINT = Blueprint(
    name="violations",
    noun="violation",
    nouns="violations",
    assemble=assemble,
    prefix=("violations",),
    pending=Face(
        "pending_violations",
        "The violations that wait for a text: what the orders of the day select from the Iceberg table, highest fine "
        "first, is put in line here; what was rejected before waits in it again.",
        frozenset({"iceberg", "dynamodb"}),
        ("violationId", "agency", "violationType", "requestedAt", "attempts"),
    ),
    results=Face(
        "violation_content",
        "Published texts in DynamoDB: title, description and tags; answers that cannot be accepted go back in line "
        "with their reason.",
        # A text is published: unlike what a receipt says, everybody may read it.
        columns=("violationId", "title_bedrock", "tags", "generated_at"),
    ),
    last=Face(
        "violations_table",
        "The texts of each intent merged into the Iceberg table, in one snapshot, and the intents closed with their "
        "result.",
        frozenset({"iceberg"}),
    ),
    waits_since=WAITING.time,
    waits_for=("agency", "agency", "agencies"),
)
