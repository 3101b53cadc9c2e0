"""A night on fakes: images that wait, a service that answers as it is told, and the stages between them.

What belongs here: builders of rows and pictures, and the world around the stages. What must hold after a
night is in `invariants.py`; dying in the middle of one is in `interruptions.py`.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.archive import Archiver, ArchiveReport
from yorutsuke_pipeline.engine.batch_job import COMPLETED, PARTIALLY_COMPLETED
from yorutsuke_pipeline.engine.manifest import ManifestReport, ManifestWriter
from yorutsuke_pipeline.engine.policy import Images, Policy
from yorutsuke_pipeline.engine.quotas import FixedQuotas, Quotas
from yorutsuke_pipeline.engine.raw_output import RawOutputCollector, RawOutputReport
from yorutsuke_pipeline.engine.results import ResultRecorder, ResultsReport
from yorutsuke_pipeline.engine.spending import Spending
from yorutsuke_pipeline.engine.submission import SubmissionReport, Submitter
from yorutsuke_pipeline.engine.watching import Watch
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline_tests.fakes.batch_service import FakeBatchService
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.event_log import FakeEventLog
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger
from yorutsuke_pipeline_tests.fakes.metrics import FakeMetrics
from yorutsuke_pipeline_tests.fakes.model import RECEIPT, FakeModel, nova_output
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable
from yorutsuke_pipeline_tests.fakes.spending_book import FakeSpendingBook
from yorutsuke_pipeline_tests.fakes.switch import FakeSwitch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from yorutsuke_pipeline.engine.ports import Publisher
    from yorutsuke_pipeline.engine.workload import Workload

DAY = date(2026, 1, 9)
FIRST = "receipts-2026-01-09-001"
SECOND = "receipts-2026-01-09-002"
POLICY = Policy(
    model_id="amazon.nova-lite-v1:0",
    role_arn="arn:aws:iam::000000000000:role/batch",
    quotas=Quotas(fewest_records=3, most_records=4, running_jobs=1_000),
    concurrency=1,
)

PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 100, 200)
# As the deployment that sends images by the places of their copies.
LOCATED = replace(POLICY, images=Images.S3_LOCATION)


def source_key(identity: str) -> str:
    return f"uploads/user-1/{identity}.png"


def waiting_row(identity: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 — rows hold anything
    """Return the row of an image that waits."""
    row = {
        "imageId": identity,
        "userId": "user-1",
        "s3Key": source_key(identity),
        "uploadedAt": f"2026-01-09T03:00:00.000Z#{identity}",
        "status": "pending",
        "pendingDate": DAY.isoformat(),
        **changes,
    }
    return {name: value for name, value in row.items() if value is not None}


def picture(identity: str) -> bytes:
    """Return the header of a PNG of 100 x 200 pixels that no other image has."""
    return PICTURE + identity.encode()


def pictured(body: dict[str, Any]) -> str:
    """Return which image a question in Nova's form is about."""
    image = body["messages"][0]["content"][0]["image"]
    return base64.b64decode(image["source"]["bytes"]).removeprefix(PICTURE).decode()


@dataclass(frozen=True)
class Stages:
    """The stages of a day, over one set of ports."""

    manifest: ManifestWriter
    submitter: Submitter
    watch: Watch
    collector: RawOutputCollector
    recorder: ResultRecorder
    archiver: Archiver
    spending: Spending


@dataclass(frozen=True)
class NightReport:
    """What each stage reported."""

    manifest: ManifestReport
    submission: SubmissionReport
    raw_output: RawOutputReport
    results: ResultsReport
    archive: ArchiveReport


