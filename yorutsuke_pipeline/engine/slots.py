"""Slots: how many jobs of a model the service still takes, read from its own list of jobs each time.

Nothing is counted by ourselves: a count that leaks, after a death or beside another user of the account, would stop
every submission without a word. The list can be older than the truth, so a refused Create is waited out all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.model_family import base_model

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.batch_job import JobState
    from yorutsuke_pipeline.engine.ports import BatchService, Clock, QuotaBook

# A job lives for seven days at most (timeoutDurationInHours), and its end may be told late.
_LONGEST_LIFE = timedelta(days=8)
# For so long the service may still count a job that has ended.
_COUNT_LAGS = timedelta(minutes=15)


@dataclass(frozen=True)
class Slots:
    """The slots of one model."""

    model_id: str
    quota_book: QuotaBook
    service: BatchService
    clock: Clock

    def free(self) -> int:
        """Return how many jobs the service would take now, 0 or more.

        Raises:
            ConfigurationError: The quota is 0, so that waiting would never end.
        """
        most = self.quota_book.quotas(self.model_id).running_jobs
        if most <= 0:
            raise self._no_access("its quota of running jobs is 0")
        model = base_model(self.model_id)
        used = sum(1 for state in self._live() if state.model_id is None or base_model(state.model_id) == model)
        return max(0, most - used)

    def check_worth_waiting(self) -> None:
        """Refuse to wait for a slot that the service denied, if no job is there whose end would free one.

        Raises:
            ConfigurationError: The account has no job of any model that lives, or has just ended.
        """
        soon = self.clock.now() - _COUNT_LAGS
        states = self.service.since(self.clock.now() - _LONGEST_LIFE)
        if all(state.has_ended and state.ended_at is not None and state.ended_at < soon for state in states):
            raise self._no_access("the service says that its quota is used up, and no job is running")

    def _live(self) -> list[JobState]:
        return [state for state in self.service.since(self.clock.now() - _LONGEST_LIFE) if not state.has_ended]

    def _no_access(self, found: str) -> ConfigurationError:
        return ConfigurationError(
            f"no batch job of {self.model_id} can be submitted in this account and region: {found}. Ask for an "
            "increase of 'Sum of in-progress and submitted batch inference jobs' for this model in Service Quotas, or "
            "set YORUTSUKE_MODEL_ID or AWS_REGION to where there is one; then materialize the day again",
        )


class SlotTurn:
    """The slots of one run: looked up when the first is needed, and counted down from there."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._left: int | None = None

    def take(self) -> bool:
        """Take a slot, if there is one.

        Raises:
            ConfigurationError: There never will be one.
        """
        if self._left is None:
            self._left = self._slots.free()
        if self._left == 0:
            return False
        self._left -= 1
        return True

    def end(self) -> None:
        """Take no more: the service denied one that the list had shown free, to somebody quicker.

        Raises:
            ConfigurationError: No job is running at all, so that there was nobody quicker.
        """
        self._left = 0
        self._slots.check_worth_waiting()
