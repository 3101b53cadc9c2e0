"""`trial`, on a night's fakes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.cli.night_product import terminal_of
from yorutsuke_pipeline_tests.engine.nights import DAY
from yorutsuke_pipeline_tests.engine.trials.stages import OTHER_MODEL, TRIAL, ended_night

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.engine.nights import Night

DAY_TEXT = DAY.isoformat()
START = ("trial", "start", DAY_TEXT, "--model", OTHER_MODEL)


def doctored(count: int = 4) -> Night:
    """Return a night that is over, in whose table `img-1` has another amount than its receipt."""
    night = ended_night(count)
    next(row for row in night.table.rows.values() if row["imageId"] == "img-1")["amount"] = Decimal(7)
    return night


def test_a_sample_is_asked_after_its_estimate_was_confirmed_and_compared_at_once() -> None:
    night = doctored()

    result = terminal_of(night).run(*START, "--limit", "2", said="y\n")

    assert result.exit_code == 0
    assert "2 images, amazon.nova-pro-v1:0, prompt receipts-1, on_demand, for an estimated" in result.stderr
    assert len(night.model.asked) == 2
    assert result.stdout.splitlines()[0] == "field\tequal\tdifferent"


def test_who_does_not_want_to_pay_has_asked_nothing_and_leaves_no_trial_open() -> None:
    night = doctored()
    terminal = terminal_of(night)

    result = terminal.run(*START, "--limit", "2", said="n\n")

    assert (result.exit_code, night.model.asked) == (1, [])
    assert terminal.document("trial", "list")["trials"] == []


def test_where_nobody_can_answer_nothing_is_asked_nor_left_open_and_the_option_is_named() -> None:
    night = doctored()
    terminal = terminal_of(night)

    result = terminal.run(*START, "--limit", "2")

    assert (result.exit_code, night.model.asked) == (2, [])
    assert "To say yes beforehand: --yes" in result.stderr
    assert terminal.document("trial", "list")["trials"] == []


def test_a_trial_that_the_daily_budget_refuses_is_told_with_what_to_do_also_by_show() -> None:
    night = doctored()
    terminal = terminal_of(night, daily_budget_usd="0.0000001")

    refused = terminal.run(*START, "--limit", "2", "--yes")
    shown = terminal.run("trial", "show", TRIAL)
    discarded = terminal.run("trial", "discard", TRIAL)

    way_out = "or start the trial again on another day, or give it up: `yorutsuke trial discard"
    assert [way_out in result.stderr for result in (refused, shown)] == [True, True]
    assert (refused.exit_code, shown.exit_code) == (1, 1)
    assert "is discarded" in discarded.stdout


def test_a_whole_day_runs_as_a_batch_and_show_compares_when_it_has_ended() -> None:
    night = doctored()
    terminal = terminal_of(night)

    running = terminal.document(*START, "--all", "--yes")
    night.end_jobs()
    done = terminal.document("trial", "show", DAY_TEXT)

    assert (running["trialId"], running["isDone"]) == (TRIAL, False)
    assert (done["isDone"], done["comparedCount"]) == (True, 4)
    assert done["fields"]["amount"] == {"equal": 3, "different": 1}
    (difference,) = done["differences"]
    assert (difference["imageId"], difference["fields"]) == ("img-1", {"amount": {"stored": "7", "tried": "1500"}})
    assert done["batchUsdOfThousand"]["tried"] is not None


def test_accepting_all_of_it_writes_the_transactions_and_closes_the_trial() -> None:
    night = doctored()
    terminal = terminal_of(night)
    terminal.run(*START, "--all", "--yes")
    night.end_jobs()

    accepted = terminal.document("trial", "accept", DAY_TEXT, "--yes")
    again = terminal.run("trial", "accept", TRIAL, "--yes")

    assert (accepted["written"], accepted["status"]) == (4, "closed")
    assert {row["amount"] for row in night.table.rows.values()} == {Decimal(1500)}
    assert again.exit_code == 1
    assert "is closed" in again.stderr


def test_accepting_some_photos_or_fields_leaves_the_trial_open_and_the_rest_as_it_is() -> None:
    night = doctored()
    terminal = terminal_of(night)
    terminal.run(*START, "--all", "--yes")
    night.end_jobs()

    accepted = terminal.document("trial", "accept", TRIAL, "--images", "img-1", "--fields", "amount", "--yes")
    discarded = terminal.run("trial", "discard", TRIAL)

    assert (accepted["written"], accepted["status"]) == (1, "collected")
    assert {row["amount"] for row in night.table.rows.values()} == {Decimal(1500)}
    assert [row["imageId"] for row in night.table.rows.values() if row["intentId"] == TRIAL] == ["img-1"]
    assert "is discarded" in discarded.stdout


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (("--images", "img-9"), "'img-9' is no image of this trial"),
        (("--images", "img-"), "'img-' is no image of this trial"),
        (("--fields", "amont"), "'amont' is none of amount, currency"),
    ],
)
def test_a_wrong_choice_is_refused_by_name_before_anything_is_written(choice: tuple[str, str], said: str) -> None:
    night = doctored()
    terminal = terminal_of(night)
    terminal.run(*START, "--all", "--yes")
    night.end_jobs()
    before = {place: dict(row) for place, row in night.table.rows.items()}

    result = terminal.run("trial", "accept", TRIAL, *choice, "--yes")

    assert result.exit_code == 2
    assert said in result.stderr
    assert night.table.rows == before


def test_a_prompt_comes_from_a_file(tmp_path: Path) -> None:
    night, prompt = doctored(), tmp_path / "prompt.txt"
    prompt.write_text("\ufeffWhat is this?\n", "utf-8")

    shown = terminal_of(night).document("trial", "start", DAY_TEXT, "--prompt", prompt, "--limit", "1", "--yes")

    (body,) = night.model.asked
    assert body["messages"][0]["content"][1]["text"] == "What is this?"
    assert shown["promptVersion"].startswith("receipts-")
    assert shown["modelId"] == "amazon.nova-lite-v1:0"


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", b"x" * 20_001])
def test_a_file_that_is_no_prompt_is_refused_before_anything_is_asked(tmp_path: Path, content: bytes) -> None:
    night, prompt = doctored(), tmp_path / "prompt.txt"
    prompt.write_bytes(content)

    result = terminal_of(night).run("trial", "start", DAY_TEXT, "--prompt", prompt, "--yes")

    assert (result.exit_code, night.model.asked) == (2, [])
    assert "prompt.txt" in result.stderr


@pytest.mark.parametrize("words", [(), ("--model", "gpt-9")])
def test_a_trial_of_nothing_new_or_of_an_unknown_model_is_wrong_usage(words: tuple[str, ...]) -> None:
    night = doctored()

    result = terminal_of(night).run("trial", "start", DAY_TEXT, *words, "--yes")

    assert (result.exit_code, night.model.asked) == (2, [])


def test_while_paused_no_trial_is_begun() -> None:
    night = doctored()
    terminal = terminal_of(night)
    terminal.run("pause", "--reason", "the prices look odd", "--by", "aoi")

    result = terminal.run(*START, "--yes")

    assert result.exit_code == 1
    assert "the prices look odd" in result.stderr
    assert terminal.document("trial", "list")["trials"] == []


def test_a_day_without_processed_photos_is_refused() -> None:
    result = terminal_of(ended_night(0)).run(*START, "--yes")

    assert result.exit_code == 1
    assert "has no processed image" in result.stderr
