"""The switch of submission in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yorutsuke_pipeline.engine.switch import Pause


class FakeSwitch:
    """Implements `SubmissionSwitch`, with what a person does to it.

    Args:
        looks: What the first looks find, in turn; later ones find what `pause` and `resume` left.
    """

    def __init__(self, looks: Iterable[Pause | None] = ()) -> None:
        self._looks = list(looks)
        self._pause: Pause | None = None

    def current(self) -> Pause | None:
        return self._looks.pop(0) if self._looks else self._pause

    def pause(self, pause: Pause) -> Pause:
        self._pause = self._pause or pause
        return self._pause

    def resume(self) -> Pause | None:
        ended, self._pause = self._pause, None
        return ended
