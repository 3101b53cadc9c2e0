"""Nights with orders, on fakes: a desk at which callers order, and the runs that carry their orders out.

What belongs here: the two worlds in which there are orders: images that callers name, and violations that they
select. What a night is at all is in `nights.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from yorutsuke_pipeline.engine.day_manifests import DayManifests
from yorutsuke_pipeline.engine.dead_letter_box import DeadLetterBox
from yorutsuke_pipeline.engine.enqueuing import Enqueuer
from yorutsuke_pipeline.engine.feeding import Feeder
from yorutsuke_pipeline.engine.manifest import ManifestReport
from yorutsuke_pipeline.engine.order_desk import OrderDesk
from yorutsuke_pipeline.engine.orders import Wanted
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.engine.quoting import Quoter
from yorutsuke_pipeline.engine.redriving import Redriver
from yorutsuke_pipeline.engine.stopping import Stopper
from yorutsuke_pipeline.workloads.violations.publisher import ViolationsPublisher
from yorutsuke_pipeline.workloads.violations.source import ViolationsSource
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload
from yorutsuke_pipeline_tests.engine.nights import DAY, POLICY, Night, NightReport, Stages, night_of
from yorutsuke_pipeline_tests.fakes.batch_service import FakeBatchService
from yorutsuke_pipeline_tests.fakes.model import FakeModel, nova_output
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore
from yorutsuke_pipeline_tests.fakes.record_book import FakeRecordBook
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable
from yorutsuke_pipeline_tests.fakes.violations_table import FakeViolationsTable
from yorutsuke_pipeline_tests.workloads.violations.rows import ROOFER

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.archive import ArchiveReport
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.raw_output import RawOutputReport
    from yorutsuke_pipeline.engine.results import ResultsReport
    from yorutsuke_pipeline.engine.submission import SubmissionReport

# Orders are of the day in Tokyo on which they are placed: images of the day before wait in another one.
ORDER_DAY = date(2026, 1, 10)


@dataclass(frozen=True)
class OrderStages(Stages):
    """The stages of a night, and those that only orders need."""

    desk: OrderDesk
    feeder: Feeder
    day_manifests: DayManifests


class FirstHalf(NamedTuple):
    """What the stages before the hours of waiting reported; of manifests, the last."""

    manifest: ManifestReport
    submission: SubmissionReport


class SecondHalf(NamedTuple):
    """What the stages after them reported."""

    raw_output: RawOutputReport
    results: ResultsReport
    archive: ArchiveReport


@dataclass
class OrderedNight(Night):
    """A night in which callers order.

    Attributes:
        register: What orders select from, and where results are published; None if callers name images.
        days: Of which runs there are in a night.
    """

    register: FakeViolationsTable | None = None
    days: tuple[date, ...] = (ORDER_DAY, DAY)

    @property
    def desk(self) -> OrderDesk:
        """A desk that nothing happens to."""
        return self.stages().desk

    def stages(self, wrap: Callable[[Any], Any] = lambda port: port) -> OrderStages:
        """Return the stages over the fakes, each port wrapped."""
        of_the_night = super().stages(wrap)
        manifest, names = of_the_night.manifest, (self.workload.name, f"{self.workload.name}-trial")
        register = self.register
        source = None if register is None else wrap(ViolationsSource(lambda: register))
        records, book = wrap(FakeRecordBook(self.pending)), FixedQuotas(self.policy.quotas)
        quoter = Quoter(self.workload, self.policy, self.prices, records, manifest.ledger, book)
        desk = OrderDesk(
            opening=manifest,
            quoter=quoter,
            stopper=Stopper(names, manifest.ledger, of_the_night.submitter.service, self.clock, manifest.events),
            letters=DeadLetterBox(self.workload.name, manifest.pending, manifest.ledger, manifest.objects, 1),
            redriver=Redriver(manifest.pending, manifest.ledger),
            source=source,
        )
        enqueuer = Enqueuer(manifest.pending, manifest.ledger, workers=1)
        feeder = Feeder(quoter, enqueuer, manifest.objects, self.clock, source)
        return OrderStages(**vars(of_the_night), desk=desk, feeder=feeder, day_manifests=DayManifests(manifest))

    def prepare(self, day: date = ORDER_DAY, stages: Stages | None = None, *, only: str | None = None) -> FirstHalf:
        """Run the first half of a day, or of one intent."""
        through = self._through(stages)
        through.feeder.feed(day, only=only)
        manifests = through.day_manifests.write(day, only=only)
        return FirstHalf(manifests[-1] if manifests else ManifestReport(), through.submitter.submit(day, only=only))

    def ingest(self, day: date = ORDER_DAY, stages: Stages | None = None, *, only: str | None = None) -> SecondHalf:
        """Run the second half of a day, or of one intent."""
        through = self._through(stages)
        raw_output, results = through.collector.collect(day, only=only), through.recorder.record(day, only=only)
        return SecondHalf(raw_output, results, through.archiver.archive(day, only=only))

    def run(self, stages: Stages | None = None) -> NightReport:
        """Run every stage once for each day, orders first; the jobs end in between. Returns the report on orders."""
        first, *_ = [self.prepare(day, stages) for day in self.days]
        self.end_jobs()
        second, *_ = [self.ingest(day, stages) for day in self.days]
        return NightReport(*first, second.raw_output, second.results, second.archive)

    def _through(self, stages: Stages | None) -> OrderStages:
        through = stages or self.stages()
        assert isinstance(through, OrderStages)
        return through


@dataclass
class ViolationsNight(OrderedNight):
    """A night in which callers order texts for violations that they select."""

    register: FakeViolationsTable = field(default_factory=FakeViolationsTable)
    # All that is selected waits in the day of its order.
    days: tuple[date, ...] = (ORDER_DAY,)

    def asked_about(self, body: dict[str, Any]) -> str:
        """Return which violation a question is about."""
        prompt: str = body["messages"][0]["content"][0]["text"]
        return str(json.loads(prompt.rpartition("<violation>")[2].removesuffix("</violation>"))["violationId"])

    def source_of(self, identity: str) -> str | None:  # noqa: ARG002 — whatever the violation
        """Return None: a violation's row says it all."""
        return None

    def say(self, body: dict[str, Any]) -> dict[str, Any]:
        """Answer a question as the model: as told the first time, well when told what was wrong."""
        identity, good = self.asked_about(body), json.dumps(ROOFER.answer())
        was_told = "earlier answer was not accepted" in body["messages"][0]["content"][0]["text"]
        is_good = was_told and identity not in self.stubborn
        return nova_output(good if is_good else self.answers.get(identity, good))


