"""The generated rows, whatever the seed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any

from yorutsuke_pipeline.local_aws.samples.violations import COLUMNS, Oddity, violations
from yorutsuke_pipeline.local_aws.samples.violations.odd import oddity_of
from yorutsuke_pipeline.workloads.violations.request import TIER_FROM, Priority
from yorutsuke_pipeline.workloads.violations.violation import Violation, read_violation

COUNT = 2_000


@lru_cache(maxsize=1)
def rows() -> tuple[dict[str, Any], ...]:
    return tuple(violations(7, COUNT))


def odd_rows(oddity: Oddity) -> list[dict[str, Any]]:
    return [row for index, row in enumerate(rows()) if oddity_of(index) is oddity]


def test_a_seed_always_gives_the_same_rows_and_fewer_are_the_beginning_of_more() -> None:
    assert list(violations(7, 300)) == list(rows()[:300])
    assert list(violations(8, 300)) != list(rows()[:300])


def test_each_row_has_the_tables_columns_and_an_id_of_its_own() -> None:
    assert {tuple(row) for row in rows()} == {COLUMNS}
    assert len({row["violation_id"] for row in rows()}) == COUNT
    assert all(re.fullmatch(r"[A-Z]{3,5}-20[12]\d-\d{7}", row["violation_id"]) for row in rows())


def test_each_row_is_a_violation_as_the_workload_reads_it() -> None:
    for row in rows():
        violation = Violation(**row)

        assert read_violation(violation.violation_id, violation.as_attributes()) == violation


def test_amounts_and_days_fit_the_tables_columns() -> None:
    for row in rows():
        assert row["fine_amount"].as_tuple().exponent == -2
        assert 0 <= row["fine_amount"] < Decimal(10) ** 12
        assert date(2015, 1, 1) <= row["date_issued"] <= date(2025, 12, 31)
        assert re.fullmatch(r"[^,]+, [A-Z]{2}", row["place"])


def test_every_tier_of_priority_has_a_fifth_of_the_rows_or_more() -> None:
    tiers = Counter(
        next(tier for tier in (Priority.HIGH, Priority.MEDIUM, Priority.LOW) if row["fine_amount"] >= TIER_FROM[tier])
        for row in rows()
    )

    assert min(tiers[tier] for tier in Priority) >= COUNT // 5


def test_a_hundredth_of_the_fines_is_a_quarter_of_all_the_money_or_more() -> None:
    fines = sorted((row["fine_amount"] for row in rows()), reverse=True)

    assert sum(fines[: COUNT // 100]) >= sum(fines) / 4


def test_most_narratives_differ_and_tell_figures() -> None:
    narratives = [row["narrative"] for row in rows()]

    assert len(set(narratives)) > COUNT * 0.9
    assert sum(any(map(str.isdigit, narrative)) for narrative in narratives) > COUNT * 0.9


def test_two_hundred_rows_hold_each_oddity_and_an_ordinary_row_none() -> None:
    oddities = [oddity_of(index) for index in range(200)]

    assert {*oddities} == {None, *Oddity}
    assert oddities.count(None) == 192


def test_each_odd_row_is_odd_in_its_way() -> None:
    assert {row["narrative"] for row in odd_rows(Oddity.EMPTY_NARRATIVE)} == {""}
    assert {len(row["narrative"]) for row in odd_rows(Oddity.LONG_NARRATIVE)} == {4_000}
    assert {row["fine_amount"] for row in odd_rows(Oddity.NO_FINE)} == {0}
    assert not any(row["company"].isascii() for row in odd_rows(Oddity.FOREIGN_COMPANY))
    assert all("empresa" in row["narrative"] for row in odd_rows(Oddity.SPANISH))
    assert all(row["narrative"].isupper() for row in odd_rows(Oddity.CAPITALS))
    assert any("<violation>" in row["narrative"] for row in odd_rows(Oddity.MARKUP))
    assert any("Ignore all previous" in row["narrative"] for row in odd_rows(Oddity.ORDERS))


def test_an_ordinary_row_has_a_fine_a_narrative_and_a_company_in_ascii() -> None:
    ordinary = [row for index, row in enumerate(rows()) if oddity_of(index) is None]

    assert all(row["fine_amount"] > 0 and row["narrative"] for row in ordinary)
    assert all(map(str.isascii, chain.from_iterable((row["company"], row["narrative"]) for row in ordinary)))
