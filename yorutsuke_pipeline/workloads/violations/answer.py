"""What the model must answer about a violation: a title, a description and tags, held to the row.

What belongs here: the shape and the lengths, and the order of the checks. What each check allows is in the file that
is named after it. A text that fails is not mended: its reason goes back to the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.violations.accusations import check_accusations
from yorutsuke_pipeline.workloads.violations.english import check_english
from yorutsuke_pipeline.workloads.violations.plain_text import check_plain, one_line
from yorutsuke_pipeline.workloads.violations.stated_names import RowNames, row_names
from yorutsuke_pipeline.workloads.violations.stated_numbers import RowNumbers, row_numbers

if TYPE_CHECKING:
    from yorutsuke_pipeline.workloads.violations.violation import Violation

# In characters, both included.
TITLE_LENGTH = (15, 90)
DESCRIPTION_LENGTH = (80, 600)
TAG_COUNT = (3, 6)
_LONGEST_TAG = 40
_TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHOWN = 60


@dataclass(frozen=True)
class PublishedText:
    """An accepted answer, as it is published."""

    title: str
    description: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    """What of a row its texts are held to."""

    text: str
    company: str
    numbers: RowNumbers
    names: RowNames

    def check(self, field: str, answered: str) -> str:
        """Return a text on one line, if it is plain English and says nothing that the row does not."""
        check_plain(field, answered, self.text, self.company)
        text = one_line(answered)
        check_english(field, text, self.names.proper)
        self.numbers.check(field, text)
        self.names.check(field, text)
        check_accusations(field, text, self.text)
        return text


def read_text(document: dict[str, Any], violation: Violation) -> PublishedText:
    """Return the text that an answer holds for a violation.

    Raises:
        RecordRejectedError: It is none that may be published; the reason names the value at fault.
    """
    text = "\n".join(violation.texts())
    row = _Row(text, violation.company, row_numbers(violation), row_names(violation))
    return PublishedText(
        title=row.check("title", _sized(document, "title", TITLE_LENGTH)),
        description=row.check("description", _sized(document, "description", DESCRIPTION_LENGTH)),
        tags=_tags(document.get("tags"), row),
    )


def _sized(document: dict[str, Any], field: str, length: tuple[int, int]) -> str:
    value = document.get(field)
    if not isinstance(value, str):
        raise RecordRejectedError(field, f"the {field} is missing or no text")
    least, most = length
    count = len(one_line(value))
    if not least <= count <= most:
        told = f"the {field} is {count} characters long, and must be {least} to {most}"
        raise RecordRejectedError(field, f"{told}: {value[:_SHOWN]!r}")
    return value


def _tags(value: object, row: _Row) -> tuple[str, ...]:
    """Return the tags, each once, with hyphens for spaces and in lower case: that much is a matter of form."""
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise RecordRejectedError("tags", "the tags are missing or no list of texts")
    least, most = TAG_COUNT
    tags = tuple(dict.fromkeys(re.sub(r"[\s_]+", "-", tag.strip().lower()) for tag in value))
    if not least <= len(tags) <= most:
        raise RecordRejectedError("tags", f"there are {len(tags)} different tags, and must be {least} to {most}")
    for tag in tags:
        if len(tag) > _LONGEST_TAG or not _TAG.fullmatch(tag):
            told = f"the tag {tag[:_SHOWN]!r} is not 1 to {_LONGEST_TAG} letters, digits and hyphens"
            raise RecordRejectedError("tags", told)
        row.names.check_tag(tag)
    together = " ; ".join(tags).replace("-", " ")
    row.numbers.check("tags", together)
    check_accusations("tags", together, row.text)
    return tags
