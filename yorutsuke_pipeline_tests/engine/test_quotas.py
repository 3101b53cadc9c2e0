"""How many records a job gets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.quotas import Quotas, balanced_size


def test_a_remainder_below_the_minimum_is_spread_over_the_parts() -> None:
    assert balanced_size(100_050, Quotas()) == 50_025


@given(st.integers(100, 2_000_000))
def test_no_part_is_above_the_most_or_below_the_fewest(records: int) -> None:
    quotas = Quotas()

    size = balanced_size(records, quotas)

    whole, rest = divmod(records, size)
    assert size <= quotas.most_records
    assert rest == 0 or rest >= quotas.fewest_records
    assert whole + bool(rest) == -(-records // quotas.most_records)


def test_an_empty_day_needs_no_special_care() -> None:
    assert balanced_size(0, Quotas()) == Quotas().most_records
