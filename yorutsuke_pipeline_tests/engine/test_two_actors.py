"""Two runs at once, stopped before any call and going on in any order, with all else that can happen to a day.

A run that stalled and wakes after another took over is the case to fear: its next call comes from a past
that nobody lives in any more.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from yorutsuke_pipeline.engine import streams
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.intent import TRANSITIONS, IntentStatus
from yorutsuke_pipeline_tests.engine.actors import Actor, InOneThread
from yorutsuke_pipeline_tests.engine.interruptions import Interruption
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, POLICY, Stages, night_of
from yorutsuke_pipeline_tests.engine.test_life import ANSWERS, CAREFUL, Day
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy


class WatchedLedger(FakeIntentLedger):
    """A ledger that remembers what was written over what.

    Attributes:
        steps: Status before and after of each write of an intent.
        forgotten: Jobs that were known to the service, and whose id was then written over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[IntentStatus, IntentStatus]] = []
        self.forgotten: list[BatchJob] = []

    def save(self, intent: Intent) -> Intent:
        before = self.intents[intent.intent_id].status
        saved = super().save(intent)
        self.steps.append((before, saved.status))
        return saved

    def save_job(self, job: BatchJob) -> BatchJob:
        before = self.rows.get((job.intent_id, job.number))
        saved = super().save_job(job)
        if before is not None and before.job_id not in {None, saved.job_id}:
            self.forgotten.append(before)
        return saved


def first_half(stages: Stages) -> None:
    stages.manifest.write(DAY)
    stages.submitter.submit(DAY)


def second_half(stages: Stages) -> None:
    stages.collector.collect(DAY)
    stages.recorder.record(DAY)
    stages.archiver.archive(DAY)


def look(stages: Stages) -> None:
    """Look as the sensor does, which records what it sees."""
    stages.watch.look(list(stages.watch.ledger.open_intents("receipts")))


# What a run can be about, and the calls before which it matters most who comes first.
MOMENTS: dict[str, tuple[Callable[[Stages], object], tuple[str, ...]]] = {
    "first half": (first_half, ("create", "claim", "written", "fail", "save", "save_job", "find")),
    "manifest": (lambda stages: stages.manifest.write(DAY), ("claim", "release", "written", "save_job", "save")),
    "submit": (
        lambda stages: stages.submitter.submit(DAY),
        ("save_job", "create", "find", "save", "invoke", "written"),
    ),
    "look": (look, ("get", "since", "save_job")),
    "collect": (lambda stages: stages.collector.collect(DAY), ("get", "save_job", "list", "written", "save")),
    "record": (lambda stages: stages.recorder.record(DAY), ("write", "written", "release", "fail", "save")),
    "archive": (lambda stages: stages.archiver.archive(DAY), ("copy", "finish", "delete_unchanged", "save")),
    "second half": (second_half, ("written", "release", "finish", "save")),
}
BEGINNINGS = st.sampled_from([(activity, call) for activity, (_, calls) in MOMENTS.items() for call in calls])
ACTORS = st.sampled_from(["A", "B"])


class TwoActors(Day):
    """A day with two runs in the middle of something."""

    def __init__(self) -> None:
        super().__init__()
        self.actors = {name: Actor(name) for name in ("A", "B")}
        self.ledger = WatchedLedger()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(streams, "ThreadPoolExecutor", InOneThread)

    @initialize(
        answers=st.lists(st.none() | st.sampled_from(ANSWERS), min_size=1, max_size=5),
        policy=st.sampled_from([POLICY, CAREFUL]),
    )
    def the_day_begins(self, answers: list[str | None], policy: Policy) -> None:
        self.night = night_of(len(answers), policy=policy)
        self.night.ledger = self.ledger
        self.night.answers = {f"img-{number}": answer for number, answer in enumerate(answers, 1) if answer is not None}

    @precondition(lambda self: any(actor.next_call is None for actor in self.actors.values()))
    @rule(beginning=BEGINNINGS, times=st.integers(1, 3))
    def an_actor_begins(self, beginning: tuple[str, str], times: int) -> None:
        """Begin an activity and stop before the first, second or third call of that name, if there is one."""
        activity, call = beginning
        actor = next(actor for actor in self.actors.values() if actor.next_call is None)
        stages = self.night.stages(actor.watch)
        actor.start(lambda: MOMENTS[activity][0](stages))
        for _ in range(times):
            actor.go_on_to(call)

    @precondition(lambda self: not self.are_busy)
    @rule(beginning=BEGINNINGS, times=st.integers(1, 3))
    def both_begin_the_same(self, beginning: tuple[str, str], times: int) -> None:
        self.an_actor_begins(beginning, times)
        self.an_actor_begins(beginning, times)

    @rule(count=st.integers(1, 6))
    def a_third_run_goes_by(self, count: int) -> None:
        """Run the first stages of a night, or all of it, from end to end."""
        stages = self.night.stages()
        steps = (
            lambda: stages.manifest.write(DAY),
            lambda: stages.submitter.submit(DAY),
            self.night.end_jobs,
            lambda: stages.collector.collect(DAY),
            lambda: stages.recorder.record(DAY),
            lambda: stages.archiver.archive(DAY),
        )
        with suppress(YorutsukeError):
            for step in steps[:count]:
                step()

    @precondition(lambda self: self.are_busy)
    @rule(name=ACTORS, calls=st.integers(1, 12))
    def an_actor_goes_on(self, name: str, calls: int) -> None:
        for _ in range(calls):
            self.actors[name].go_on()

    @precondition(lambda self: self.are_busy)
    @rule(name=ACTORS)
    def an_actor_comes_to_its_end(self, name: str) -> None:
        self.actors[name].finish()

    @precondition(lambda self: self.are_busy)
    @rule(name=ACTORS, interruption=st.sampled_from(Interruption))
    def an_actor_is_interrupted(self, name: str, interruption: Interruption) -> None:
        self.actors[name].go_on(interruption)

    @invariant()
    def every_step_of_an_intent_is_one_that_the_table_allows(self) -> None:
        for before, after in self.ledger.steps:
            assert before is not IntentStatus.CLOSED, f"a closed intent was written again, as {after}"
            assert after is before or after in TRANSITIONS[before], f"an intent went from {before} to {after}"

    @invariant()
    def no_part_has_two_jobs_and_no_job_is_forgotten(self) -> None:
        if hasattr(self, "night"):
            names = Counter(request.job_name for request in self.night.service.requests.values())
            parts = Counter(request.input_uri for request in self.night.service.requests.values())
            assert set(names.values()) | set(parts.values()) <= {1}
            assert self.ledger.forgotten == []

    @property
    def are_busy(self) -> bool:
        return any(actor.next_call is not None for actor in self.actors.values())

    def teardown(self) -> None:
        """One wakes before the rest of the day is done, the other when all is over; then all is well."""
        try:
            if hasattr(self, "night"):
                self.nothing_stops_it_any_more()
                self.actors["A"].finish()
                self.night.run_until_settled()
                self.actors["B"].finish()
                self.night.run_until_settled()
                check_settled(self.night)
                self.every_step_of_an_intent_is_one_that_the_table_allows()
                self.no_part_has_two_jobs_and_no_job_is_forgotten()
        finally:
            for actor in self.actors.values():
                actor.go_on(Interruption.KILL)
            self.patch.undo()


TestTwoActors = TwoActors.TestCase
TestTwoActors.settings = settings(max_examples=60, stateful_step_count=25)
