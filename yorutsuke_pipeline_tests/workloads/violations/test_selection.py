"""One wish is one selection, however it was written down."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from yorutsuke_pipeline.workloads.violations.request import TIER_FROM, Priority, ViolationsRequest
from yorutsuke_pipeline.workloads.violations.selection import request_of, selection_of, tier

BODY: dict[str, Any] = {
    "filters": {
        "minFineAmount": 1000,
        "maxFineAmount": "250000.50",
        "agencies": ["SEC", "EPA", "SEC"],
        "dateRange": {"start": "2024-01-01"},
        "violationTypes": ["Late filing"],
    },
    "limits": {"maxViolations": 5000, "maxSpendUSD": "12.5", "priority": "high"},
}


def selected(body: dict[str, Any]) -> dict[str, Any]:
    return selection_of(ViolationsRequest.model_validate(body))


def test_a_selection_is_plain_json_under_the_requests_names() -> None:
    assert json.loads(json.dumps(selected(BODY))) == {
        "filters": {
            "minFineAmount": "1000",
            "maxFineAmount": "250000.5",
            "agencies": ["EPA", "SEC"],
            "dateRange": {"start": "2024-01-01"},
            "violationTypes": ["Late filing"],
        },
        "limits": {"maxViolations": 5000, "maxSpendUSD": "12.5", "priority": "high"},
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"filters": {}, "limits": {"maxViolations": 1000}}),
        ({"filters": {"agencies": ["A", "B"]}}, {"filters": {"agencies": [" B ", "A", "B"]}}),
        ({"filters": {"agencies": []}}, {"filters": {"dateRange": {"start": None}}}),
        ({"filters": {"minFineAmount": "1000.00"}}, {"filters": {"minFineAmount": 1000}}),
        ({"filters": {"minFineAmount": "0.00"}}, {"filters": {"minFineAmount": 0}}),
        ({"limits": {"maxSpendUSD": "1E+1"}}, {"limits": {"maxSpendUSD": 10}}),
    ],
)
def test_the_same_wish_is_the_same_selection(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert json.dumps(selected(one)) == json.dumps(selected(other))


@pytest.mark.parametrize(
    "change",
    [
        {"filters": {"minFineAmount": 1001}},
        {"filters": {"minFineAmount": 0}},
        {"filters": {"agencies": ["sec"]}},
        {"filters": {"dateRange": {"end": "2024-01-01"}}},
        {"limits": {"maxViolations": 999}},
        {"limits": {"priority": "low"}},
    ],
)
def test_another_wish_is_another_selection(change: dict[str, Any]) -> None:
    assert selected(change) != selected({})


def _amounts() -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=0, max_value=10**11, places=2)


@given(
    st.lists(st.text("abc &", min_size=1, max_size=5).filter(str.strip)),
    st.none() | _amounts(),
    st.none() | st.sampled_from([*Priority]),
    st.none() | st.dates().map(str),
)
def test_what_an_order_keeps_is_read_back_as_the_same_wish(
    names: list[str], least: Decimal | None, priority: Priority | None, end: str | None
) -> None:
    filters = {"agencies": names, "violationTypes": names, "minFineAmount": least, "dateRange": {"end": end}}
    selection = selected({"filters": filters, "limits": {"priority": priority}})

    read_back = request_of(json.loads(json.dumps(selection)))

    assert selection_of(read_back) == selection
    assert (read_back.filters.min_fine_amount, read_back.limits.priority) == (least, priority)
    assert set(read_back.filters.agencies) == {name.strip() for name in names}


def test_what_somebody_else_wrote_is_no_request() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        request_of({"filters": {"surprise": 1}})


def test_the_tiers_cover_every_fine_once() -> None:
    assert tier(Priority.HIGH) == (Decimal(100_000), None)
    assert tier(Priority.MEDIUM) == (Decimal(10_000), Decimal(100_000))
    assert tier(Priority.LOW) == (Decimal(0), Decimal(10_000))
    assert min(TIER_FROM.values()) == 0
