"""`dead-letters` on the embedded AWS."""

from __future__ import annotations

import json
import random
import uuid
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.cli.dead_letter_views import print_case
from yorutsuke_pipeline.engine.dead_letter_box import Case
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.stored_letters import StoredLetter
from yorutsuke_pipeline.engine.terms import PLAIN_TERMS
from yorutsuke_pipeline.workloads.receipts.line import images
from yorutsuke_pipeline_tests.cli.conftest import TerminalScreen, png

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.cli.conftest import Terminal

HOSTILE = 'I cannot\n{"amount": null} \x1b[2J\x1b]0;owned\x07 [bold]not markup[/bold]'


@dataclass
class Failures:
    """Makes images that failed, with their letters, in a day of the test's own."""

    terminal: Terminal
    user: str
    folder: Path
    day: date
    letters: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, kind: str = "answer_unreadable", raw: str = HOSTILE) -> str:
        """Add an image that was asked about in vain; return its id."""
        file = self.folder / f"{name}.png"
        file.write_bytes(png(f"{self.user} {name}"))
        added = self.terminal.document("receipts", "add", file, "--user", self.user, "--date", str(self.day))
        image_id = str(added["files"][0]["imageId"])
        table, intent_id = images(self.terminal.product), f"{self.user}-001"
        table.claim(image_id, intent_id)
        table.fail(image_id, intent_id, attempts=3, reason=f"{name}: no total can be read")
        self._write(image_id, kind, f"{name}: no total can be read", raw, intent_id)
        return image_id

    def _write(self, image_id: str, kind: str, reason: str, raw: str, intent_id: str) -> None:
        self.letters.append(
            {
                "recordId": record_id(image_id),
                "identity": image_id,
                "kind": kind,
                "reason": reason,
                "attempts": 3,
                "isFinal": True,
                "raw": raw,
                "line": len(self.letters) + 1,
                "intentId": intent_id,
                "jobId": f"job{self.user[-9:]}",
                "day": str(self.day),
                "openedAt": "2026-06-01T17:00:00.000Z",
            }
        )
        with self.terminal.product.objects.writing(f"dead-letters/job{self.user[-9:]}.jsonl") as out:
            out.write(b"".join(json.dumps(letter).encode() + b"\n" for letter in self.letters))

    def row(self, image_id: str) -> dict[str, Any]:
        record = images(self.terminal.product).find(image_id)
        assert record is not None
        return {**record.attributes, "attempts": record.attempts, "lastReason": record.last_reason}

    def listed(self, *words: str) -> dict[str, dict[str, Any]]:
        """Return what is listed of this test's images, by image."""
        ours = {letter["identity"] for letter in self.letters}
        documents = self.terminal.document("dead-letters", "list", *words)["deadLetters"]
        return {document["imageId"]: document for document in documents if document["imageId"] in ours}


@pytest.fixture
def failures(terminal: Terminal, user: str, tmp_path: Path) -> Failures:
    return Failures(terminal, user, tmp_path, date(2026, 2, 1) + timedelta(days=random.randrange(28)))


def test_what_waits_for_a_person_is_listed_with_its_reason(failures: Failures) -> None:
    image_id = failures.add("a")

    listed = failures.listed()[image_id]

    assert listed["id"] == record_id(image_id)
    assert (listed["kind"], listed["reason"]) == ("answer_unreadable", "a: no total can be read")
    assert (listed["attempts"], listed["state"], listed["date"]) == (3, "waits_for_a_person", str(failures.day))
    assert listed["s3Key"].startswith(f"uploads/{failures.user}/")
    assert "raw" not in listed


def test_a_pipe_gets_one_line_for_each_with_its_whole_ids(failures: Failures) -> None:
    image_id = failures.add("a")

    head, *rows = failures.terminal.run("dead-letters", "list").stdout.splitlines()

    (row,) = (row for row in rows if image_id in row)
    shown = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert (shown["record"], shown["state"]) == (record_id(image_id), "waits for a person")
    assert record_id(image_id).startswith(shown["id"])


def test_the_list_can_be_cut_down_to_a_kind_of_reason(failures: Failures) -> None:
    wanted, other = failures.add("a", kind="answer_filtered"), failures.add("b")

    listed = failures.listed("--reason", "answer_filtered")

    assert wanted in listed
    assert other not in listed


def test_a_reason_that_no_record_has_is_answered_with_those_that_there_are(failures: Failures) -> None:
    kind = f"kind-{uuid.uuid4().hex}"
    failures.add("a", kind=kind)
    failures.add("b", kind=kind)

    listed = failures.terminal.run("dead-letters", "list", "--reason", "nonsense")
    redriven = failures.terminal.run("dead-letters", "redrive", "--reason", "nonsense", "--yes")

    for result in (listed, redriven):
        assert "no record has the reason 'nonsense'; the reasons here are: " in result.stderr
        assert f"{kind} (2)" in result.stderr


