"""Who may put samples in, and the process in the background."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.seeding import samples_folder, seed_in_background, seeding_lock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter that says into the pipe beside it how it was started, in place of seeding anything."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "$@ home=$YORUTSUKE_HOME env=$YORUTSUKE_ENV" > {pipe}\n', encoding="utf-8")
    program.chmod(0o700)
    return program


def test_the_background_process_is_the_command_for_this_very_home(tmp_path: Path, python: Path) -> None:
    home = tmp_path / "home"

    assert seed_in_background(home, env="staging", python=str(python))

    said = python.with_name("pipe").read_text(encoding="utf-8").strip()
    assert said == f"-m yorutsuke_pipeline.cli aws start home={home} env=staging"


def test_a_second_process_is_not_started_while_the_first_comes_up(tmp_path: Path, python: Path) -> None:
    home = tmp_path / "home"
    started = [seed_in_background(home, env="dev", python=str(python)) for _ in range(3)]

    assert started == [True, False, False]
    assert python.with_name("pipe").read_text(encoding="utf-8")


def test_nothing_is_started_while_samples_are_being_put_in(tmp_path: Path) -> None:
    with seeding_lock(tmp_path, wait=False) as mine:
        assert mine
        assert not seed_in_background(tmp_path, env="dev")
    assert not (samples_folder(tmp_path) / "seeding.log").exists()


def test_only_one_at_a_time_may_put_samples_in(tmp_path: Path) -> None:
    with seeding_lock(tmp_path, wait=False) as first, seeding_lock(tmp_path, wait=False) as second:
        assert (first, second) == (True, False)
    with seeding_lock(tmp_path, wait=False) as again:
        assert again
