from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yorutsuke_pipeline.local_aws.writer.notation import (
    initials_of,
    inside_sentence,
    with_article,
    write_date,
    write_money,
)


@pytest.mark.parametrize(
    ("amount", "written"), [("12500.00", "$12,500"), ("12500.5", "$12,500.50"), ("0", "$0"), ("1200000", "$1,200,000")]
)
def test_money_has_cents_only_where_there_are_any(amount: str, written: str) -> None:
    assert write_money(Decimal(amount)) == written


def test_a_day_is_written_as_in_american_prose() -> None:
    assert write_date(date(2024, 3, 5)) == "March 5, 2024"


@pytest.mark.parametrize(
    ("agency", "identity", "initials"),
    [
        ("Occupational Safety and Health Administration", "", "OSHA"),
        ("U.S. Environmental Protection Agency", "", "EPA"),
        ("Bureau of Land Management (BLM)", "", "BLM"),
        ("California Department of Toxic Substances Control", "DTSC-2023-0004711", "DTSC"),
        ("California Department of Toxic Substances Control", "4711", "CDTSC"),
        ("OSHA", "OSHA-2024-1", None),
        ("Port Authority", "", None),
    ],
)
def test_initials_are_those_that_an_agency_goes_by(agency: str, identity: str, initials: str | None) -> None:
    assert initials_of(agency, identity) == initials


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Fall protection", "fall protection"),
        ("Lockout/tagout", "lockout/tagout"),
        ("Misbranding", "misbranding"),
        ("Serious", "a serious violation"),
        ("Other-than-serious", "an other-than-serious violation"),
        ("Clean Water Act discharge", "Clean Water Act discharge"),
        ("HAZWOPER training", "HAZWOPER training"),
        ("X-Ray safety", "X-Ray safety"),
    ],
)
def test_a_type_is_in_lower_case_inside_a_sentence_unless_it_is_a_proper_name(name: str, written: str) -> None:
    assert inside_sentence(name) == written


@pytest.mark.parametrize("agency", ["OSHA", "The Port Authority"])
def test_an_agency_takes_no_second_article(agency: str) -> None:
    assert with_article(agency) == agency
