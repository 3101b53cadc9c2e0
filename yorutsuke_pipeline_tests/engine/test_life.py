"""Any life that a day can have: arrivals, stages in any order, bad endings, deaths, changes of the model.

The invariants hold after every step; at the end everything is run until it is settled.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from yorutsuke_pipeline.engine.batch_job import ENDINGS_AT_THE_SERVICE
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import check_always, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, POLICY, Night, night_of
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from yorutsuke_pipeline.engine.policy import Policy

# Five images are a large batch for it.
CAREFUL = replace(POLICY, preflight_from=5, preflight_records=2)
BAD_ENDINGS = sorted(ENDINGS_AT_THE_SERVICE)
ANSWERS = [
    "no receipt at all",
    '{"amount": 0}',
    '{"amount": 1} {"amount": 2}',
    '{"unreadable": true, "reason": "dark"}',
]


class Day(RuleBasedStateMachine):
    """A day's tables, bucket and service, and what can happen to them from outside."""

    night: Night

    @initialize(count=st.integers(0, 5), policy=st.sampled_from([POLICY, CAREFUL]))
    def the_day_begins(self, count: int, policy: Policy) -> None:
        self.night = night_of(count, policy=policy)

    @rule(answer=st.none() | st.sampled_from(ANSWERS))
    def an_image_arrives(self, answer: str | None) -> None:
        identity = f"img-{len(self.night.pending.rows) + 1}"
        if answer is not None:
            self.night.answers[identity] = answer
        self.night.arrive(identity)

    @rule(answer=st.sampled_from([answer for answer in CreateAnswer if answer is not CreateAnswer.CREATED]))
    def the_next_create_goes_wrong(self, answer: CreateAnswer) -> None:
        self.night.service._create_answers.append(answer)

    @rule()
    def the_jobs_end(self) -> None:
        self.night.end_jobs()

    @precondition(lambda self: any(not state.has_ended for state in self.night.service.states.values()))
    @rule(data=st.data(), status=st.sampled_from(BAD_ENDINGS))
    def a_job_ends_with_part_of_its_output(self, data: st.DataObject, status: str) -> None:
        job_id = next(job_id for job_id, state in self.night.service.states.items() if not state.has_ended)
        self.night.service.complete(job_id, self.night.objects, self.night.say)
        lines = self.night.output(job_id)
        self.night.put_output(job_id, data.draw(st.lists(st.sampled_from([*lines, b"garbage"]), max_size=6)))
        self.night.service.end(job_id, status)

    @rule(model=st.sampled_from(["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"]))
    def the_model_is_changed(self, model: str) -> None:
        self.night.policy = replace(self.night.policy, model_id=model)

    @rule(budget=st.none() | st.sampled_from([Decimal("0.0000001"), Decimal("0.001")]))
    def the_daily_budget_is_changed(self, budget: Decimal | None) -> None:
        self.night.policy = replace(self.night.policy, daily_budget_usd=budget)

    @invariant()
    def nothing_is_paid_twice_or_deleted_early(self) -> None:
        if hasattr(self, "night"):
            check_always(self.night)

    def nothing_stops_it_any_more(self) -> None:
        self.night.service._create_answers.clear()
        self.night.policy = replace(self.night.policy, daily_budget_usd=None)

    def teardown(self) -> None:
        if hasattr(self, "night"):
            self.nothing_stops_it_any_more()
            self.night.run_until_settled()
            check_settled(self.night)


class Life(Day):
    """A day with one run at a time, whose stages come to their end or die."""

    @rule(stage=st.sampled_from(["manifest", "submitter", "collector", "recorder", "archiver"]))
    def a_stage_runs(self, stage: str) -> None:
        stages = self.night.stages()
        run: dict[str, Callable[[date], object]] = {
            "manifest": stages.manifest.write,
            "submitter": stages.submitter.submit,
            "collector": stages.collector.collect,
            "recorder": stages.recorder.record,
            "archiver": stages.archiver.archive,
        }
        with suppress(YorutsukeError):
            run[stage](DAY)

    @rule(at=st.integers(1, 60), interruption=st.sampled_from(Interruption))
    def a_night_is_interrupted(self, at: int, interruption: Interruption) -> None:
        with suppress(Killed, YorutsukeError):
            self.night.run(self.night.stages(Calls(at, interruption).watch))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=15)
