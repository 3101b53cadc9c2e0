"""How far long work is, in Dagster's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline_tests.defs.days import materialize
from yorutsuke_pipeline_tests.engine.nights import night_of, with_quotas
from yorutsuke_pipeline_tests.engine.slowness import SlowNight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.engine.nights import Night


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def said(instance: dg.DagsterInstance, night: Night, *assets: str) -> dict[str, str]:
    """Materialize assets; return the first word of a rate that each of them said in the log."""
    events = instance.all_logs(materialize(night, *assets, instance=instance).run_id)
    told = [event for event in events if " a second" in event.user_message]
    return {str(event.step_key): event.user_message.partition(":")[0] for event in reversed(told)}


def test_the_assets_of_a_slow_night_say_in_their_own_log_how_far_they_are(instance: dg.DagsterInstance) -> None:
    night = SlowNight(**vars(night_of(40, policy=with_quotas(most_records=20))))

    first = said(instance, night, "manifest", "bedrock_job")
    night.end_jobs()
    second = said(instance, night, "raw_output", "transactions", "archived_images")

    assert (first, second) == (
        {"manifest": "records claimed and written"},
        {
            "raw_output": "records of all jobs read",
            "transactions": "answers recorded",
            "archived_images": "sources archived",
        },
    )


def test_a_slow_day_on_demand_says_how_far_it_is(instance: dg.DagsterInstance) -> None:
    night = SlowNight(**vars(night_of(20, policy=with_quotas(fewest_records=100, most_records=100))))

    assert said(instance, night, "manifest", "bedrock_job")["bedrock_job"] == "records asked about on demand"


def test_a_quick_night_says_nothing(instance: dg.DagsterInstance) -> None:
    night = night_of(20, policy=with_quotas(most_records=20))

    assert said(instance, night, "manifest", "bedrock_job") == {}
