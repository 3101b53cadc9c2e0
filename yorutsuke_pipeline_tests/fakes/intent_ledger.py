"""The batch-jobs table in memory."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import LostRaceError
from yorutsuke_pipeline.engine.intent_pages import IntentPage, PageEnd, page_word, read_page_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent


class FakeIntentLedger:
    """Implements `IntentLedger`; `intents` by id and `rows` of jobs by (id, number) are there to be looked at."""

    def __init__(self, intents: Iterable[Intent] = (), jobs: Iterable[BatchJob] = ()) -> None:
        self.intents: dict[str, Intent] = {intent.intent_id: intent for intent in intents}
        self.rows: dict[tuple[str, int], BatchJob] = {(job.intent_id, job.number): job for job in jobs}
        self._lock = Lock()

    def create(self, intent: Intent) -> bool:
        with self._lock:
            if intent.intent_id in self.intents:
                return False
            self.intents[intent.intent_id] = intent
            return True

    def intent(self, intent_id: str) -> Intent | None:
        return self.intents.get(intent_id)

    def save(self, intent: Intent) -> Intent:
        with self._lock:
            stored = self.intents.get(intent.intent_id)
            if stored is None or stored.version != intent.version:
                raise LostRaceError(f"intent {intent.intent_id} is no longer at version {intent.version}")
            saved = replace(intent, version=intent.version + 1)
            self.intents[intent.intent_id] = saved
            return saved

    def open_intents(self, workload: str) -> Iterator[Intent]:
        with self._lock:
            found = [intent for intent in self.intents.values() if intent.is_open and intent.workload == workload]
        yield from sorted(found, key=lambda intent: intent.intent_id)

    def listing(self, workload: str, *, day: date | None = None, before: str | None = None, most: int) -> IntentPage:
        end = None if before is None else read_page_word(before)
        with self._lock:
            found = sorted(
                (
                    intent
                    for intent in self.intents.values()
                    if intent.workload == workload
                    and (day is None or intent.day == day)
                    and (end is None or _age(intent) < end)
                ),
                key=_age,
                reverse=True,
            )
        return IntentPage(tuple(found[:most]), page_word(found[most - 1]) if len(found) > most else None)

    def orders(self, workload: str, day: date) -> Iterator[Intent]:
        with self._lock:
            found = [each for each in self.intents.values() if (each.workload, each.day) == (workload, day)]
        yield from sorted((each for each in found if each.order is not None), key=_age)

    def jobs(self, intent_id: str) -> Sequence[BatchJob]:
        with self._lock:
            return [job for (owner, _), job in sorted(self.rows.items()) if owner == intent_id]

    def jobs_of(self, intents: Sequence[Intent]) -> Mapping[str, tuple[BatchJob, ...]]:
        return {intent.intent_id: tuple(self.jobs(intent.intent_id)[: intent.job_count]) for intent in intents}

    def find_job(self, job_id: str) -> BatchJob | None:
        with self._lock:
            return next((job for job in self.rows.values() if job.job_id == job_id), None)

    def save_job(self, job: BatchJob) -> BatchJob:
        with self._lock:
            stored = self.rows.get((job.intent_id, job.number))
            if (stored.version if stored is not None else 0) != job.version:
                raise LostRaceError(f"job {job.number} of {job.intent_id} is no longer at version {job.version}")
            saved = replace(job, version=job.version + 1)
            self.rows[job.intent_id, job.number] = saved
            return saved


def _age(intent: Intent) -> PageEnd:
    return PageEnd(intent.created_at, intent.intent_id)
