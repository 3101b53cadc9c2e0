"""`receipts add` and `receipts list` on the embedded AWS."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.workloads.receipts.line import images
from yorutsuke_pipeline_tests.cli.conftest import png

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.cli.conftest import Terminal

PAST_DAY = "2026-01-09"


@pytest.fixture
def photos(tmp_path: Path, user: str) -> Path:
    """A folder as people have them: photos, one in a folder below, and things that are none."""
    folder = tmp_path / "photos"
    (folder / "below").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(png(f"{user} a"))
    (folder / "below" / "b.png").write_bytes(png(f"{user} b"))
    (folder / "again.png").write_bytes(png(f"{user} b"))
    (folder / "invoice.jpg").write_bytes(b"%PDF-1.4 no photo")
    (folder / "empty.jpg").touch()
    (folder / ".hidden.jpg").write_bytes(png(f"{user} hidden"))
    os.mkfifo(folder / "pipe.jpg")
    return folder


def test_photos_go_in_and_what_is_none_is_named_with_its_reason(terminal: Terminal, user: str, photos: Path) -> None:
    result = terminal.run("receipts", "add", photos, "--user", user, "--date", PAST_DAY)

    assert result.exit_code == 1
    assert result.stdout == f"2 added to {PAST_DAY}, 1 already there, 3 refused\n"
    assert "invoice.jpg: the file is a PDF, not a JPEG, PNG, GIF or WebP" in result.stderr
    assert "empty.jpg: the file is empty (0 bytes)" in result.stderr
    assert "pipe.jpg: it is neither a file nor a folder" in result.stderr
    assert "hidden" not in result.stderr


def test_adding_the_same_folder_again_adds_nothing(terminal: Terminal, user: str, photos: Path) -> None:
    terminal.run("receipts", "add", photos / "a.jpg", "--user", user, "--date", PAST_DAY)

    result = terminal.run("receipts", "add", photos / "a.jpg", "--user", user, "--date", "2026-01-10")

    assert result.exit_code == 0
    assert "0 added to 2026-01-10, 1 already there" in result.stdout
    assert [row["uploadedAt"] for row in terminal.document("receipts", "list", "--user", user)["receipts"]] == [
        "2026-01-09T14:59:59.999Z"
    ]


def test_a_person_reads_in_tokyo_time_when_a_photo_came(terminal: Terminal, user: str, photos: Path) -> None:
    terminal.run("receipts", "add", photos / "a.jpg", "--user", user, "--date", PAST_DAY)

    head, row = terminal.run("receipts", "list", "--user", user).stdout.splitlines()

    assert dict(zip(head.split("\t"), row.split("\t"), strict=True))["uploaded (Tokyo)"] == "2026-01-09 23:59"


def test_a_photo_of_a_past_day_waits_in_that_day_and_is_in_the_bucket(
    terminal: Terminal, user: str, photos: Path
) -> None:
    added = terminal.document("receipts", "add", photos / "a.jpg", "--user", user, "--date", PAST_DAY)

    listed = terminal.document("receipts", "list", "--date", PAST_DAY, "--status", "pending", "--user", user)
    (row,) = listed["receipts"]
    assert row["imageId"] == added["files"][0]["imageId"]
    assert row["originalName"] == "a.jpg"
    assert row["bytes"] == len(png(f"{user} a"))
    stored = terminal.product.objects.read(row["s3Key"], longest=1_000_000)
    assert stored is not None
    assert stored[1] == png(f"{user} a")


def test_a_file_that_is_not_there_is_refused_and_the_others_go_in(terminal: Terminal, user: str, photos: Path) -> None:
    added = terminal.document("receipts", "add", photos / "nowhere.jpg", photos / "a.jpg", "--user", user)

    assert [each["fate"] for each in added["files"]] == ["refused", "added"]
    assert "No such file" in added["files"][0]["reason"]


def test_a_file_larger_than_any_photo_is_refused_without_being_read(
    terminal: Terminal, user: str, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as out:
        out.truncate(1 << 40)

    added = terminal.document("receipts", "add", huge, "--user", user)

    assert "at most 18,000,000 can be sent" in added["files"][0]["reason"]


@pytest.mark.parametrize("day", ["2025-12-31", (day_of(datetime.now(timezone.utc)) + timedelta(days=1)).isoformat()])
def test_a_day_that_is_never_processed_is_refused(terminal: Terminal, user: str, photos: Path, day: str) -> None:
    result = terminal.run("receipts", "add", photos, "--user", user, "--date", day)

    assert result.exit_code == 2
    assert "is never processed" in result.stderr


@pytest.mark.parametrize(("option", "value"), [("--user", "a/b"), ("--user", "あおい"), ("--date", "2026-1-9")])
def test_a_wrong_word_is_wrong_usage(terminal: Terminal, photos: Path, option: str, value: str) -> None:
    given = {"--user": "aoi", "--date": PAST_DAY, option: value}
    words = [word for pair in given.items() for word in pair]

    result = terminal.run("receipts", "add", photos, *words)

    assert result.exit_code == 2
    assert value in result.stderr


def test_the_list_shows_attempts_reason_and_claim(terminal: Terminal, user: str, photos: Path) -> None:
    added = terminal.document("receipts", "add", photos / "a.jpg", "--user", user, "--date", PAST_DAY)
    image_id = added["files"][0]["imageId"]
    table = images(terminal.product)
    table.claim(image_id, "receipts-2026-01-09-001")
    table.fail(image_id, "receipts-2026-01-09-001", attempts=3, reason="no total can be read")

    result = terminal.run("receipts", "list", "--status", "failed", "--user", user)

    head, row = result.stdout.splitlines()
    shown = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert shown["image"] == image_id
    assert (shown["status"], shown["attempts"], shown["last reason"]) == ("failed", "3", "no total can be read")
