"""The account of a day: whether all that was claimed is accounted for, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.day_account import DayAccount, DayAccounts
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.invariants import READS
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


class Lagging(FakeRecordTable):
    """A table whose index still shows what its rows no longer say."""

    def __init__(self, table: FakeRecordTable, shown: PendingRecord) -> None:
        super().__init__(table.rows.values())
        self._shown = shown

    def pending(self, day: date) -> Iterator[PendingRecord]:  # noqa: ARG002 — the port's signature
        yield self._shown


def account_of(night: Night) -> DayAccount:
    return DayAccounts("receipts", night.ledger, night.pending).of(DAY)


def test_a_settled_day_adds_up_and_cost_no_more_than_was_estimated() -> None:
    night = night_of(6, sources={"img-2": b""})
    night.run_until_settled()

    account = account_of(night)

    assert (account.claimed_count, account.success_count, account.failure_count) == (6, 5, 1)
    assert (account.unsettled, account.stranded, account.adds_up) == ((), (), True)
    assert account.failure_share == pytest.approx(1 / 6)
    assert account.estimate_usd is not None
    assert account.cost_usd is not None


def test_an_image_that_took_two_nights_was_claimed_twice_and_failed_once() -> None:
    night = night_of(3)
    night.answers["img-1"] = "no"
    night.run_until_settled()

    account = account_of(night)

    assert (account.claimed_count, account.success_count, account.failure_count) == (4, 3, 1)
    assert account.adds_up


def test_a_day_under_way_names_the_intents_without_a_result() -> None:
    night = night_of(3)
    night.submit()

    account = account_of(night)

    assert account.unsettled == (FIRST,)
    assert account.claimed_count == 0
    assert account.failure_share == 0


def test_a_record_that_still_carries_the_claim_of_a_closed_intent_is_stranded() -> None:
    night = night_of(3)
    night.run_until_settled()
    night.arrive("img-late", intentId=FIRST)

    account = account_of(night)

    assert account.stranded == ("img-late",)
    assert not account.adds_up


def test_a_record_that_only_the_lagging_index_shows_as_claimed_is_not_stranded() -> None:
    night = night_of(3)
    night.run_until_settled()
    shown = PendingRecord("img-1", intent_id=FIRST)

    account = DayAccounts("receipts", night.ledger, Lagging(night.pending, shown)).of(DAY)

    assert account.adds_up


def test_the_last_intents_jobs_that_ended_badly_are_named_and_those_that_run_are_not() -> None:
    night = night_of(4)
    night.submit()
    running = account_of(night)
    night.end("Expired")
    night.stages().collector.collect(DAY)

    ended = account_of(night)

    assert (len(running.last_jobs), running.bad_endings) == (1, ())
    assert [job.status for job in ended.bad_endings] == ["Expired"]


def test_an_unknown_price_leaves_the_cost_unknown() -> None:
    night = night_of(3)
    night.prices = FixedPrices(None)
    night.run_until_settled()

    account = account_of(night)

    assert (account.estimate_usd, account.cost_usd, account.is_within_estimate) == (None, None, None)


def test_an_account_only_reads() -> None:
    night, calls = night_of(3), Calls()
    night.run()

    DayAccounts("receipts", calls.watch(night.ledger), calls.watch(night.pending)).of(DAY)

    assert set(calls.names) <= READS
