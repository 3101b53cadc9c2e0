"""Conditional writes that fail, and whether it was our own earlier try that made them fail.

The timeline: a write takes effect, its answer is lost, botocore sends it again by itself, and the second
is told that its condition no longer holds. So each failed condition is asked what the row was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from yorutsuke_pipeline.aws.attribute_values import Item

# On rows that are written whole: names the one call that wrote them.
WRITE_ID = "writeId"


def new_write_id() -> str:
    """Return a name for one write; a try that botocore repeats carries the same one."""
    return uuid4().hex


def row_as_it_was(error: ClientError) -> Item:
    """Return the row that made a condition fail, empty if there was none (asked for with `ALL_OLD`)."""
    response: dict[str, Any] = dict(error.response)
    return response.get("Item") or {}


def was_written_by(row: Item, write_id: str) -> bool:
    """Tell whether a row is what this very write put there."""
    return row.get(WRITE_ID) == {"S": write_id}
