"""`yorutsuke violations`: the table on files of its own, orders on a desk in memory; no AWS is started."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from yorutsuke_pipeline.cli.program import program
from yorutsuke_pipeline.cli.surroundings import Surroundings
from yorutsuke_pipeline.engine.errors import NothingToOrderError
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload
from yorutsuke_pipeline_tests.cli.conftest import product_of
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.order_desk import FakeOrderDesk

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from yorutsuke_pipeline.composition import Composition

NAMES = "violation_id,agency,company,violation_type,fine_amount,date_issued,place,narrative"
FOLLOW = "yorutsuke --workload violations jobs --date 2026-01-10"


def the_desk() -> FakeOrderDesk:
    return FakeOrderDesk(ViolationsWorkload(), FakeClock(datetime(2026, 1, 9, 17, tzinfo=timezone.utc)))


@dataclass(frozen=True)
class Shell:
    """Runs `yorutsuke violations`."""

    product: Composition
    desk: FakeOrderDesk = field(default_factory=the_desk)

    def run(self, *words: str | Path, said: str | None = None) -> Result:
        given = Surroundings(self.product, desks={"violations": self.desk})
        told = ["violations", *map(str, words)]
        return CliRunner(catch_exceptions=False).invoke(program, told, obj=given, input=said)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(product_of(tmp_path))


def csv_file(folder: Path, *rows: str) -> Path:
    file = folder / "rows.csv"
    file.write_text("\n".join([NAMES, *rows]), encoding="utf-8")
    return file


def test_rows_of_a_csv_and_of_json_lines_are_loaded_once(shell: Shell, tmp_path: Path) -> None:
    csv = csv_file(
        tmp_path, 'V-1,EPA,Acme,Spill,"12500.10",2025-01-02,"Tulsa, OK",', "V-2,EPA,Acme,Spill,7,2025-01-03,,"
    )
    lines = tmp_path / "more.jsonl"
    row = {
        "violation_id": "V-3",
        "agency": "EPA",
        "company": "B",
        "violation_type": "Spill",
        "date_issued": "2025-01-02",
    }
    lines.write_text(json.dumps({**row, "fine_amount": 0.1}) + "\n\n", encoding="utf-8")

    told = [json.loads(shell.run("load", file, "--json").stdout) for file in (csv, csv, lines)]

    assert [(each["added"], each["known"]) for each in told] == [(2, 0), (0, 2), (1, 0)]


def test_wrong_rows_are_named_by_line_and_nothing_of_the_file_is_loaded(shell: Shell, tmp_path: Path) -> None:
    good = "V-1,EPA,Acme,Spill,12,2025-01-02,,"
    wrong = ["V-2,EPA,Acme,Spill,12x,2025-01-02,,", "V-3,,Acme,Spill,12,2025-01-02,,", "V-1,EPA,A,Spill,1,2025-01-02,,"]

    refused = shell.run("load", csv_file(tmp_path, good, *wrong, "V-5,EPA,A,Spill,1,2025-13-02,,"))
    loaded = shell.run("load", csv_file(tmp_path, good))

    assert refused.exit_code == 1
    assert "has 4 wrong rows, so nothing was loaded" in refused.stderr
    assert "line 3: fine_amount: '12x' is no amount" in refused.stderr
    assert "line 4: agency: Field required" in refused.stderr
    assert "line 5: violation_id 'V-1' is in line 2 already" in refused.stderr
    assert "line 6: date_issued: '2025-13-02' is no day" in refused.stderr
    assert loaded.stdout == "1 violations added\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "line 1: it is no JSON object"),
        ('{"violation_id": ', "line 1: it is no JSON: Expecting value at character 18"),
        ('{"violation_id": 7}', "line 1: violation_id: Input should be a valid string"),
        ('{"title_bedrock": "x"}', "line 1: violation_id: Field required"),
    ],
)
def test_a_line_that_is_no_row_is_refused_by_what_is_wrong_with_it(
    shell: Shell, tmp_path: Path, line: str, said: str
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(line, encoding="utf-8")

    assert said in shell.run("load", file).stderr


def test_making_a_table_that_is_there_changes_nothing(shell: Shell) -> None:
    # The embedded table is made by whoever needs it first.
    assert json.loads(shell.run("create", "--json").stdout) == {"table": "yorutsuke.violations", "created": False}


def test_an_estimate_says_what_an_order_would_cost_and_orders_nothing(shell: Shell) -> None:
    told = json.loads(shell.run("estimate", "--min-fine", "1000", "--json").stdout)

    assert (told["violationCount"], told["costUsd"], told["dryRun"]) == (5000, "0.30000", True)
    assert shell.desk.orders == {}


def test_options_become_the_request_that_the_api_takes(shell: Shell) -> None:
    filters = "--min-fine 1000.50 --agency OSHA --agency EPA --type Spill --from 2025-01-01"
    limits = "--max 7 --max-spend 2 --priority low"

    shell.run("order", *filters.split(), *limits.split(), "--id", "spring", "--yes")

    wanted = shell.desk.wanted["spring"]
    assert wanted.selection == {
        "filters": {
            "agencies": ["EPA", "OSHA"],
            "dateRange": {"start": "2025-01-01"},
            "minFineAmount": "1000.5",
            "violationTypes": ["Spill"],
        },
        "limits": {"maxSpendUSD": "2", "maxViolations": 7, "priority": "low"},
    }
    assert str(wanted.budget_usd) == "2"


def test_an_order_shows_its_estimate_asks_and_says_how_it_is_followed(shell: Shell) -> None:
    refused = shell.run("order", said="n\n")
    ordered_before = dict(shell.desk.orders)
    agreed = shell.run("order", said="y\n")

    assert (refused.exit_code, ordered_before) == (1, {})
    assert "5,000 violations, 3,500,000 tokens, for an estimated 0.3000 USD" in agreed.stderr
    assert "is ordered: 5,000 violations; it is queued" in agreed.stdout
    assert f"to follow it: {FOLLOW}" in agreed.stderr


def test_the_same_order_again_is_told_as_it_stands_without_a_question(shell: Shell) -> None:
    shell.run("order", "--yes")

    again = json.loads(shell.run("order", "--json").stdout)

    assert (again["cached"], again["next"]) == (True, FOLLOW)
    assert len(shell.desk.orders) == 1


def test_nobody_at_a_terminal_orders_nothing(shell: Shell) -> None:
    result = shell.run("order", said="")

    assert (result.exit_code, shell.desk.orders) == (2, {})
    assert "--yes" in result.stderr


def test_an_order_that_finds_nothing_says_why(shell: Shell) -> None:
    shell.desk.fails_with = NothingToOrderError("no violation is left to write about: agencies removes the most")

    result = shell.run("estimate", "--agency", "Nobody")

    assert (result.exit_code, "agencies removes the most" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--max", "0"), "--max: Input should be greater than or equal to 1"),
        (("--min-fine", "lots"), "--min-fine: "),
        (("--max-spend", "0"), "--max-spend: "),
        (("--min-fine", "5", "--max-fine", "3"), "minFineAmount 5 is above maxFineAmount 3"),
        (("--from", "2025-02-01", "--to", "2025-01-01"), "dateRange.start 2025-02-01 is after"),
    ],
)
def test_a_value_that_cannot_be_asked_for_is_refused_by_its_option(
    shell: Shell, words: tuple[str, ...], said: str
) -> None:
    result = shell.run("estimate", *words)

    assert (result.exit_code, said in result.stderr) == (2, True)
