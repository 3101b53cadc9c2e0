"""Every parser keeps its contract on what is known to be odd, and on thousands of inputs made from it."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline_tests.fuzz.__main__ import main
from yorutsuke_pipeline_tests.fuzz.campaign import Limits, fuzz_target
from yorutsuke_pipeline_tests.fuzz.contract import BrokenContractError, check_transaction
from yorutsuke_pipeline_tests.fuzz.targets import PLANTED, TARGETS
from yorutsuke_pipeline_tests.workloads.receipts.test_workload import read

if TYPE_CHECKING:
    from pathlib import Path

needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has wheels for Linux on x86_64 only"
)


@pytest.mark.parametrize("name", TARGETS)
def test_the_contract_holds_for_every_seed_and_for_changes_that_keep_its_form(name: str) -> None:
    target, random = TARGETS[name], Random(1)
    seeds = list(target.seeds())

    for content in seeds:
        target.check(content)
    for _ in range(300 if target.change else 0):
        assert target.change is not None
        target.check(target.change(random.choice(seeds), random))


@needs_atheris
@pytest.mark.parametrize("name", TARGETS)
def test_the_contract_holds_for_what_the_fuzzer_makes(name: str, tmp_path: Path) -> None:
    found = fuzz_target(name, Limits(runs=1_000), tmp_path)

    assert found.exit_code == 0, found.summary
    assert found.run_count >= 1_000


@needs_atheris
def test_a_planted_fault_is_found_and_told_with_its_input_and_how_to_repeat_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([PLANTED, "--runs", "20000", "--crashes", str(tmp_path)])

    (crash,) = tmp_path.iterdir()
    told = capsys.readouterr().out
    assert code == 1
    assert f"--repeat {crash}" in told
    assert "BrokenContractError: a fault that was planted" in told
    assert "1000000000000" in told
    with pytest.raises(BrokenContractError, match="planted"):
        main([PLANTED, "--repeat", str(crash)])


def test_an_input_is_repeated_in_this_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = tmp_path / "input"
    content.write_bytes(b'{"recordId": "abc"')

    assert main(["line", "whole", "--repeat", str(content)]) == 0
    assert capsys.readouterr().out == "line: the contract holds\nwhole: the contract holds\n"


def test_a_target_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])

    assert "no target is called nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"usage": {"inputTokens": 10**38}}, "38 digits"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"merchant": " "}, "merchant"),
        ({"description": "x" * 400_000}, "an item of"),
        ({"description": "\ud800"}, "utf-8"),
    ],
)
def test_the_contract_is_broken_by_what_a_table_would_refuse(change: dict[str, Any], problem: str) -> None:
    row = read()
    check_transaction(row)

    with pytest.raises((BrokenContractError, UnicodeEncodeError), match=problem):
        check_transaction({**row, **change})
