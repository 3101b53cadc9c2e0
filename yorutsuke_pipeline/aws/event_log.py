"""Structured events as lines of JSON in Python's own logging, where every log collector finds them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.events import EventName

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.events import Event

LOGGER = "yorutsuke.events"
_LEVELS = {EventName.BATCH_FAILED: logging.ERROR, EventName.RECORD_REJECTED: logging.WARNING}


class LoggedEvents:
    """Implements `EventLog` on the logger `yorutsuke.events`, one line an event."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger(LOGGER)

    def emit(self, event: Event) -> None:
        """Write one event."""
        self._logger.log(_LEVELS.get(event.name, logging.INFO), "%s", event.as_json())
