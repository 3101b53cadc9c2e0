"""The two halves of the pipeline as jobs: before the hours of waiting, and after."""

from collections.abc import Mapping

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

# What `define_asset_job` returns; Dagster exports no name for it.
AssetJob = UnresolvedAssetJobDefinition

SUBMITTED_HALF = ("pending_images", "manifest", "bedrock_job")
INGESTED_HALF = ("raw_output", "transactions", "archived_images")
INTENT_TAG = "yorutsuke/intent"
# On a run that will be skipped where it would submit: why.
PAUSED_TAG = "yorutsuke/paused"


def build_submit_batch(*, tags: Mapping[str, object] | None = None) -> AssetJob:
    """Return the job that gathers, writes and submits a day.

    Args:
        tags: Every run of the job has them; a value that is no text becomes JSON.
    """
    return dg.define_asset_job(
        "submit_batch",
        selection=list(SUBMITTED_HALF),
        tags=tags,
        description="Gather a day's pending images, write the manifest, submit the job. The half to backfill.",
    )


def build_ingest_results(*, tags: Mapping[str, object] | None = None) -> AssetJob:
    """Return the job that turns a day's answers into transactions. `tags` are as those of `build_submit_batch`."""
    return dg.define_asset_job(
        "ingest_results",
        selection=list(INGESTED_HALF),
        tags=tags,
        description="Turn what the day's jobs answered into transactions. The completion sensor launches it.",
    )
