"""Violations in Dagster on fakes: rows that orders select, beside a night of receipts in the same tables of intents."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.orders import Wanted
from yorutsuke_pipeline.line import Line
from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline.workloads.violations.line import BLUEPRINT
from yorutsuke_pipeline.workloads.violations.publisher import ViolationsPublisher
from yorutsuke_pipeline.workloads.violations.source import ViolationsSource
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload
from yorutsuke_pipeline_tests.cli.night_product import product_of
from yorutsuke_pipeline_tests.fakes.model import nova_output
from yorutsuke_pipeline_tests.fakes.record_book import FakeRecordBook
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable
from yorutsuke_pipeline_tests.fakes.result_book import FakeResultBook
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable
from yorutsuke_pipeline_tests.fakes.violations_table import FakeViolationsTable
from yorutsuke_pipeline_tests.workloads.violations.rows import ALL

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.orders import Placed
    from yorutsuke_pipeline_tests.engine.nights import Night

# The day on which a night's clock stands: that on which its orders are placed.
ORDER_DAY = "2026-01-10"
SUBMITTED_HALF = tuple("/".join(key) for key in BLUEPRINT.submitted_half)
INGESTED_HALF = tuple("/".join(key) for key in BLUEPRINT.ingested_half)
_CLOCKED = ("manifest_writer", "feeder", "submitter", "stopper", "lateness", "result_recorder", "archiver")
# Less than a text is estimated at.
_USAGE = {"inputTokens": 300, "outputTokens": 100, "totalTokens": 400}


@dataclass
class Register:
    """Violations that wait for a text, and everything that becomes of them; the rest is the night's."""

    night: Night
    table: FakeViolationsTable = field(default_factory=lambda: FakeViolationsTable([told.row for told in ALL.values()]))
    waiting: FakeRecordTable = field(default_factory=lambda: FakeRecordTable((), WAITING))
    texts: FakeResultsTable = field(default_factory=lambda: FakeResultsTable((), CONTENT))

    def stages(self) -> Stages:
        """Return the stages of violations, by the night's clock."""
        line = Line(
            product_of(self.night),
            ViolationsWorkload(),
            self.waiting,
            FakeRecordBook(self.waiting),
            self.texts,
            FakeResultBook(self.texts),
            ViolationsSource(lambda: self.table),
            ViolationsPublisher(lambda: self.table),
        )
        stages = Stages(line)
        for name in _CLOCKED:
            vars(stages)[name] = replace(getattr(stages, name), clock=self.night.clock)
        return stages

    def order(self, **limits: object) -> Placed:
        """Order texts about violations, as the API does."""
        return self.stages().order_desk.place(Wanted("aoi", selection={"limits": limits}))

    def end_jobs(self) -> None:
        """Let every job that runs come to its end, with a right answer about each violation."""
        service = self.night.service
        for job_id in [job_id for job_id, state in service.states.items() if not state.has_ended]:
            service.complete(job_id, self.night.objects, _answer)


def _answer(body: dict[str, Any]) -> dict[str, Any]:
    asked = json.dumps(body, ensure_ascii=False)
    told = next(told for told in ALL.values() if told.row.place + '"' in asked or told.row.company in asked)
    return nova_output(json.dumps(told.answer())) | {"usage": _USAGE}
