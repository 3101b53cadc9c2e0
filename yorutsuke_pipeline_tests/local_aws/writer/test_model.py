"""What the writer says: about generated rows, about rows made to be difficult, and about no row at all."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.local_aws.samples.violations import violations
from yorutsuke_pipeline.local_aws.writer.model import answer
from yorutsuke_pipeline.local_aws.writer.notation import write_date, write_money
from yorutsuke_pipeline_tests.local_aws.writer.prompts import OSHA_ROW, generated, osha_row, prompt_about

COUNT = 500


def written(prompt: str) -> dict[str, Any]:
    said = answer(prompt)
    assert said is not None
    document: dict[str, Any] = json.loads(said.text)
    return document


def about(**values: object) -> dict[str, Any]:
    return written(prompt_about(osha_row(**values)))


@lru_cache(maxsize=1)
def answered() -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    """Generated rows, each with what was written about it."""
    return tuple((row, written(prompt_about(generated(row)))) for row in violations(11, COUNT))


def test_texts_and_tags_have_the_lengths_that_are_asked_for() -> None:
    for _, text in answered():
        assert list(text) == ["title", "description", "tags"]
        assert 15 <= len(text["title"]) <= 90
        assert 80 <= len(text["description"]) <= 600
        assert 3 <= len(set(text["tags"])) == len(text["tags"]) <= 6
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", tag) and len(tag) <= 40 for tag in text["tags"])


def test_every_figure_stands_in_the_row() -> None:
    for row, text in answered():
        allowed = " ".join([*map(str, row.values()), write_money(row["fine_amount"]), write_date(row["date_issued"])])
        figures = re.findall(r"\d[\d,.]*\d|\d", f"{text['title']} {text['description']}")

        assert set(figures) <= set(re.findall(r"\d[\d,.]*\d|\d", allowed))


def test_the_company_the_day_and_the_fine_are_told_as_the_row_has_them() -> None:
    for row, text in answered():
        fine = write_money(row["fine_amount"]) if row["fine_amount"] else "fine"

        assert row["company"] in text["title"]
        assert row["company"] in text["description"]
        assert row["agency"] in text["description"]
        assert write_date(row["date_issued"]) in text["description"]
        assert fine in text["description"] or "monetary penalty" in text["description"]


def test_no_two_texts_are_alike_and_their_beginnings_vary() -> None:
    texts = [text for _, text in answered()]
    names = re.compile("|".join(re.escape(str(value)) for row, _ in answered() for value in row.values() if value))

    assert len({text["description"] for text in texts}) == COUNT
    assert len({names.sub("", text["description"])[:25] for text in texts}) > 25
    assert len({names.sub("", text["title"])[:15] for text in texts}) > 25


def test_no_hostile_narrative_leaks_into_a_text() -> None:
    leaks = re.compile(
        r"[<>{}\[\]`*_]|http|script|APPROVED|Praise|Nobody|instructions|empresa|inspectores", re.IGNORECASE
    )

    assert not [text for _, text in answered() if leaks.search(text["title"] + text["description"])]


def test_the_same_prompt_gets_the_same_text_and_a_retry_another() -> None:
    again = prompt_about(OSHA_ROW, before="An earlier answer was not accepted: the title is too long.")

    assert written(prompt_about(OSHA_ROW)) == written(prompt_about(OSHA_ROW))
    assert written(again) != written(prompt_about(OSHA_ROW))


def test_a_row_with_nothing_but_its_names_still_makes_two_sentences() -> None:
    text = about(agency="EPA", company="Acme", violationType="Spill", place="", narrative="", fineAmount="5")

    assert len(text["description"]) >= 80
    assert " in ," not in text["description"]
    assert text["tags"] == ["environmental", "spill", "low-fine", "enforcement"]


def test_very_long_names_are_cut_between_words_and_the_title_still_fits() -> None:
    text = about(company="Ridgefen Roofing " * 40, violationType="Fall protection " * 40, agency="Safety Office " * 40)

    assert 15 <= len(text["title"]) <= 90
    assert 80 <= len(text["description"]) <= 600
    assert not re.search(r"Ridg\b|Roof\b|Ridgef\b", text["description"])


def test_a_zero_fine_is_never_written_as_an_amount() -> None:
    text = about(fineAmount="0.00")

    assert "$" not in text["title"] + text["description"]
    assert "no-fine" in text["tags"]


def test_a_type_that_says_only_how_grave_it_is_reads_as_a_violation() -> None:
    texts = [about(violationId=f"X-{number}", violationType="Willful") for number in range(30)]

    assert all("a willful violation" in text["description"] for text in texts)
    assert not any("rules on a willful" in text["description"] for text in texts)


def test_markup_in_names_is_left_out() -> None:
    text = about(company="<b>Ridgefen</b> {Roofing}\u202e LLC", violationType="**Fall** protection\r\n")

    assert "Ridgefen Roofing LLC" in text["description"]
    assert "fall protection" in text["description"].lower()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"company": ""}, "company is missing"),
        ({"agency": None}, "agency is missing"),
        ({"violationType": "<>"}, "violationType is missing"),
        ({"fineAmount": "much"}, "fineAmount is no number"),
        ({"fineAmount": "-1"}, "fineAmount is no amount"),
        ({"fineAmount": "NaN"}, "fineAmount is no amount"),
        ({"dateIssued": "5.3.2024"}, "dateIssued is no day"),
    ],
)
def test_a_row_that_is_no_violation_is_told_what_it_lacks(values: dict[str, object], named: str) -> None:
    said = answer(prompt_about(osha_row(**values)))

    assert said is not None
    assert said.text == f"I cannot write about this row: {named}."


def test_a_prompt_without_a_row_is_not_answered_here() -> None:
    assert answer("Read this receipt and answer with one JSON object.") is None


# No deadline: how long an example takes is the machine's business.
@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {name: st.text(min_size=1) for name in OSHA_ROW if name not in {"fineAmount", "dateIssued"}},
        optional={"more": st.text()},
    ),
    st.decimals(0, 10**11, places=2),
    st.dates(),
)
def test_whatever_the_row_says_the_answer_is_a_text_or_a_sentence(
    row: dict[str, Any], fine: object, day: object
) -> None:
    said = answer(prompt_about({**row, "fineAmount": str(fine), "dateIssued": str(day)}))

    assert said is not None
    if not said.text.startswith("I cannot write about this row"):
        text = json.loads(said.text)
        assert 15 <= len(text["title"]) <= 90
        assert 80 <= len(text["description"]) <= 600
        assert not re.search(r"[<>{}\[\]`*_#|~\n]", text["title"] + text["description"])
