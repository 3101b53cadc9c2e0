"""Alerts: what a person is told because it needs one.

What belongs here: the message as a value, and several made into one. When something is worth an alert is
its own rule's (`lateness.py`); how it is sent, the channel's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A message of more is not read, and SNS takes 256 KB.
_MOST_IN_ONE = 50


@dataclass(frozen=True)
class Alert:
    """What happened, to which day, and the command that mends it.

    Attributes:
        key: The same for as long as it is the same thing, so that it is said once.
        subject: A few words, for the line that a telephone shows.
        text: Whole sentences.
    """

    key: str
    subject: str
    text: str


class _NoAlerts:
    """Implements `AlertChannel` where no topic is configured: what is told then stands in Dagster's log alone."""

    def send(self, alert: Alert) -> None:
        """Do nothing."""


NO_ALERTS = _NoAlerts()


def in_one(alerts: Sequence[Alert], *, others: str = "yorutsuke jobs --open") -> Alert:
    """Return one alert that says all of several: a backfill of sixty days must not ring sixty times.

    Args:
        alerts: At least one.
        others: Where those are seen for which there is no room.
    """
    first, rest = alerts[0], alerts[1:]
    if not rest:
        return first
    texts = [alert.text for alert in alerts[:_MOST_IN_ONE]]
    if len(alerts) > _MOST_IN_ONE:
        texts.append(f"And {len(alerts) - _MOST_IN_ONE} more: {others}")
    return Alert(first.key, f"{first.subject}, and {len(rest)} more", "\n\n".join(texts))