def test_what_waits_no_more_is_listed_only_with_all(failures: Failures) -> None:
    redriven, discarded = failures.add("a"), failures.add("b")
    failures.terminal.run("dead-letters", "redrive", redriven)
    failures.terminal.run("dead-letters", "discard", discarded, "--why", "a cat")

    assert failures.listed() == {}
    states = {image_id: document["state"] for image_id, document in failures.listed("--all").items()}
    assert states == {redriven: "back_in_line", discarded: "discarded"}


def test_show_has_the_raw_answer_beside_the_reason_and_nothing_that_moves_the_cursor(failures: Failures) -> None:
    image_id = failures.add("a")

    shown = failures.terminal.run("dead-letters", "show", image_id).stdout

    assert "  reason    answer_unreadable: a: no total can be read\n" in shown
    assert "  answer    I cannot\n" in shown
    assert '  answer    {"amount": null}' in shown
    assert "[bold]not markup[/bold]" in shown
    assert "\x1b" not in shown
    assert f"uploads/{failures.user}/" in shown


def test_a_terminal_gets_reason_and_answer_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = StoredLetter("r1", "img-1", "amount", "no total", 1, False, HOSTILE, None, 7, "i1", "j1", None, None)  # noqa: FBT003 — all by position
    monkeypatch.setenv("COLUMNS", "200")

    with redirect_stdout(TerminalScreen()) as screen:
        print_case(Case("r1", "img-1", (letter,), None), PLAIN_TERMS)

    shown = screen.getvalue()
    assert "letter 1 of 1: attempt 1, i1, line 7, job j1" in shown
    (line,) = (line for line in shown.splitlines() if "amount:" in line)
    assert "I cannot" in line
    assert "[bold]not markup[/bold]" in shown
    assert "\x1b[2J" not in shown
    assert "\x07" not in shown


def test_show_as_json_keeps_every_letter_with_all_that_was_said(failures: Failures) -> None:
    image_id = failures.add("a", raw=HOSTILE + "\ud800")

    (document,) = failures.terminal.document("dead-letters", "show", record_id(image_id)[:12])["deadLetters"]

    assert document["imageId"] == image_id
    assert [letter["raw"] for letter in document["letters"]] == [HOSTILE + "?"]


def test_show_writes_the_photo_to_a_new_file_and_never_over_one(failures: Failures, tmp_path: Path) -> None:
    image_id, target = failures.add("a"), tmp_path / "look.png"

    first = failures.terminal.run("dead-letters", "show", image_id, "--image", target)
    second = failures.terminal.run("dead-letters", "show", image_id, "--image", target)

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert target.read_bytes() == png(f"{failures.user} a")
    assert "File exists" in second.stderr


def test_a_photo_that_is_gone_is_said_to_be(failures: Failures, tmp_path: Path) -> None:
    image_id = failures.add("a")
    failures.terminal.product.objects.delete([failures.row(image_id)["s3Key"]])

    result = failures.terminal.run("dead-letters", "show", image_id, "--image", tmp_path / "look.png")

    assert result.exit_code == 1
    assert "there is no object" in result.stderr
    assert not (tmp_path / "look.png").exists()


def test_redrive_puts_it_back_in_its_day_and_says_which_command_asks(failures: Failures) -> None:
    image_id = failures.add("a")

    result = failures.terminal.run("dead-letters", "redrive", image_id)

    assert result.exit_code == 0
    assert "1 redriven, 0 left alone, 0 refused" in result.stdout
    assert f"to ask about them: yorutsuke backfill --from {failures.day} --to {failures.day}" in result.stdout
    row = failures.row(image_id)
    assert (row["status"], row["pendingDate"], row["attempts"]) == ("pending", str(failures.day), 0)
    assert row["lastReason"] == "a: no total can be read"


def test_redriving_again_leaves_it_alone_and_says_so(failures: Failures) -> None:
    image_id = failures.add("a")
    failures.terminal.run("dead-letters", "redrive", image_id)

    result = failures.terminal.run("dead-letters", "redrive", image_id)

    assert result.exit_code == 0
    assert "0 redriven, 1 left alone" in result.stdout
    assert f"{image_id}: it is back in line already, for {failures.day}" in result.stderr


