"""Forsaken runs: what Dagster will not start again, and this product does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from yorutsuke_pipeline.defs.sensors.forsaken_runs import requests_for_forsaken

if TYPE_CHECKING:
    from collections.abc import Iterator

_VANISHED = {"dagster/partition": "2026-01-09", "dagster/will_retry": "true"}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def _add_run(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    return instance.add_run(dg.DagsterRun(job_name="submit_batch", status=dg.DagsterRunStatus.FAILURE, tags=tags))


def _add_backfill(instance: dg.DagsterInstance, status: BulkActionStatus) -> dict[str, str]:
    backfill = PartitionBackfill(
        backfill_id="a-backfill",
        status=status,
        from_failure=False,
        tags={},
        backfill_timestamp=0.0,
        partition_names=["2026-01-09"],
    )
    instance.add_backfill(backfill)
    return {"dagster/backfill": "a-backfill"}


def test_a_vanished_run_of_a_backfill_that_is_over_is_asked_for_once_more(instance: dg.DagsterInstance) -> None:
    of_backfill = _add_backfill(instance, BulkActionStatus.COMPLETED_SUCCESS)
    run = _add_run(instance, {**_VANISHED, **of_backfill})

    (request,) = requests_for_forsaken(instance, ["submit_batch"])

    assert (request.job_name, request.partition_key) == ("submit_batch", "2026-01-09")
    assert request.run_key == f"again:{run.run_id}"
    assert "dagster/backfill" not in request.tags


def test_a_vanished_run_that_dagster_starts_again_itself_is_left_to_it(instance: dg.DagsterInstance) -> None:
    _add_run(instance, _VANISHED)

    assert list(requests_for_forsaken(instance, ["submit_batch"])) == []


def test_a_vanished_run_of_a_backfill_under_way_is_left_to_dagster(instance: dg.DagsterInstance) -> None:
    _add_run(instance, {**_VANISHED, **_add_backfill(instance, BulkActionStatus.REQUESTED)})

    assert list(requests_for_forsaken(instance, ["submit_batch"])) == []


def test_a_run_of_a_backfill_that_failed_with_an_error_is_a_persons_to_judge(instance: dg.DagsterInstance) -> None:
    of_backfill = _add_backfill(instance, BulkActionStatus.COMPLETED_SUCCESS)
    _add_run(instance, {**_VANISHED, **of_backfill, "dagster/will_retry": "false"})

    assert list(requests_for_forsaken(instance, ["submit_batch"])) == []
