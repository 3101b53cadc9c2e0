"""Bars: on a terminal, of what takes long; nowhere else, so that no pipe gets one."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.cli.output import with_bar
from yorutsuke_pipeline.cli.program import program
from yorutsuke_pipeline.cli.surroundings import Surroundings
from yorutsuke_pipeline_tests.cli.conftest import TerminalScreen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.cli.conftest import Terminal


@pytest.fixture(autouse=True)
def _a_terminal_that_can_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize(("total", "shown"), [(3, "3/3"), (None, "3/?")])
def test_a_terminal_shows_how_many_are_done_and_of_how_many(total: int | None, shown: str) -> None:
    screen = TerminalScreen()
    with redirect_stderr(screen):
        assert list(with_bar("copying", "abc", total)) == ["a", "b", "c"]

    assert "copying" in screen.getvalue()
    assert shown in screen.getvalue()


def test_a_pipe_gets_no_bar() -> None:
    pipe = io.StringIO()
    with redirect_stderr(pipe):
        assert list(with_bar("copying", "abc", 3)) == ["a", "b", "c"]

    assert pipe.getvalue() == ""


def test_an_error_in_the_midst_of_the_work_takes_the_bar_away_and_is_the_error() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise RuntimeError("the power is gone")

    screen = TerminalScreen()
    with redirect_stderr(screen), pytest.raises(RuntimeError, match="the power is gone"):
        list(with_bar("copying", broken(), 2))

    assert screen.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize(
    ("words", "doing"),
    [
        (["receipts", "list"], "reading receipts"),
        (["transactions"], "reading transactions"),
        (["dead-letters", "list"], "reading dead letters"),
    ],
)
def test_a_command_that_reads_a_whole_table_shows_one(terminal: Terminal, words: list[str], doing: str) -> None:
    screen = TerminalScreen()
    with redirect_stderr(screen), redirect_stdout(io.StringIO()):
        program.main(words, obj=Surroundings(terminal.product, stages=terminal.stages), standalone_mode=False)

    assert doing in screen.getvalue()
