"""An event log that can be read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.events import Event, EventName


class FakeEventLog:
    """Keeps events in the order they came."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def named(self, name: EventName) -> list[Event]:
        return [event for event in self.events if event.name is name]
