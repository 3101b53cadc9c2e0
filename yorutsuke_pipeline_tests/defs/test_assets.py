"""The assets: what a person sees of a day, whichever way it went."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import dagster as dg

from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.defs.days import INGESTED_HALF, SUBMITTED_HALF, materialize, metadata
from yorutsuke_pipeline_tests.engine.nights import FIRST, POLICY, night_of
from yorutsuke_pipeline_tests.engine.test_switch import PAUSE

_ALL = (*SUBMITTED_HALF, *INGESTED_HALF)


def test_a_day_is_submitted_and_then_brought_home() -> None:
    night = night_of(3)

    submitted = materialize(night, *SUBMITTED_HALF)
    night.end_jobs()
    ingested = materialize(night, *INGESTED_HALF)

    assert metadata(submitted, "pending_images")["dagster/row_count"] == 3
    assert metadata(submitted, "manifest")["intent"] == FIRST
    assert "documented default" in str(metadata(submitted, "manifest")["quotas"])
    assert metadata(submitted, "bedrock_job")["dagster/row_count"] == 3
    assert metadata(ingested, "transactions")["dagster/row_count"] == 3
    archived = metadata(ingested, "archived_images")
    assert (archived["successCount"], archived["failureCount"], archived["totalCount"]) == (3, 0, 3)
    assert all(evaluation.passed for evaluation in ingested.get_asset_check_evaluations())


def test_materializing_everything_at_once_skips_what_must_wait_and_fails_nothing() -> None:
    night = night_of(3)

    result = materialize(night, *_ALL)

    assert result.success
    assert result.asset_materializations_for_node("bedrock_job")
    assert not result.asset_materializations_for_node("raw_output")
    assert not result.asset_materializations_for_node("archived_images")


def test_a_day_with_nothing_pending_is_green_and_says_so() -> None:
    night = night_of(0)

    result = materialize(night, *_ALL)

    assert result.success
    assert metadata(result, "manifest")["note"] == "nothing was waiting"
    assert metadata(result, "archived_images")["totalCount"] == 0
    assert night.service.requests == {}


def test_a_job_that_ended_badly_fails_the_last_asset_with_the_services_words_after_everything_was_kept() -> None:
    night = night_of(3)
    night.unanswered.add("img-3")
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    result = materialize(night, *INGESTED_HALF)

    assert not result.success
    failure = result.failure_data_for_node("archived_images")
    assert failure is not None
    assert failure.user_failure_data is not None
    words = str(failure.user_failure_data.description)
    assert "PartiallyCompleted" in words
    assert "yorutsuke retry-failed --from 2026-01-09 --to 2026-01-09" in words
    assert metadata(result, "transactions")["dagster/row_count"] == 2
    intent = night.ledger.intent(FIRST)
    assert intent is not None
    assert intent.status is IntentStatus.CLOSED


def test_a_day_over_budget_fails_without_trying_again_and_says_which_setting_to_raise() -> None:
    night = night_of(3, policy=replace(POLICY, budget_usd=Decimal("0.0000001")))

    result = materialize(night, *SUBMITTED_HALF)

    failure = result.failure_data_for_node("manifest")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "YORUTSUKE_BUDGET_USD" in str(failure.user_failure_data.description)
    retries = [event for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_UP_FOR_RETRY]
    assert retries == []
    assert night.service.requests == {}


def test_a_day_shows_the_costs_of_its_month_with_what_on_demand_would_have_cost() -> None:
    night = night_of(3)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    archived = metadata(materialize(night, *INGESTED_HALF), "archived_images")

    cost, on_demand = archived["cost_usd"], archived["on_demand_usd"]
    assert isinstance(cost, float)
    assert on_demand == cost * 2
    table = str(archived["costs_of_the_month"])
    assert [word for word in ("total", "3,000", f"{cost:.4f}", "█") if word not in table] == []


def test_what_a_receipt_says_is_in_no_metadata() -> None:
    said = {"amount": 98761, "currency": "CHF", "type": "expense", "date": "2026-01-08", "category": "other"}
    night = night_of(3)
    night.answers["img-1"] = json.dumps({**said, "merchant": "Secret Shop", "description": "secret goods"})
    night.answers["img-2"] = "Secret words that are no answer"
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    result = materialize(night, *INGESTED_HALF)

    shown = "".join(str(metadata(result, name)) for name in INGESTED_HALF)
    assert record_id("img-1") in shown
    assert [word for word in ("ecret", "98761", "CHF", "2026-01-08") if word in shown] == []


def test_what_an_app_calls_its_users_and_images_stays_text_in_its_cell() -> None:
    hostile = "<img src=x onerror=alert(1)> | [a](javascript:b)"
    night = night_of(3, rows={"img-1": {"userId": hostile, "uploadedAt": f"2026-01-09T03:00:00.000Z\n{hostile}"}})

    result = materialize(night, *SUBMITTED_HALF)

    shown = metadata(result, "pending_images")
    for table in (str(shown["preview"]), str(shown["by_user"])):
        assert "<img" not in table
        assert "[a](javascript" not in table
        assert "&lt;img src=x" in table


def test_while_submission_is_paused_the_job_is_skipped_with_the_reason_and_nothing_is_red() -> None:
    night = night_of(3)
    night.switch.pause(PAUSE)

    result = materialize(night, *_ALL)

    assert result.success
    assert metadata(result, "manifest")["intent"] == FIRST
    assert not result.asset_materializations_for_node("bedrock_job")
    (told,) = result.get_asset_observation_events()
    assert told.asset_key == dg.AssetKey("bedrock_job")
    shown = str(told.asset_observation_data.asset_observation.metadata["paused"].value)
    assert "aoi" in shown
    assert "the prices look odd" in shown
    assert night.service.requests == {}
