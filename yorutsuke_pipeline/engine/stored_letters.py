"""Dead letters read back, and gathered by record.

What belongs here: a line as a value, and the index that finds a record's letters among those of years.
Where each record stands is `dead_letter_box.py`; writing letters is `dead_letters.py`.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.errors import ManifestChangedError
from yorutsuke_pipeline.engine.scratch import Scratch
from yorutsuke_pipeline.engine.streams import read_json_lines
from yorutsuke_pipeline.engine.terms import DEFAULT_WORKLOAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yorutsuke_pipeline.engine.ports import ObjectStore

# As many as a person can read in a message that says "which of these?".
_MOST_CANDIDATES = 5
# An intent's number tells two apart that were opened in one millisecond; it has three digits or more.
_OLDEST_FIRST = "opened, length(intent), intent, attempts"
_SCHEMA = f"""
CREATE TABLE letter (name TEXT, identity TEXT, opened TEXT, intent TEXT, attempts INTEGER, document TEXT);
CREATE INDEX in_order ON letter (name, {_OLDEST_FIRST});
"""


@dataclass(frozen=True)
class StoredLetter:
    """One line of a dead-letters object, whoever wrote it: what an older version left out is None.

    Attributes:
        name: What it is asked for by: its record's id, or for a line that is nobody's `{jobId}:{number}`.
        opened_at: When the intent was opened in which it was rejected; ISO 8601, UTC.
        day: The partition, YYYY-MM-DD.
        raw: What was said or found, cut to a readable length.
        workload: Whose record it was; a letter that does not say is from when there was only one.
    """

    name: str
    identity: str | None
    kind: str
    reason: str
    attempts: int
    is_final: bool
    raw: str
    file: str | None
    line: int | None
    intent_id: str | None
    job_id: str | None
    day: str | None
    opened_at: str | None
    workload: str = DEFAULT_WORKLOAD

    @property
    def was_asked(self) -> bool:
        """Whether the model was asked; a record may be turned away before that."""
        # An older version did not note the intent; what it rejected was an answer more often than not.
        return self.job_id is not None or self.intent_id is None


def all_letters(objects: ObjectStore, workload: str) -> Iterator[StoredLetter]:
    """Yield every letter of a workload that the bucket has; raises as `read_letters`."""
    for stored in objects.list(layout.DEAD_LETTERS_PREFIX):
        yield from read_letters(objects, stored.key, workload)


def read_letters(objects: ObjectStore, key: str, workload: str) -> Iterator[StoredLetter]:
    """Yield the letters of one object that are of a workload; none if the object does not exist.

    Raises:
        ManifestChangedError: A line is not as the product writes them.
    """
    owner = key.removeprefix(layout.DEAD_LETTERS_PREFIX).removesuffix(".jsonl")
    for number, document in enumerate(read_json_lines(objects, key), start=1):
        letter = _letter(document, owner, number)
        if letter.workload == workload:
            yield letter


def _letter(document: dict[str, Any], owner: str, number: int) -> StoredLetter:
    try:
        return _as_said(document, f"{owner}:{number}")
    except (AttributeError, TypeError, ValueError) as error:
        raise ManifestChangedError(
            f"line {number} of {layout.dead_letters_key(owner)} is no dead letter, so it was changed after it was "
            "written; put the version of before back, if the bucket keeps versions",
        ) from error


def _as_said(document: dict[str, Any], place: str) -> StoredLetter:
    return StoredLetter(
        name=document.get("recordId") or place,
        identity=document.get("identity"),
        kind=str(document.get("kind", "")),
        reason=str(document.get("reason", "")),
        attempts=int(document.get("attempts") or 0),
        is_final=bool(document.get("isFinal")),
        raw=str(document.get("raw") or ""),
        file=document.get("file"),
        line=document.get("line"),
        intent_id=document.get("intentId"),
        job_id=document.get("jobId"),
        day=document.get("day"),
        opened_at=document.get("openedAt"),
        workload=document.get("workload") or DEFAULT_WORKLOAD,
    )


class LetterIndex(Scratch):
    """Letters by name: memory does not grow with their number."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def load(self, letters: Iterable[StoredLetter]) -> None:
        """Add letters."""
        rows = (
            (
                *(letter.name, letter.identity, letter.opened_at or "", letter.intent_id or "", letter.attempts),
                json.dumps(vars(letter)),
            )
            for letter in letters
        )
        self._database.executemany("INSERT INTO letter VALUES (?, ?, ?, ?, ?, ?)", rows)

    def by_record(self) -> Iterator[tuple[StoredLetter, ...]]:
        """Yield the letters of each record, the newest last."""
        query = f"SELECT name, document FROM letter ORDER BY name, {_OLDEST_FIRST}"  # noqa: S608 — from here
        with closing(self._database.execute(query)) as rows:
            for _, same in groupby(rows, key=itemgetter(0)):
                yield tuple(StoredLetter(**json.loads(document)) for _, document in same)

    def of(self, name: str) -> tuple[StoredLetter, ...]:
        """Return the letters of one name, the newest last."""
        query = f"SELECT document FROM letter WHERE name = ? ORDER BY {_OLDEST_FIRST}"  # noqa: S608 — as above
        return tuple(StoredLetter(**json.loads(document)) for (document,) in self._database.execute(query, (name,)))

    def names_of(self, text: str) -> list[str]:
        """Return the names that are `text`, or whose identity is."""
        return self._names("name = :text OR identity = :text", text)

    def names_beginning(self, text: str) -> list[str]:
        """Return the names that begin with `text`, or whose identity does; at most a few, to choose from."""
        # No LIKE: it knows wildcards, and takes a for A.
        return self._names("substr(name, 1, length(:text)) = :text OR substr(identity, 1, length(:text)) = :text", text)

    def _names(self, condition: str, text: str) -> list[str]:
        query = f"SELECT DISTINCT name FROM letter WHERE {condition} ORDER BY name LIMIT {_MOST_CANDIDATES}"  # noqa: S608 — both from here
        return [name for (name,) in self._database.execute(query, {"text": text})]
