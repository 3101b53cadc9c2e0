"""The documents: their links lead somewhere, their commands can be typed, the files and tests they name are there.

Kept out: what settings.md says of each setting (`test_settings`).
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from yorutsuke_pipeline.cli.fault_settings import changed_faults
from yorutsuke_pipeline.cli.program import program
from yorutsuke_pipeline.local_aws.bedrock.faults import Faults, parse_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROOT = Path(__file__).resolve().parents[1]
_TESTS = Path(__file__).resolve().parent
_DOCUMENTS = (_ROOT / "README.md", _ROOT / "CHANGELOG.md", *sorted((_ROOT / "docs").rglob("*.md")))

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHELLS = {"console", "sh", "bash"}
_SUBSTITUTED = re.compile(r"\$\((yorutsuke [^)]*)\)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_FOLDERS = ("yorutsuke_pipeline/", "engine/", "workloads/", "aws/", "local_aws/", "cli/", "defs/", "infra/", "docs/")


def _prose(document: Path) -> str:
    return _FENCED.sub("", document.read_text(encoding="utf-8"))


def _command_lines(text: str) -> Iterator[str]:
    """Each line of the text's shell blocks, continued ones joined, without the prompt."""
    for language, block in _FENCED.findall(text):
        if language in _SHELLS:
            yield from (line.removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines())


def _arguments(line: str) -> Iterator[list[str]]:
    """What follows each `yorutsuke` of a line, up to a pipe or its like."""
    for inner in _SUBSTITUTED.findall(line):
        yield shlex.split(inner)[1:]
    words = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    words.whitespace_split = True
    found: list[str] | None = None
    for word in words:
        if set(word) <= set("|;&<>"):
            break
        if found is not None:
            found.append(word)
        elif word == "yorutsuke":
            found = []
    if found is not None:
        yield found


def _commands() -> list[list[str]]:
    return [
        arguments
        for document in _DOCUMENTS
        for line in _command_lines(document.read_text(encoding="utf-8"))
        for arguments in _arguments(line)
    ]


def _parse(arguments: Sequence[str]) -> None:
    """Parse a command line as the program would, and run nothing. Raises click.UsageError."""
    command: click.Command = program
    context, rest = click.Context(program, info_name="yorutsuke"), list(arguments)
    while isinstance(command, click.Group):
        # Options may be the group's own: `--workload violations jobs --open`.
        _, words, _ = command.make_parser(context).parse_args(list(rest))
        if not words:
            break
        name, found, rest = command.resolve_command(context, words)
        if found is None:
            raise click.UsageError(f"there is no command {name}")
        command, context = found, click.Context(found, info_name=name, parent=context)
    if isinstance(command, click.Group) and not command.invoke_without_command:
        raise click.UsageError("a command is missing")
    command.make_context(context.info_name, rest, parent=context.parent)


def _refusal(arguments: Sequence[str]) -> str | None:
    try:
        _parse(arguments)
    except click.UsageError as error:
        return error.format_message()
    return None


def test_every_relative_link_leads_to_a_file() -> None:
    links = [
        (document.relative_to(_ROOT), target)
        for document in _DOCUMENTS
        for target in _LINK.findall(_prose(document))
        if not target.startswith(("http://", "https://", "#"))
    ]

    broken = [(str(place), target) for place, target in links if not _target(place, target).exists()]

    assert links
    assert broken == []


def test_every_yorutsuke_command_in_a_shell_block_is_one_that_the_program_takes() -> None:
    commands = _commands()

    refused = [(shlex.join(words), refusal) for words in commands if (refusal := _refusal(words)) is not None]

    assert ["aws", "start"] in commands
    assert refused == []


def test_every_fault_that_a_document_sets_is_one_that_the_embedded_bedrock_knows() -> None:
    setting = [words[3:] for words in _commands() if words[:3] == ["aws", "faults", "set"]]

    for assignments in setting:
        parse_faults(json.dumps(changed_faults(Faults().model_dump(mode="json"), assignments)))

    assert setting


def test_every_file_named_in_backticks_is_there() -> None:
    named = {
        (document.name, path)
        for document in _DOCUMENTS
        for path in _CODE.findall(_prose(document))
        if path.startswith(_FOLDERS) and "::" not in path and not re.search(r"[{}*<>…\s]", path)
    }

    missing = sorted(
        (document, path)
        for document, path in named
        if not any((folder / path).exists() for folder in (_ROOT, _ROOT / "yorutsuke_pipeline"))
    )

    assert named
    assert missing == []


def test_every_test_that_a_document_names_is_there() -> None:
    named = {
        (document.name, *code.split("::", 1))
        for document in _DOCUMENTS
        for code in _CODE.findall(_prose(document))
        if "::" in code
    }

    missing = sorted((document, path, test) for document, path, test in named if test not in _tests_of(path))

    assert "faults.md" in {document for document, _, _ in named}
    assert missing == []


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("yorutsuke aws env --shell fish | source", ["aws", "env", "--shell", "fish"]),
        ('eval "$(yorutsuke aws env)"  # for this shell', ["aws", "env"]),
        ("yorutsuke jobs --open   # those with work left", ["jobs", "--open"]),
        (
            'yorutsuke aws faults set \'jobs=[{"ending": "expire"}]\'',
            ["aws", "faults", "set", 'jobs=[{"ending": "expire"}]'],
        ),
    ],
)
def test_a_command_is_found_in_a_line_with_pipes_quotes_and_remarks(line: str, arguments: list[str]) -> None:
    assert list(_arguments(line)) == [arguments]


@pytest.mark.parametrize(
    "words",
    [
        *("jobs --all", "jobs --date 9/1/2026", "--workload", "--workloads x jobs"),
        *("aws begin", "aws", "receipts add photo.jpg"),
    ],
)
def test_a_command_that_the_program_would_refuse_is_refused_here(words: str) -> None:
    with pytest.raises(click.UsageError):
        _parse(words.split())


@cache
def _tests_of(path: str) -> frozenset[str]:
    """Return the tests of a file: functions, and what hypothesis makes of a state machine (`TestLife = ...`)."""
    file = _TESTS / path
    body = ast.parse(file.read_text(encoding="utf-8")).body if file.is_file() else []
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    assigned = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return frozenset(name for name in functions | assigned if name.lower().startswith("test"))


def _target(place: Path, target: str) -> Path:
    return _ROOT / place.parent / target.partition("#")[0]
