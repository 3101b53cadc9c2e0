"""An alert channel that can be read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.alerts import Alert


class FakeAlertChannel:
    """Keeps alerts in the order they came; `error` is what every sending fails with, until it is set to None."""

    def __init__(self) -> None:
        self.sent: list[Alert] = []
        self.error: Exception | None = None

    def send(self, alert: Alert) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(alert)
