"""The program as a whole: help, errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import pytest

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [
    "receipts",
    "transactions",
    "jobs",
    "costs",
    "dead-letters",
    "backfill",
    "retry-failed",
    "reconcile",
    "doctor",
    "api",
    "aws",
]


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS), ["receipts", "add"], ["aws", "faults"]])
def test_every_command_explains_itself(tmp_path: Path, words: list[str]) -> None:
    result = Terminal(product_of(tmp_path)).run(*words, "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_help_lists_every_command(tmp_path: Path) -> None:
    shown = Terminal(product_of(tmp_path)).run("--help").stdout

    assert all(command in shown for command in COMMANDS)


def test_help_loads_neither_boto3_nor_dagster_nor_pandas() -> None:
    question = (
        "import sys; from click.testing import CliRunner; from yorutsuke_pipeline.cli.program import program; "
        "[CliRunner().invoke(program, [*words, '--help']) for words in "
        "([], ['receipts'], ['costs'], ['dead-letters', 'redrive'], ['retry-failed'], ['reconcile'], ['doctor'], "
        "['aws'])]; "
        "print({'boto3', 'dagster', 'pandas', 'rich', 'cv2'} & set(sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)

    assert ended.stdout.strip() == "set()"


def test_an_error_of_the_product_is_one_sentence_on_stderr(tmp_path: Path) -> None:
    product = product_of(tmp_path, aws="real")

    result = Terminal(product).run("receipts", "list", "--json")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("yorutsuke: ")
    assert "Traceback" not in result.stderr


def test_debug_shows_the_error_with_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        Terminal(product_of(tmp_path, aws="real")).run("--debug", "receipts", "list")


def test_an_unknown_command_is_wrong_usage(tmp_path: Path) -> None:
    assert Terminal(product_of(tmp_path)).run("recipes").exit_code == 2


class _Interrupted(Composition):
    """A product whose user presses Ctrl-C as soon as AWS is reached for."""

    @cached_property
    def clients(self) -> NoReturn:
        raise KeyboardInterrupt


def test_control_c_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    product = product_of(tmp_path)

    result = Terminal(_Interrupted(product.settings, product.aws_environment)).run("jobs")

    assert result.exit_code == 130
    assert "running it again goes on from there" in result.stderr