def images_night(count: int, *, policy: Policy = POLICY, rows: dict[str, dict[str, Any]] | None = None) -> OrderedNight:
    """Return a night before which `img-1` to `img-{count}` wait, and can be named."""
    plain = night_of(count, policy=policy, rows=rows)
    night = OrderedNight(plain.pending, plain.objects, policy)
    return _with_answers(night)


def violations_night(count: int, *, policy: Policy = POLICY) -> ViolationsNight:
    """Return a night before which the register has `v-01` to `v-{count}`, and nothing waits."""
    night = ViolationsNight(
        FakeRecordTable(shape=WAITING),
        FakeObjectStore(),
        policy,
        table=FakeResultsTable(shape=CONTENT),
        workload=ViolationsWorkload(),
    )
    night.register.rows = [replace(ROOFER.row, violation_id=f"v-{number:02d}") for number in range(1, count + 1)]
    night.publisher = ViolationsPublisher(lambda: night.register)
    _with_answers(night)
    return night


def _with_answers(night: OrderedNight) -> OrderedNight:
    night.service = FakeBatchService(clock=night.clock)
    night.model = FakeModel(night.say)
    return night


def named(*identities: str, name: str | None = "lunch-1", owner: str = "user-1", **changes: Any) -> Wanted:  # noqa: ANN401 — of any field
    """Return the wish of a user for images."""
    return Wanted(owner, name, identities=identities, **changes)


def selected(most: int, *, name: str | None = "texts-1", **changes: Any) -> Wanted:  # noqa: ANN401 — of any field
    """Return the wish of an admin for texts about the first violations without one."""
    return Wanted("admin", name, selection={"limits": {"maxViolations": most}}, **changes)