def test_several_are_redriven_only_after_a_yes(failures: Failures) -> None:
    kind = f"kind-{uuid.uuid4().hex}"
    images = [failures.add(name, kind=kind) for name in ("a", "b")]
    words = ("dead-letters", "redrive", "--reason", kind)

    refused = failures.terminal.run(*words, said="n\n")
    after_no = {failures.row(image_id)["status"] for image_id in images}
    agreed = failures.terminal.run(*words, said="y\n")

    assert refused.exit_code == 1
    assert "Put 2 records back in line?" in refused.stderr
    assert after_no == {"failed"}
    assert "2 redriven" in agreed.stdout
    assert {failures.row(image_id)["status"] for image_id in images} == {"pending"}


def test_yes_asks_nothing_and_json_says_what_was_done(failures: Failures) -> None:
    images = [failures.add(name) for name in ("a", "b")]

    document = failures.terminal.document("dead-letters", "redrive", *images, "--yes")

    assert {each["imageId"] for each in document["redriven"]} == set(images)
    assert document["next"] == [f"yorutsuke backfill --from {failures.day} --to {failures.day}"]
    assert (document["leftAlone"], document["refused"]) == ([], [])


def test_a_discarded_record_comes_back_only_by_its_name(failures: Failures) -> None:
    kind = f"kind-{uuid.uuid4().hex}"
    image_id = failures.add("a", kind=kind)
    failures.terminal.run("dead-letters", "discard", image_id, "--why", "a photo of a cat")

    chosen = failures.terminal.document("dead-letters", "redrive", "--reason", kind)
    named = failures.terminal.document("dead-letters", "redrive", image_id)

    assert chosen["redriven"] == []
    assert [each["imageId"] for each in named["redriven"]] == [image_id]
    assert "discardReason" not in failures.row(image_id)


def test_discard_keeps_the_photo_and_the_persons_reason(failures: Failures) -> None:
    image_id = failures.add("a")

    result = failures.terminal.run("dead-letters", "discard", image_id, "--why", "a photo of a cat")

    row = failures.row(image_id)
    assert "1 discarded" in result.stdout
    assert (row["status"], row["discardReason"]) == ("failed", "a photo of a cat")
    assert failures.terminal.product.objects.head(row["s3Key"]) is not None


def test_a_record_that_is_refused_is_named_and_the_others_are_done(failures: Failures) -> None:
    good, bad = failures.add("a"), failures.add("b")
    product = failures.terminal.product
    product.clients.dynamodb.update_item(
        TableName=product.settings.table("pending-images"),
        Key={"imageId": {"S": bad}},
        UpdateExpression="REMOVE uploadedAt",
    )

    result = failures.terminal.run("dead-letters", "redrive", good, bad, "--yes")

    assert result.exit_code == 1
    assert "1 redriven, 0 left alone, 1 refused" in result.stdout
    assert f"{bad}: its row has no uploadedAt" in result.stderr
    assert failures.row(good)["status"] == "pending"


@pytest.mark.parametrize("words", [["redrive"], ["discard", "--why", "a cat"], ["show"]])
def test_an_unknown_id_is_named_and_nothing_is_done(failures: Failures, words: list[str]) -> None:
    image_id = failures.add("a")

    result = failures.terminal.run("dead-letters", *words, image_id, "nobody-knows-this")

    assert result.exit_code == 2
    assert "there is no dead letter and no image 'nobody-knows-this'" in result.stderr
    assert failures.row(image_id)["status"] == "failed"
    assert "discardReason" not in failures.row(image_id)


def test_a_beginning_that_several_share_is_named_with_those(failures: Failures) -> None:
    shared = uuid.uuid4().hex[:8]
    with failures.terminal.product.objects.writing(f"dead-letters/{shared}.jsonl") as out:
        for number in range(2):
            out.write(json.dumps({"recordId": f"{shared}{number}", "identity": f"x{shared}{number}"}).encode() + b"\n")

    result = failures.terminal.run("dead-letters", "redrive", shared)

    assert result.exit_code == 2
    assert f"'{shared}' may be any of {shared}0, {shared}1" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["redrive"], "name records by ID, or choose them"),
        (["redrive", "some-id", "--all"], "name records by ID, or choose them"),
        (["redrive", "ab"], "the beginning of one has 6 characters or more"),
        (["list", "--from", "2026-01-09"], "--from and --to belong together"),
        (["list", "--date", "2026-01-09", "--to", "2026-01-10"], "give one of both"),
        (["list", "--from", "2026-01-09", "--to", "2026-01-08"], "is after"),
        (["discard", "some-id"], "--why"),
        (["discard", "some-id", "--why", " "], "say in a sentence why"),
        (["show", "one-id", "two-id", "--image", "photo.png"], "--image takes one ID"),
    ],
)
def test_a_command_that_can_mean_nothing_is_wrong_usage(terminal: Terminal, words: list[str], says: str) -> None:
    result = terminal.run("dead-letters", *words)

    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())
