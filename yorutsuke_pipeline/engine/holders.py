"""The intents that a waiting record may be kept for: the one that has claimed it, and the order that put it in line.

What belongs here: when such an intent keeps a record from others, and when no more. Many records name the same one, and
one that was closed stays so: each is looked up once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.intent import Intent


class Holders:
    """Intents by their ids, for one pass over records. Of one that does not exist nothing is true.

    Args:
        intent_of: Returns an intent as it is now, None if there is none, as `IntentLedger.intent` does.
    """

    def __init__(self, intent_of: Callable[[str], Intent | None]) -> None:
        self._intent = lru_cache(maxsize=None)(intent_of)

    def is_open(self, intent_id: str) -> bool:
        """Tell whether an intent is at work, so that what it has is nobody else's."""
        intent = self._intent(intent_id)
        return intent is not None and intent.is_open

    def is_over(self, intent_id: str) -> bool:
        """Tell whether an intent is closed, so that its claims are void."""
        intent = self._intent(intent_id)
        return intent is not None and not intent.is_open

    def was_given_up(self, intent_id: str) -> bool:
        """Tell whether an order was stopped or refused: what it put in line waits for another order."""
        intent = self._intent(intent_id)
        return intent is not None and intent.was_given_up

    def leaves(self, intent_id: str) -> bool:
        """Tell whether an order leaves to its day what it put in line: it ended, and not by being given up."""
        return self.is_over(intent_id) and not self.was_given_up(intent_id)
