"""`transactions` on the embedded AWS."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.workloads.receipts.line import assemble

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.cli.conftest import Terminal


@pytest.fixture
def written(terminal: Terminal, user: str) -> list[dict[str, Any]]:
    """Two transactions, one of a shop whose name is a formula."""
    rows: list[dict[str, Any]] = [
        {
            "userId": user,
            "transactionId": f"{user}-{number}",
            "date": day,
            "merchant": merchant,
            "amount": amount,
            "currency": "JPY",
            "usage": {"inputTokens": Decimal(1200), "outputTokens": Decimal(90)},
            "warnings": ["old_date"],
        }
        for number, (day, merchant, amount) in enumerate(
            [
                ("2026-01-09", '=HYPERLINK("http://evil")', Decimal(1500)),
                ("2026-01-08", "喫茶ポラリス", Decimal("9.90")),
            ]
        )
    ]
    assemble(terminal.product).results.write(rows)
    return rows


@pytest.mark.usefixtures("written")
def test_a_users_transactions_come_by_the_date_on_the_receipt(terminal: Terminal, user: str) -> None:
    found = terminal.document("transactions", "--user", user)["transactions"]

    assert [(row["date"], row["amount"], row["usage"]["inputTokens"]) for row in found] == [
        ("2026-01-08", "9.9", 1200),
        ("2026-01-09", "1500", 1200),
    ]


@pytest.mark.usefixtures("written")
def test_a_date_chooses_among_them(terminal: Terminal, user: str) -> None:
    found = terminal.document("transactions", "--user", user, "--date", "2026-01-09")["transactions"]
    everybodys = terminal.document("transactions", "--date", "2026-01-09")["transactions"]

    assert [row["amount"] for row in found] == ["1500"]
    assert user in {row["userId"] for row in everybodys}


@pytest.mark.usefixtures("written")
def test_the_csv_opens_in_a_spreadsheet_and_runs_no_formula(terminal: Terminal, user: str, tmp_path: Path) -> None:
    target = tmp_path / "january.csv"

    result = terminal.run("transactions", "--user", user, "--csv", target)

    assert result.stdout == ""
    assert target.read_bytes().startswith(b"\xef\xbb\xbfdate,merchant,amount")
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert [row["merchant"] for row in rows] == ["喫茶ポラリス", '\'=HYPERLINK("http://evil")']
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.usefixtures("written")
def test_a_csv_for_a_pipe_has_no_mark(terminal: Terminal, user: str) -> None:
    assert terminal.run("transactions", "--user", user, "--csv", "-").stdout.startswith("date,merchant,amount")


def test_a_csv_that_cannot_be_written_says_which_file(terminal: Terminal, user: str) -> None:
    result = terminal.run("transactions", "--user", user, "--csv", "/nonexistent/x.csv")

    assert result.exit_code == 1
    assert "/nonexistent/x.csv" in result.stderr


def test_csv_and_json_exclude_each_other(terminal: Terminal) -> None:
    assert terminal.run("transactions", "--csv", "-", "--json").exit_code == 2
