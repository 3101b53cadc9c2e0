"""Metrics that can be read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.figures import IntentFigures


class FakeMetrics:
    """Keeps figures in the order they came."""

    def __init__(self) -> None:
        self.sent: list[IntentFigures] = []

    def send(self, figures: IntentFigures) -> None:
        self.sent.append(figures)
