"""The structured events that tell an intent's story to a log.

They carry ids, counts and reasons of the kind that can be counted; never a receipt's text, an image or
a credential.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from yorutsuke_pipeline.engine.words import Word


class EventName(Word):
    """What can happen to an intent."""

    BATCH_STARTED = "BATCH_STARTED"
    BATCH_SUBMITTED = "BATCH_SUBMITTED"
    BATCH_RESULT_STARTED = "BATCH_RESULT_STARTED"
    RECORD_REJECTED = "RECORD_REJECTED"
    BATCH_RESULT_COMPLETED = "BATCH_RESULT_COMPLETED"
    BATCH_FAILED = "BATCH_FAILED"


@dataclass(frozen=True)
class Event:
    """One event; `facts` are numbers, ids and short words."""

    name: EventName
    intent_id: str
    trace_id: str
    facts: tuple[tuple[str, str | int], ...] = ()

    def as_json(self) -> str:
        """Return the event as one line of JSON."""
        document: dict[str, str | int] = {
            "event": self.name.value,
            "intentId": self.intent_id,
            "traceId": self.trace_id,
            **dict(self.facts),
        }
        return json.dumps(document, ensure_ascii=True)
