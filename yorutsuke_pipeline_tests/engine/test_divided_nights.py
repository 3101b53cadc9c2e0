"""Nights that are divided into several intents: whatever dies, each image is in exactly one of them."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.day_account import DayAccounts, unmended_endings
from yorutsuke_pipeline.engine.errors import ConfigurationError, YorutsukeError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import READS, check_always, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, SECOND, source_key
from yorutsuke_pipeline_tests.engine.ordered_nights import OrderedNight, images_night

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.manifest import ManifestReport
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline_tests.engine.ordered_nights import OrderStages

THIRD, FOURTH = "receipts-2026-01-09-003", "receipts-2026-01-09-004"
PAIRS = replace(POLICY, intent_records=2, quotas=replace(POLICY.quotas, fewest_records=1, most_records=9))


def divided(count: int = 5, policy: Policy = PAIRS) -> OrderedNight:
    night = images_night(count, policy=policy)
    night.days = (DAY,)
    return night


def listed(night: OrderedNight, intent_id: str) -> list[str]:
    """Return the images that an intent asks about."""
    jobs = night.ledger.jobs(intent_id)
    return [line["identity"] for line in night.lines_of(layout.records_key_of(jobs[0].part_key))]


def listed_by_all(night: OrderedNight) -> dict[str, list[str]]:
    return {name: listed(night, name) for name in night.ledger.intents}


def test_a_night_is_divided_in_the_order_of_its_line() -> None:
    night = divided()

    night.prepare(DAY)

    assert listed_by_all(night) == {FIRST: ["img-1", "img-2"], SECOND: ["img-3", "img-4"], THIRD: ["img-5"]}
    assert {intent.status for intent in night.ledger.intents.values()} == {IntentStatus.SUBMITTED}


@pytest.mark.parametrize("interruption", Interruption)
def test_a_division_interrupted_at_any_call_comes_to_the_same_when_it_is_run_again(interruption: Interruption) -> None:
    at = 0
    was_reached = True
    while was_reached:
        at += 1
        night, calls = divided(), Calls(at, interruption)
        with suppress(Killed, YorutsukeError):
            night.prepare(DAY, night.stages(calls.watch))
        was_reached = calls.was_reached
        if interruption is not Interruption.FAIL_BEFORE and calls.interrupted in READS:
            continue
        check_always(night)

        night.prepare(DAY)

        where = f"{interruption}: call {at}, {calls.interrupted}"
        assert listed_by_all(night) == {
            FIRST: ["img-1", "img-2"],
            SECOND: ["img-3", "img-4"],
            THIRD: ["img-5"],
        }, where
        assert Counter(request.job_name for request in night.service.requests.values()).most_common(1)[0][1] == 1, where
    assert at > 60, "the division made far fewer calls than it must"


def test_images_that_arrive_in_front_of_the_line_do_not_take_the_room_of_those_that_a_dead_run_claimed() -> None:
    night, probe = divided(4), Calls()
    divided(4).prepare(DAY, divided(4).stages(probe.watch))
    calls = Calls(probe.number_of("claim") + 2, Interruption.KILL)
    with pytest.raises(Killed):
        night.prepare(DAY, night.stages(calls.watch))
    claimed = [identity for identity, row in night.pending.rows.items() if row.get("intentId") == FIRST]
    for number in (1, 2, 3):
        night.arrive(f"early-{number}", uploadedAt=f"2026-01-08T16:00:00.000Z#{number}")

    night.run_until_settled()

    assert claimed
    assert set(claimed) <= set(listed(night, FIRST))
    assert len(listed(night, FIRST)) == 2
    assert len(night.table.rows) == 7
    check_settled(night)


def test_with_less_room_than_a_dead_run_has_claimed_an_intent_keeps_all_of_its_own() -> None:
    night = divided(5, replace(PAIRS, intent_records=4))
    _claim_and_die(night, 4)

    night.policy = PAIRS
    night.prepare(DAY)

    assert sorted(listed(night, FIRST)) == ["img-1", "img-2", "img-3", "img-4"]
    assert listed(night, SECOND) == ["img-5"]


def _claim_and_die(night: OrderedNight, claims: int) -> None:
    """Let a run open the first intent and die after so many claims."""
    intent = night.stages().manifest.open(DAY)
    for record in list(night.pending.pending(DAY))[:claims]:
        night.pending.claim(record.identity, intent.intent_id)


def test_too_few_that_are_left_of_a_divided_night_wait_and_are_reported() -> None:
    quotas = replace(PAIRS.quotas, fewest_records=2)
    night = divided(5, replace(PAIRS, below_minimum=BelowMinimum.SKIP, quotas=quotas))

    reports = night.stages().day_manifests.write(DAY)

    assert [report.intent.intent_id if report.intent else None for report in reports] == [FIRST, SECOND, None]
    assert sum(report.left_waiting for report in reports) == 1
    assert "intentId" not in night.row("img-5")


def test_intents_that_could_never_be_asked_are_refused_by_the_name_of_the_setting_and_nothing_is_opened() -> None:
    skip = replace(POLICY, intent_records=2, below_minimum=BelowMinimum.SKIP)
    night = divided(8, skip)

    with pytest.raises(ConfigurationError, match="YORUTSUKE_INTENT_RECORDS to 3 or more"):
        night.stages().day_manifests.write(DAY)

    assert not night.ledger.intents
    assert {row.get("intentId") for row in night.pending.rows.values()} == {None}


def test_intents_below_the_minimum_are_asked_on_demand_where_the_policy_does_not_skip_them() -> None:
    night = divided(5, replace(POLICY, intent_records=2))

    night.prepare(DAY)

    assert [len(listed(night, name)) for name in (FIRST, SECOND, THIRD)] == [2, 2, 1]
    assert len(night.model.asked) == 5


def test_rejects_that_leave_one_intent_too_few_do_not_keep_the_rest_of_the_night_from_being_asked() -> None:
    night = divided(7, replace(POLICY, intent_records=3, below_minimum=BelowMinimum.SKIP))
    del night.objects.contents[source_key("img-2")]

    night.prepare(DAY)

    assert night.ledger.intents[FIRST].status is IntentStatus.CLOSED
    assert [listed(night, name) for name in (SECOND, THIRD)] == [
        ["img-1", "img-3", "img-4"],
        ["img-5", "img-6", "img-7"],
    ]


def test_an_intent_that_another_run_leaves_too_few_is_the_last_of_the_night() -> None:
    quotas = replace(POLICY.quotas, fewest_records=4)
    night = divided(8, replace(POLICY, intent_records=4, below_minimum=BelowMinimum.SKIP, quotas=quotas))

    reports = _with_a_claim_of_another_run(night, lambda stages: stages.day_manifests.write(DAY))

    assert [(report.intent and report.intent.status, report.left_waiting) for report in reports] == [
        (IntentStatus.CLOSED, 3)
    ]


def test_a_divided_night_is_resumed_to_its_end_also_with_a_setting_that_was_raised_since() -> None:
    night = divided()
    night.stages().manifest.write(DAY)

    night.policy = replace(PAIRS, intent_records=3)
    night.prepare(DAY)

    assert listed_by_all(night) == {FIRST: ["img-1", "img-2"], SECOND: ["img-3", "img-4", "img-5"]}


def _with_a_claim_of_another_run(
    night: OrderedNight, write: Callable[[OrderStages], list[ManifestReport]]
) -> list[ManifestReport]:
    """Write manifests while the run of an order claims the first image just before they do."""
    probe = Calls()
    write(divided(len(night.pending.rows), night.policy).stages(probe.watch))
    calls = Calls(probe.number_of("claim"), meanwhile=lambda: night.pending.claim("img-1", "lunch-1"))
    return write(night.stages(calls.watch))


def test_a_divided_night_is_resumed_to_its_end_also_if_another_run_took_a_record_of_its_first_intent() -> None:
    night = divided()
    _with_a_claim_of_another_run(night, lambda stages: [stages.manifest.write(DAY)])
    night.stages().manifest.open(DAY)

    night.prepare(DAY)

    assert listed_by_all(night) == {FIRST: ["img-2"], SECOND: ["img-3", "img-4"], THIRD: ["img-5"]}
    assert {intent.status for intent in night.ledger.intents.values()} == {IntentStatus.SUBMITTED}


def test_a_night_just_above_the_size_of_an_intent_is_two_halves_and_no_remainder() -> None:
    quotas = replace(POLICY.quotas, fewest_records=2)
    night = divided(5, replace(POLICY, intent_records=4, quotas=quotas))

    night.prepare(DAY)

    assert listed_by_all(night) == {FIRST: ["img-1", "img-2", "img-3"], SECOND: ["img-4", "img-5"]}
    assert night.model.asked == []


def test_an_intent_is_ingested_alone_while_those_beside_it_run() -> None:
    night = divided()
    night.prepare(DAY)
    night.service.complete("job000000002", night.objects, night.say)

    report = night.ingest(DAY, only=SECOND)

    assert [intent.intent_id for intent in report.archive.closed] == [SECOND]
    assert {row["imageId"] for row in night.table.rows.values()} == {"img-3", "img-4"}
    assert [night.ledger.intents[name].status for name in (FIRST, THIRD)] == [IntentStatus.SUBMITTED] * 2


def test_two_intents_of_a_day_ingested_at_once_in_any_order_do_not_disturb_each_other() -> None:
    at = 0
    was_reached = True
    while was_reached:
        at += 1
        night = divided(4)
        night.answers["img-1"] = "no receipt at all"
        night.prepare(DAY)
        night.end_jobs()
        calls = Calls(at, meanwhile=partial(night.ingest, DAY, only=SECOND))

        night.ingest(DAY, night.stages(calls.watch), only=FIRST)
        was_reached = calls.was_reached
        night.run_until_settled()

        account = DayAccounts("receipts", night.ledger, night.pending).of(DAY)
        assert (account.claimed_count, account.success_count, account.failure_count) == (5, 4, 1)
        assert account.adds_up
        check_settled(night)
    assert at > 20, "the ingest made far fewer calls than it must"


def test_a_bad_ending_in_the_first_of_three_side_by_side_is_told_until_a_later_intent_has_asked_again() -> None:
    night = divided()
    night.prepare(DAY)
    night.clock.advance(timedelta(hours=1))
    night.service.end("job000000001", "Failed")
    first = night.ingest(DAY, only=FIRST).archive
    while_others_run = unmended_endings(night.ledger, "receipts", DAY)
    night.end_jobs()
    night.clock.advance(timedelta(hours=1))
    others = night.ingest(DAY).archive
    with_all_closed = unmended_endings(night.ledger, "receipts", DAY)
    again = night.ingest(DAY).archive

    assert [job.status for job in first.bad_endings] == ["Failed"]
    assert while_others_run == ()
    assert others.bad_endings == []
    assert [job.intent_id for job in with_all_closed] == [FIRST]
    assert [job.intent_id for job in again.bad_endings] == [FIRST]
    night.clock.advance(timedelta(hours=1))
    night.run()
    assert unmended_endings(night.ledger, "receipts", DAY) == ()
    assert listed(night, FOURTH) == ["img-1", "img-2"]
    check_settled(night)


def test_the_account_of_a_divided_day_is_that_of_all_its_intents() -> None:
    night = divided()
    night.answers["img-4"] = "no receipt at all"
    night.prepare(DAY)
    night.clock.advance(timedelta(hours=1))
    night.end_jobs()
    night.ingest(DAY)

    account = DayAccounts("receipts", night.ledger, night.pending).of(DAY)

    assert (account.claimed_count, account.success_count, account.failure_count) == (5, 4, 1)
    assert account.estimate_usd == sum(intent.estimate_usd or 0 for intent in night.ledger.intents.values())
    assert len(account.last_jobs) == 3
    assert (account.unsettled, account.stranded) == ((), ())
