"""Questions to a person, and to nobody."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from yorutsuke_pipeline.cli.confirmation import confirm


@click.command()
def ask() -> None:
    confirm("Go on?")
    click.echo("done")


@pytest.mark.parametrize(
    ("said", "exit_code", "stdout"), [("y\n", 0, "done\n"), ("n\n", 1, ""), ("what?\ny\n", 0, "done\n")]
)
def test_an_answer_is_taken_also_from_a_pipe(said: str, exit_code: int, stdout: str) -> None:
    result = CliRunner().invoke(ask, input=said)

    assert (result.exit_code, result.stdout) == (exit_code, stdout)


def test_nobody_at_all_is_told_which_option_answers() -> None:
    result = CliRunner().invoke(ask)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "nobody is at a terminal" in result.stderr
    assert "--yes" in result.stderr
