"""The lookout: when the service is asked about all open jobs, and when about those alone that hints name.

Hints are no more than that: one may be lost, so all jobs are asked about from time to time whatever the
queue says; one may be wrong, so nothing is believed that the service does not say itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.hints import Heard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from yorutsuke_pipeline.engine.hints import Hint
    from yorutsuke_pipeline.engine.ports import HintQueue
    from yorutsuke_pipeline.engine.watching import Progress, Watch


@dataclass(frozen=True)
class Sighting:
    """What one look saw.

    Attributes:
        polled_at: When all open jobs were last asked about, now or at an earlier look.
        foreign_count: Messages that named no job of ours; they are settled, too.
        malformed_count: Messages that could not be read; they are left to the queue.
        trouble: Why the queue could not be read (all jobs were asked about then) or emptied; empty if it could.
    """

    progress: Sequence[Progress]
    polled_at: datetime
    hint_count: int = 0
    foreign_count: int = 0
    malformed_count: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class Lookout:
    """The rules, with what they look through.

    Attributes:
        poll_every: How long hints are trusted to have told of every change; zero asks at every look.
    """

    watch: Watch
    queue: HintQueue
    poll_every: timedelta

    def look(self, workloads: Iterable[str], *, polled_at: datetime | None) -> Sighting:
        """Return the progress of the open intents of some workloads.

        A message is settled only when what it hints at is written down, so one that a dying process had
        received comes again.

        Args:
            workloads: Their names.
            polled_at: As the last sighting says; None if there was none.
        """
        heard, trouble = self._hear()
        now = self.watch.clock.now()
        polls = bool(trouble) or polled_at is None or not polled_at <= now < polled_at + self.poll_every
        intents = [intent for name in workloads for intent in self.watch.ledger.open_intents(name)]
        progress = self.watch.look(intents, only=None if polls else heard.job_ids)
        seen = {job.job_id for each in progress for job in each.jobs}
        # Of a closed intent, or of another's job: it is ours or not whatever is looked at now.
        known = seen | set(self.watch.look_up(heard.job_ids - seen))
        foreign = [hint for hint in heard.hints if known.isdisjoint(hint.job_ids)]
        return Sighting(
            progress,
            polled_at=now if polls or polled_at is None else polled_at,
            hint_count=len(heard.hints) - len(foreign),
            foreign_count=len(foreign),
            malformed_count=heard.malformed_count,
            trouble=trouble or self._settle(heard.hints),
        )

    def _hear(self) -> tuple[Heard, str]:
        try:
            return self.queue.receive(), ""
        except YorutsukeError as error:
            # A queue that is gone must not stop what can be done without it.
            return Heard(), str(error)

    def _settle(self, hints: Sequence[Hint]) -> str:
        try:
            self.queue.settle(hints)
        except YorutsukeError as error:
            # They come again, and looking again changes nothing.
            return str(error)
        return ""
