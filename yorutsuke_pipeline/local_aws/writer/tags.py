"""Three to six tags: who, what, where and how much, in lower case with hyphens.

Kept out: the sentences (``text``).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.writer.notation import initials_of
from yorutsuke_pipeline.local_aws.writer.states import state_of
from yorutsuke_pipeline.local_aws.writer.subject import subject_of

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.writer.row import Row

_TIERS = ((Decimal(100_000), "high-fine"), (Decimal(10_000), "medium-fine"), (Decimal("0.01"), "low-fine"))
_SMALL_WORDS = frozenset({"a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "s", "the", "to", "with"})
_MOST_WORDS = 4


def tags_of(row: Row) -> list[str]:
    """Return the tags of a row, each once."""
    tags = (
        (initials_of(row.agency, row.identity) or "").lower(),
        subject_of(row.agency).tag,
        _slug(row.violation_type),
        state_of(row.place),
        next((tier for least, tier in _TIERS if row.fine >= least), "no-fine"),
        "enforcement",
    )
    return list(dict.fromkeys(tag for tag in tags if tag))


def _slug(name: str) -> str:
    """Return the first words of a name, without figures: "Small parts (16 CFR)" is `small-parts-cfr`.

    A name that ASCII cannot write gives none.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z]+", re.sub(r"'s?\b", "", plain))[:_MOST_WORDS]
    while words and words[-1] in _SMALL_WORDS:
        words.pop()
    return "-".join(words)
