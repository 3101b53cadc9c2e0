"""`yorutsuke violations texts`: what was published, to be read; on fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.cli import night_product
from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of
from yorutsuke_pipeline_tests.defs.violations import Register
from yorutsuke_pipeline_tests.engine.nights import night_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def terminal() -> Terminal:
    night = night_of(0)
    register = Register(night)
    for number in range(3):
        register.texts.write(
            [
                {
                    "PK": f"VIOLATION#{number}",
                    "SK": "BEDROCK_CONTENT",
                    "violationId": f"EPA-{number}",
                    "title_bedrock": f"Title {number}",
                    "description_bedrock": "What was found.",
                    "tags": ["epa", "water"],
                    "generated_at": f"2026-01-0{number + 1}T00:00:00.000Z",
                    "intentId": "first" if number == 0 else "second",
                }
            ]
        )
    return Terminal(night_product.product_of(night), stages=register.stages())


def test_texts_are_shown_the_newest_first_and_what_is_left_out_is_counted(terminal: Terminal) -> None:
    shown = terminal.run("violations", "texts", "--most", "2").stdout

    assert shown.index("EPA-2  Title 2") < shown.index("EPA-1  Title 1")
    assert "    What was found.\n    epa, water" in shown
    assert shown.endswith("and 1 more: --most 3\n")


def test_texts_of_one_order_are_shown_alone(terminal: Terminal) -> None:
    texts = terminal.document("violations", "texts", "--order", "first")["texts"]

    assert [(text["violationId"], text["title_bedrock"], text["intentId"]) for text in texts] == [
        ("EPA-0", "Title 0", "first")
    ]


def test_where_the_workload_is_not_listed_there_are_no_texts_and_no_orders(tmp_path: Path) -> None:
    terminal = Terminal(product_of(tmp_path, workloads="yorutsuke_pipeline.workloads.receipts"))

    for command in ("texts", "estimate"):
        result = terminal.run("violations", command)
        assert result.exit_code == 1
        assert "there is no workload 'violations'; YORUTSUKE_WORKLOADS has receipts" in result.stderr
