"""The two halves of a workload as jobs: before the hours of waiting, and after."""

from collections.abc import Mapping

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.engine.retrying import Half

# What `define_asset_job` returns; Dagster exports no name for it.
AssetJob = UnresolvedAssetJobDefinition

WORKLOAD_TAG = "yorutsuke/workload"
# On a run that works on one intent alone.
INTENT_TAG = "yorutsuke/intent"
# On a run that carries out an order: who asked.
REQUESTED_BY_TAG = "yorutsuke/requested_by"
# On a run that will be skipped where it would submit: why.
PAUSED_TAG = "yorutsuke/paused"


def build_submit_batch(blueprint: Blueprint, *, tags: Mapping[str, object] | None = None) -> AssetJob:
    """Return the job that gathers, writes and submits a day.

    Args:
        blueprint: The workload's.
        tags: Every run of the job has them; a value that is no text becomes JSON.
    """
    return dg.define_asset_job(
        blueprint.job(Half.SUBMIT),
        selection=[dg.AssetKey(key) for key in blueprint.submitted_half],
        tags={WORKLOAD_TAG: blueprint.name, **(tags or {})},
        description=f"Gather a day's pending {blueprint.nouns}, write the manifest, submit the job. "
        "The half to backfill.",
    )


def build_ingest_results(blueprint: Blueprint, *, tags: Mapping[str, object] | None = None) -> AssetJob:
    """Return the job that reads what a day's jobs answered. Arguments are as those of `build_submit_batch`."""
    return dg.define_asset_job(
        blueprint.job(Half.INGEST),
        selection=[dg.AssetKey(key) for key in blueprint.ingested_half],
        tags={WORKLOAD_TAG: blueprint.name, **(tags or {})},
        description=f"Turn what the day's jobs answered into {blueprint.results.name}. "
        "The completion sensor launches it.",
    )
