"""Rows of violations in a file: read, and every one checked before the first is loaded."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import click
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.violations.request import Amount
from yorutsuke_pipeline.workloads.violations.violation import Violation, read_violation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMATS = ("csv", "jsonl")
# A file that is none of ours is wrong in every line.
_MOST_NAMED = 10
# Begins the messages of our own checks.
PYDANTICS = "Value error, "


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("Input should be a day, written YYYY-MM-DD")  # noqa: TRY004 — pydantic takes it for its own
    return parse_day(value)


def _amount(value: object) -> object:
    try:
        return Decimal(value) if isinstance(value, str) else value
    except ArithmeticError as error:
        raise ValueError(f"{value!r} is no amount in USD, such as 12500.00") from error


class _Row(BaseModel):
    """A row as the table has it, before it has a text; a column of another name is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    violation_id: str
    agency: str
    company: str
    violation_type: str
    # A number of JSON as well as the text of a CSV.
    fine_amount: Annotated[Amount, BeforeValidator(_amount)]
    date_issued: Annotated[date, BeforeValidator(_day)]
    place: str = ""
    narrative: str = ""


def read_rows(file: Path, written_as: str | None) -> list[dict[str, Any]]:
    """Return the rows of a file by the names of the columns; all are held in memory.

    Args:
        file: CSV with a line of names, or JSON lines; UTF-8.
        written_as: Which of both, of `FORMATS`; None to go by the file's ending.

    Raises:
        click.ClickException: A row is wrong; the message names its line, and what is wrong with it.
    """
    reading = _Reading()
    try:
        for number, given in _given(file, written_as or ("csv" if file.suffix.lower() == ".csv" else "jsonl")):
            reading.take(number, given)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} cannot be read as UTF-8 text: {error}; nothing was loaded") from error
    wrong = reading.wrong
    if wrong:
        more = [f"and {len(wrong) - _MOST_NAMED:,} more"] if len(wrong) > _MOST_NAMED else []
        what = "\n  ".join([*wrong[:_MOST_NAMED], *more])
        raise click.ClickException(f"{file} has {len(wrong):,} wrong rows, so nothing was loaded:\n  {what}")
    return reading.rows


@dataclass
class _Reading:
    """What a file holds, as far as it is read: rows, what is wrong, and in which line each id was met first."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def take(self, number: int, given: object) -> None:
        try:
            row = _checked(given)
        except ValueError as error:
            self.wrong.append(f"line {number}: {error}")
            return
        identity = row["violation_id"]
        earlier = self.lines.setdefault(identity, number)
        if earlier == number:
            self.rows.append(row)
        else:
            self.wrong.append(f"line {number}: violation_id {identity!r} is in line {earlier} already")


def _given(file: Path, written_as: str) -> Iterator[tuple[int, Any]]:
    """Yield each row as it is written, with the number of the line that it ends in."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        if written_as == "csv":
            rows = csv.DictReader(lines, strict=True)
            for row in rows:
                yield rows.line_num, {name: value for name, value in row.items() if value or name is None}
        else:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line


def _checked(given: object) -> dict[str, Any]:
    """Return a row that can be asked about.

    Raises:
        ValueError: It cannot; the message names the column.
    """
    if isinstance(given, str):
        # Amounts as they are written: a float would make 0.1 of some and 0.30000000000000004 of others.
        given = _document(given)
    if not isinstance(given, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 — told like all else that is wrong with a row
    if None in given:
        raise ValueError("it has more fields than the first line has names")
    try:
        row = _Row.model_validate(given).model_dump()
        violation = Violation(**row)
        read_violation(violation.violation_id, violation.as_attributes())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix(PYDANTICS)}") from error
    except RecordRejectedError as error:
        raise ValueError(str(error)) from error
    return row


def _document(line: str) -> object:
    try:
        return json.loads(line, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg} at character {error.pos + 1}") from error