@dataclass
class Night:
    """The tables, the bucket and the service of one deployment, all in memory.

    Attributes:
        answers: By image: what the model says when it is asked without a reason.
        stubborn: Images of which the model says the same even when it is told what was wrong.
        unanswered: Images that a job leaves out, once each; the job is then PartiallyCompleted.
    """

    pending: FakeRecordTable
    objects: FakeObjectStore
    policy: Policy = POLICY
    ledger: FakeIntentLedger = field(default_factory=FakeIntentLedger)
    table: FakeResultsTable = field(default_factory=FakeResultsTable)
    events: FakeEventLog = field(default_factory=FakeEventLog)
    clock: FakeClock = field(default_factory=FakeClock)
    prices: FixedPrices = field(default_factory=FixedPrices)
    spending_book: FakeSpendingBook = field(default_factory=FakeSpendingBook)
    service: FakeBatchService = field(default_factory=FakeBatchService)
    model: FakeModel = field(default_factory=FakeModel)
    answers: dict[str, str] = field(default_factory=dict)
    stubborn: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    metrics: FakeMetrics = field(default_factory=FakeMetrics)
    switch: FakeSwitch = field(default_factory=FakeSwitch)
    workload: Workload = field(default_factory=ReceiptsWorkload)
    publisher: Publisher | None = None

    def stages(self, wrap: Callable[[Any], Any] = lambda port: port) -> Stages:
        """Return the stages over the fakes, each port wrapped."""
        workload, policy, clock = self.workload, self.policy, self.clock
        pending, ledger, objects = wrap(self.pending), wrap(self.ledger), wrap(self.objects)
        events, table, service = wrap(self.events), wrap(self.table), wrap(self.service)
        book = FixedQuotas(policy.quotas)
        watch = Watch(policy, ledger, service, clock, book)
        spending = Spending(policy, self.prices, wrap(self.spending_book), clock)
        return Stages(
            ManifestWriter(
                workload, policy, pending, ledger, objects, events, clock, spending, book, metrics=self.metrics
            ),
            Submitter(
                workload,
                policy,
                ledger,
                objects,
                service,
                wrap(self.model),
                events,
                clock,
                spending,
                book,
                switch=self.switch,
            ),
            watch,
            RawOutputCollector(workload, ledger, objects, watch, spending, events),
            ResultRecorder(workload, policy, pending, ledger, objects, table, events, clock),
            Archiver(
                workload,
                policy,
                pending,
                ledger,
                objects,
                table,
                events,
                clock,
                metrics=self.metrics,
                publisher=None if self.publisher is None else wrap(self.publisher),
            ),
            spending,
        )

    def run(self, stages: Stages | None = None) -> NightReport:
        """Run every stage once; the jobs end in between."""
        through = stages or self.stages()
        manifest, submission = through.manifest.write(DAY), through.submitter.submit(DAY)
        self.end_jobs()
        raw_output, results = through.collector.collect(DAY), through.recorder.record(DAY)
        return NightReport(manifest, submission, raw_output, results, through.archiver.archive(DAY))

    def submit(self) -> None:
        """Run the first half."""
        stages = self.stages()
        stages.manifest.write(DAY)
        stages.submitter.submit(DAY)

    def run_until_settled(self) -> list[NightReport]:
        """Run night after night until nothing waits and no intent is open."""
        reports = [self.run()]
        while self.is_unsettled and len(reports) < 10:
            reports.append(self.run())
        return reports

    @property
    def is_unsettled(self) -> bool:
        return any("pendingDate" in row for row in self.pending.rows.values()) or any(
            intent.is_open for intent in self.ledger.intents.values()
        )

    def asked_about(self, body: dict[str, Any]) -> str:
        """Return which record a question is about."""
        source = body["messages"][0]["content"][0]["image"]["source"]
        if "s3Location" not in source:
            return pictured(body)
        key = source["s3Location"]["uri"].removeprefix(f"s3://{self.objects.bucket}/")
        return self.objects.contents[key].removeprefix(PICTURE).decode()

    def source_of(self, identity: str) -> str | None:
        """Return where a record's content lies; None if its row says it all."""
        return source_key(identity) if self.row(identity).get("hadSource", True) else None

    def result_of(self, row: Mapping[str, Any]) -> str:
        """Return which record a result is about."""
        return str(row[self.table.shape.identity])

    def say(self, body: dict[str, Any]) -> dict[str, Any]:
        """Answer a question as the model: as told the first time, well when told what was wrong."""
        identity = self.asked_about(body)
        good = json.dumps({**RECEIPT, "merchant": f"shop of {identity}"})
        was_told = "earlier answer was not accepted" in body["messages"][0]["content"][1]["text"]
        is_good = was_told and identity not in self.stubborn
        return nova_output(good if is_good else self.answers.get(identity, good))

    def end_jobs(self) -> None:
        """Let every job that runs come to its end, with its output."""
        for job_id in [job_id for job_id, state in self.service.states.items() if not state.has_ended]:
            self.service.complete(job_id, self.objects, self.say)
            for key in self.output_keys(job_id):
                self._leave_out(job_id, key)

    def _leave_out(self, job_id: str, key: str) -> None:
        """Take the lines about unanswered images out of a file of output."""
        lines = self.objects.contents[key].splitlines(keepends=True)
        left_out = [line for line in lines if self.asked_about(json.loads(line)["modelInput"]) in self.unanswered]
        if left_out:
            self.unanswered -= {self.asked_about(json.loads(line)["modelInput"]) for line in left_out}
            self.objects.contents[key] = b"".join(line for line in lines if line not in left_out)
            self.service.end(job_id, PARTIALLY_COMPLETED)

    def end(self, status: str, lines: Iterable[bytes] | None = None) -> None:
        """Let the first job end with that status, with those lines of output or none."""
        (job_id, *_) = self.service.states
        if status != COMPLETED or lines is not None:
            self.put_output(job_id, lines or ())
        self.service.end(job_id, status, message="as the test said")

    def output(self, job_id: str) -> list[bytes]:
        """Return the lines that a job wrote."""
        return self.objects.contents[self.output_key(job_id)].splitlines()

    def put_output(self, job_id: str, lines: Iterable[bytes]) -> None:
        """Put other lines in the place of a job's output."""
        self.objects.contents[self.output_key(job_id)] = b"".join(line + b"\n" for line in lines)

    def output_keys(self, job_id: str) -> list[str]:
        """Return the files of answers that a job wrote, one for each part."""
        folder = f"batch-output/{job_id}/"
        return [key for key in self.objects.contents if key.startswith(f"{folder}part-") and key.endswith(".out")]

    def output_key(self, job_id: str) -> str:
        part = self.service.requests[job_id].input_uri.rpartition("/")[2]
        return f"batch-output/{job_id}/{part}.out"

    def lines_of(self, key: str) -> list[dict[str, Any]]:
        """Return the documents of a JSON-lines object, none if it does not exist."""
        return [json.loads(line) for line in self.objects.contents.get(key, b"").splitlines()]

    def row(self, identity: str) -> dict[str, Any]:
        return self.pending.rows[identity]

    def merchants(self) -> set[str]:
        return {row["merchant"] for row in self.table.rows.values()}

    def arrive(self, identity: str, **changes: Any) -> None:  # noqa: ANN401 — rows hold anything
        """Let another image be uploaded."""
        self.pending.rows[identity] = waiting_row(identity, **changes)
        self.objects.contents[source_key(identity)] = picture(identity)


def night_of(
    count: int,
    *,
    rows: Mapping[str, Mapping[str, Any]] | None = None,
    sources: Mapping[str, bytes | None] | None = None,
    policy: Policy = POLICY,
) -> Night:
    """Return a night before which `img-1` to `img-{count}` wait.

    Args:
        count: How many images.
        rows: Attributes of some rows that are otherwise; None takes one away.
        sources: Objects of some images that are otherwise; None takes one away.
        policy: The choices made.
    """
    names = [f"img-{number}" for number in range(1, count + 1)]
    contents = {source_key(name): picture(name) for name in names}
    for name, content in (sources or {}).items():
        if content is None:
            del contents[source_key(name)]
        else:
            contents[source_key(name)] = content
    waiting = [waiting_row(name, **(rows or {}).get(name, {})) for name in names]
    night = Night(FakeRecordTable(waiting), FakeObjectStore(contents), policy)
    night.service = FakeBatchService(clock=night.clock)
    night.model = FakeModel(night.say)
    return night


def with_quotas(**changes: int) -> Policy:
    return replace(POLICY, quotas=POLICY.quotas.told(changes, "the test"))
