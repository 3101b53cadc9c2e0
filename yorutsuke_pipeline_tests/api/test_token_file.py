"""The file of tokens: hashes only, private, and never half a file."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.api.token_file import TokenFile, write_privately
from yorutsuke_pipeline.api.tokens import Scope, mint, recognise
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline_tests.fakes.clock import NIGHT

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_is_recognised_by_its_hash_and_nothing_else_is_kept(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "kept" / "tokens.json")
    token, entry = mint("aoi", [Scope.READ, Scope.SUBMIT], NIGHT)
    file.add(entry)

    read = TokenFile(file.path).entries()

    assert read == (entry,)
    assert token not in file.path.read_text()
    assert file.path.stat().st_mode & 0o777 == 0o600
    caller = recognise(token, read, NIGHT.replace(hour=0))
    assert caller is not None
    assert (caller.owner, sorted(caller.scopes)) == ("aoi", [Scope.READ, Scope.SUBMIT])
    assert recognise(token, read, NIGHT) is None
    assert recognise(token + "x", read, NIGHT.replace(hour=0)) is None


def test_two_tokens_are_never_the_same() -> None:
    tokens = {mint("aoi", [Scope.READ], None)[0] for _ in range(100)}

    assert len(tokens) == 100
    assert min(len(token) for token in tokens) > 50


def test_a_running_reader_sees_a_token_that_another_process_made_or_revoked(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    reader, writer = TokenFile(path), TokenFile(path)
    first, second = (mint("aoi", [Scope.READ], None)[1] for _ in range(2))

    writer.add(first)
    before = reader.entries()
    writer.add(second)
    both = reader.entries()
    revoked = writer.revoke(first.id)

    assert (before, both, revoked) == ((first,), (first, second), first)
    assert reader.entries() == (second,)
    assert writer.revoke(first.id) is None


def test_many_writers_at_once_lose_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    entries = [mint("aoi", [Scope.READ], None)[1] for _ in range(8)]

    threads = [threading.Thread(target=TokenFile(path).add, args=[entry]) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {entry.id for entry in TokenFile(path).entries()} == {entry.id for entry in entries}


def test_only_one_of_several_makes_the_first_token(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"

    made = [TokenFile(path).add_first(mint("dev", [Scope.ADMIN], None)[1]) for _ in range(3)]

    assert made == [True, False, False]


_GOOD = {"id": "a1", "owner": "aoi", "scopes": ["read"], "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the file"),
        ("[", "the file"),
        ("{}", "the file"),
        (json.dumps([_GOOD | {"sha256": "password"}]), "0.sha256"),
        (json.dumps([_GOOD | {"scopes": []}]), "0.scopes"),
        (json.dumps([_GOOD | {"scopes": ["root"]}]), "0.scopes"),
        (json.dumps([_GOOD | {"expires": "2026-01-01T00:00:00"}]), "0.expires"),
        (json.dumps([_GOOD | {"token": "plain"}]), "0.token"),
        (json.dumps([_GOOD, _GOOD]), "same id"),
    ],
)
def test_a_file_that_holds_something_else_opens_nothing_and_is_not_written_over(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "tokens.json"
    file = TokenFile(path)
    file.add(mint("aoi", [Scope.READ], None)[1])
    file.entries()
    path.write_text(content)

    for attempt in (file.entries, lambda: file.add(mint("ren", [Scope.READ], None)[1])):
        with pytest.raises(ConfigurationError) as refused:
            attempt()
        assert words in str(refused.value)
        assert str(path) in str(refused.value)

    assert path.read_text() == content


def test_a_file_that_is_gone_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="yorutsuke api token create"):
        TokenFile(tmp_path / "tokens.json").entries()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_privately(path, "half \ud800")

    assert [file.name for file in tmp_path.iterdir()] == ["tokens.json"]
    assert path.read_text() == "old"
