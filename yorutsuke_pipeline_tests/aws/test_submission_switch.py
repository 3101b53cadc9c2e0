"""The switch of submission: what every implementation does, and that nothing else in its table meets the row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.aws.submission_switch import DynamoSubmissionSwitch
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.intent_pages import IntentPage
from yorutsuke_pipeline.engine.switch import Pause
from yorutsuke_pipeline_tests.fakes.switch import FakeSwitch

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.aws.places import Place

PAUSE = Pause("the prices look odd", "aoi", datetime(2026, 1, 9, 17, tzinfo=timezone.utc))
OTHER = Pause("a release", "mari", datetime(2026, 1, 9, 18, tzinfo=timezone.utc))


@pytest.fixture(params=["fake", "moto"])
def switch(request: pytest.FixtureRequest, name: str) -> FakeSwitch | DynamoSubmissionSwitch:
    if request.param == "fake":
        return FakeSwitch()
    place: Place = request.getfixturevalue("moto")
    return DynamoSubmissionSwitch(place.clients.dynamodb, place.jobs_table, name)


def test_a_pause_holds_until_it_is_resumed(switch: FakeSwitch | DynamoSubmissionSwitch, name: str) -> None:
    paused = replace(PAUSE, workload=name)
    assert switch.current() is None

    assert switch.pause(paused) == paused
    assert switch.current() == paused
    assert switch.resume() == paused
    assert (switch.current(), switch.resume()) == (None, None)


def test_a_pause_in_a_pause_is_told_who_was_first(switch: FakeSwitch | DynamoSubmissionSwitch, name: str) -> None:
    first = replace(PAUSE, workload=name)
    switch.pause(first)

    assert switch.pause(replace(OTHER, workload=name)) == first
    assert switch.current() == first


def test_nothing_that_lists_intents_meets_the_row(moto: Place, name: str) -> None:
    DynamoSubmissionSwitch(moto.clients.dynamodb, moto.jobs_table, name).pause(PAUSE)
    ledger = DynamoIntentLedger(moto.clients.dynamodb, moto.jobs_table)

    assert ledger.listing(name, most=9) == IntentPage()
    assert list(ledger.open_intents(name)) == []
    assert ledger.intent(f"SWITCH#{name}") is None
    assert list(ledger.jobs(f"SWITCH#{name}")) == []


def test_a_row_that_was_changed_by_hand_holds_submission_back_and_names_the_way_out(moto: Place, name: str) -> None:
    switch = DynamoSubmissionSwitch(moto.clients.dynamodb, moto.jobs_table, name)
    moto.put(moto.jobs_table, {"intentId": f"SWITCH#{name}", "item": "PAUSE", "reason": "no name, no time"})

    way_out = f"yorutsuke --workload {name} resume"
    with pytest.raises(PermanentError, match=way_out):
        switch.current()
    with pytest.raises(PermanentError, match=way_out):
        switch.resume()
    assert switch.current() is None
