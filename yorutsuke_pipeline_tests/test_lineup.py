"""Which workloads there are, what is refused of a list of them, and that nothing else asks for one by name."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import yorutsuke_pipeline
from yorutsuke_pipeline.blueprint import Blueprint, Face, plain_blueprint
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.lineup import blueprint_of, blueprints
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(yorutsuke_pipeline.__file__).parent
_OURS = ("receipts", "violations")
# What a person types: the command line means one of them if nobody says which.
_OPTION = "engine/terms.py:"
_RECEIPTS = "yorutsuke_pipeline.workloads.receipts"


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ("yorutsuke_pipeline.workloads.poems", "yorutsuke_pipeline.workloads.poems of YORUTSUKE_WORKLOADS cannot"),
        ("yorutsuke_pipeline.workloads", "cannot be loaded"),
        ("yorutsuke_pipeline", "has no BLUEPRINT"),
        (f"{_RECEIPTS},{_RECEIPTS}", "lists a workload twice: receipts, receipts"),
    ],
)
def test_a_list_of_workloads_that_cannot_be_used_is_refused(places: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        blueprints(load_settings({"YORUTSUKE_WORKLOADS": places}))


def test_who_asks_for_a_workload_that_is_not_there_is_told_which_are() -> None:
    with pytest.raises(ConfigurationError, match="no workload 'poems'; YORUTSUKE_WORKLOADS has receipts, violations"):
        blueprint_of(load_settings({}), "poems")


@pytest.mark.parametrize("name", ["post-cards", "post_cards", "Postcards", "1st", "", "p" * 30])
def test_a_name_that_dagster_or_bedrock_would_refuse_is_refused_at_once(name: str) -> None:
    face = Face("a", "b")

    with pytest.raises(ConfigurationError, match="cannot name a workload"):
        Blueprint(name, "card", "cards", lambda _: pytest.fail("assembled"), face, face, face, waits_since="sentAt")


def test_a_plain_blueprint_has_the_names_that_follow_from_its_shapes() -> None:
    plain = plain_blueprint(ViolationsWorkload(), WAITING, CONTENT)

    assert plain.submitted_half[0] == ["violations", "pending_violations"]
    assert plain.ingested_half[1:] == (["violations", "texts"], ["violations", "closed_intents"])
    assert plain.job("submit_batch") == "violations_submit_batch"
    assert (plain.waits_since, plain.pending.columns[0]) == (WAITING.time, WAITING.key)


def test_no_code_but_a_workloads_own_asks_which_workload_it_is() -> None:
    files = [path for path in _PACKAGE.rglob("*.py") if _PACKAGE / "workloads" not in path.parents]

    asked = [f"{path.relative_to(_PACKAGE)}:{line}" for path in files for line in _lines_that_ask(path.read_text())]

    assert len(files) > 100
    assert [place for place in asked if not place.startswith(_OPTION)] == []


@pytest.mark.parametrize(
    "code",
    [
        "if workload.name == 'receipts': pass",
        "x = 1 if name in ('violations', 'other') else 2",
        "there = 'violations' in desks",
        "_OURS = 'receipts'\nwhile name != _OURS: pass",
        "match name:\n    case 'violations' | 'x': pass",
        "if intent_id.startswith('receipts-'): pass",
        "if isinstance(workload, ReceiptsWorkload): pass",
    ],
)
def test_a_question_for_a_workload_by_name_is_found(code: str) -> None:
    assert list(_lines_that_ask(code)) != []


@pytest.mark.parametrize("code", ["table = 'violations'", "x = {'receipts': 1}", "if workload.name == name: pass"])
def test_what_only_names_a_workload_is_no_such_question(code: str) -> None:
    assert list(_lines_that_ask(code)) == []


def _lines_that_ask(code: str) -> Iterator[int]:
    """Yield the lines of comparisons with a workload's name or class, also by a constant of the module."""
    tree = ast.parse(code)
    constants = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _names_one(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if any(_names_one(part, constants) for asked in _asked(node) for part in ast.walk(asked)):
            yield getattr(node, "lineno", 0)


def _asked(node: ast.AST) -> list[ast.expr]:
    """Return what a node compares, if it does."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.MatchValue):
        return [node.value]
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return node.args if called in {"startswith", "isinstance", "issubclass"} else []
    return []


def _names_one(node: ast.AST, constants: set[str]) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.removesuffix("-").removesuffix("-trial") in _OURS
    if isinstance(node, ast.Name):
        return node.id in constants or node.id in {f"{name.capitalize()}Workload" for name in _OURS}
    return False
