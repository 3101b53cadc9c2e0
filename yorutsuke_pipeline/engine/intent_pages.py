"""Listing intents a page at a time, the newest first.

What belongs here: a page, and the word by which a caller asks for the next one. It is opaque to callers, and holds
the place where the last page ended: no page is remembered anywhere.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from yorutsuke_pipeline.engine.days import parse_utc, utc_text
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.identity import check_intent_id

if TYPE_CHECKING:
    from datetime import datetime

    from yorutsuke_pipeline.engine.intent import Intent

# A time and an id of 50 signs take 120.
_LONGEST_WORD = 300


@dataclass(frozen=True)
class IntentPage:
    """Some intents, the newest first; `before` asks for the next page, None if there is none."""

    intents: tuple[Intent, ...] = ()
    before: str | None = None


class PageEnd(NamedTuple):
    """Where a page ended: at the intent that was opened then, of that id."""

    created_at: datetime
    intent_id: str


def page_word(intent: Intent) -> str:
    """Return the word that asks for what was opened before an intent."""
    place = json.dumps([utc_text(intent.created_at), intent.intent_id])
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_page_word(word: str) -> PageEnd:
    """Return where the page ended that said a word.

    Raises:
        ValueError: No page said it.
    """
    try:
        created_at, intent_id = json.loads(urlsafe_b64decode(word[:_LONGEST_WORD].encode("ascii") + b"=="))
        return PageEnd(parse_utc(created_at), check_intent_id(intent_id))
    except (ValueError, TypeError, AttributeError, ConfigurationError) as error:
        raise ValueError(f"no page begins at {word[:60]!r}; begin with the first one") from error
