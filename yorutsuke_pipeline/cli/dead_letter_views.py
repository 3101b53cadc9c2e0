"""How dead letters look: as documents, as a table, and as blocks with the raw answer beside the reason."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.output import harmless_lines, print_table, remark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from yorutsuke_pipeline.engine.dead_letter_box import Case
    from yorutsuke_pipeline.engine.ports import ObjectStore
    from yorutsuke_pipeline.engine.stored_letters import StoredLetter
    from yorutsuke_pipeline.engine.terms import Terms

_COLUMNS = ("id", "day", "kind", "reason", "attempts", "state", "record")
# Enough of a record's id to name it; 64 bits of it are more than a terminal's line has room for.
_SHOWN_OF_ID = 10
_LARGEST_PHOTO = 200_000_000


def case_document(case: Case, terms: Terms) -> dict[str, Any]:
    """Return a record with its newest reason as JSON values."""
    newest = case.newest
    attributes = case.record.attributes if case.record is not None else {}
    return {
        "id": case.name,
        terms.key: case.identity,
        "date": newest.day if newest is not None else None,
        "kind": newest.kind if newest is not None else None,
        "reason": newest.reason if newest is not None else (case.record.last_reason if case.record else None),
        "attempts": newest.attempts if newest is not None else (case.record.attempts if case.record else None),
        "state": case.standing,
        "jobId": newest.job_id if newest is not None else None,
        "intentId": newest.intent_id if newest is not None else attributes.get("lastIntentId"),
        "letterCount": len(case.letters),
        "s3Key": _photo_key(case),
        "discardReason": attributes.get("discardReason"),
    }


def letter_documents(case: Case) -> list[dict[str, Any]]:
    """Return all letters of a record as JSON values, the newest last."""
    return [
        {
            "intentId": letter.intent_id,
            "jobId": letter.job_id,
            "openedAt": letter.opened_at,
            "kind": letter.kind,
            "reason": letter.reason,
            "attempts": letter.attempts,
            "isFinal": letter.is_final,
            "file": letter.file,
            "line": letter.line,
            # Half of a surrogate pair can be answered, and printed nowhere.
            "raw": letter.raw.encode("utf-8", "replace").decode("utf-8"),
        }
        for letter in case.letters
    ]


def print_cases(title: str, documents: Iterable[Mapping[str, Any]], terms: Terms) -> None:
    """Write one line for each record."""
    rows = [
        [
            _short(document, terms),
            document["date"],
            document["kind"],
            document["reason"],
            document["attempts"],
            _words(document["state"]),
            document["id"],
            document[terms.key],
            document["jobId"],
        ]
        for document in documents
    ]
    columns = (*_COLUMNS, terms.record, "job")
    print_table(title, columns, rows, numbers=["attempts"], only_in_pipes=["record", terms.record, "job"])


def print_case(case: Case, terms: Terms) -> None:
    """Write a record's facts, and then each letter: the reason, and beside it what was said."""
    document = case_document(case, terms)
    facts = {
        "record": case.name,
        terms.record: case.identity,
        "state": _words(case.standing),
        "day": document["date"],
        "photo": document["s3Key"],
        "discarded": document["discardReason"],
    }
    widest = max(map(len, facts)) + 1
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name:<{widest}}{' '.join(harmless_lines(str(value)))}")
    if not case.letters:
        why = " ".join(harmless_lines(str(document["reason"])))
        click.echo(f"there is no dead letter of it any more; its row says why: {why}")
    for number, letter in enumerate(case.letters, start=1):
        _print_letter(f"letter {number} of {len(case.letters)}: {_place(letter)}", letter)
    click.echo()


def save_image(objects: ObjectStore, case: Case, file: Path) -> None:
    """Write a record's photo to a file that does not exist yet."""
    key = _photo_key(case)
    if key is None:
        raise click.ClickException(f"the row of {case.identity or case.name!r} names no photo")
    found = objects.read(key, longest=_LARGEST_PHOTO)
    if found is None:
        raise click.ClickException(f"there is no object {key!r} in bucket {objects.bucket}")
    stored, content = found
    if stored.size > _LARGEST_PHOTO:
        raise click.ClickException(f"{key!r} in bucket {objects.bucket} has {stored.size:,} bytes; fetch it with S3")
    try:
        with file.open("xb") as out:
            out.write(content)
    except OSError as error:
        raise click.FileError(str(file), hint=error.strerror) from error
    remark(f"the photo is in {file} ({stored.size:,} bytes)")


def _print_letter(title: str, letter: StoredLetter) -> None:
    reason, raw = [f"{letter.kind}:", *harmless_lines(letter.reason)], _raw_lines(letter)
    if not sys.stdout.isatty():
        click.echo(title)
        click.echo("  reason    " + " ".join(reason))
        for line in raw:
            click.echo(f"  answer    {line}")
        return
    from rich.box import HORIZONTALS  # noqa: PLC0415 — 0.1 s that a pipe need not wait for
    from rich.console import Console  # noqa: PLC0415 — as above
    from rich.table import Table  # noqa: PLC0415 — as above
    from rich.text import Text  # noqa: PLC0415 — as above

    table = Table(title=title, title_justify="left", box=HORIZONTALS, expand=True)
    table.add_column("reason", ratio=2, overflow="fold")
    table.add_column("what the model said", ratio=3, overflow="fold")
    # Text and not str: what a model says is no markup.
    table.add_row(Text("\n".join(reason)), Text("\n".join(raw)))
    Console().print(table)


def _raw_lines(letter: StoredLetter) -> list[str]:
    if letter.raw:
        return harmless_lines(letter.raw)
    return ["(nothing)"] if letter.was_asked else ["(it was not asked)"]


def _place(letter: StoredLetter) -> str:
    """Return where a letter is from, in words."""
    steps = [
        f"attempt {letter.attempts}" if letter.was_asked else "before it was asked about",
        letter.intent_id,
        f"line {letter.line}" if letter.line else None,
        f"job {letter.job_id}" if letter.job_id else None,
    ]
    return ", ".join(" ".join(harmless_lines(step)) for step in steps if step)


def _photo_key(case: Case) -> str | None:
    """Return where the photo is: in the archive, if it was accepted since."""
    attributes = case.record.attributes if case.record is not None else {}
    key = attributes.get("archivedKey") or attributes.get("s3Key")
    return key if isinstance(key, str) else None


def _short(document: Mapping[str, Any], terms: Terms) -> str:
    return str(document["id"])[:_SHOWN_OF_ID] if document[terms.key] is not None else str(document["id"])


def _words(state: str) -> str:
    return str(state).replace("_", " ")
