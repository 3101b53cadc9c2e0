"""The manifests of a day: one for each order that is open, and as many as the day's own records need.

What belongs here: how many intents there are to be. How one is claimed, written and sealed is `manifest.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED
from yorutsuke_pipeline.engine.day_intents import intents_in, is_numbered
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.manifest import ManifestReport, ManifestWriter
from yorutsuke_pipeline.engine.ordered_records import has_list

if TYPE_CHECKING:
    from datetime import date

_CHANGED = "its files were changed after it was prepared; place the order again under another name"


@dataclass(frozen=True)
class DayManifests:
    """The stage, over the writer of one manifest."""

    writer: ManifestWriter

    def write(self, day: date, *, only: str | None = None) -> list[ManifestReport]:
        """Write the manifests of a day's open orders, and of its own records; with `only`, of that intent.

        Returns a report for each intent; one without an intent if the day itself needs none, or leaves some waiting.

        Raises:
            BudgetExceededError: As `ManifestWriter.write`; what passes the budget of an order closes that one instead.
            ConfigurationError: A setting is wrong.
        """
        reports = [self._carry_out(intent) for intent in self._orders(day, only)]
        if only is None or is_numbered(only):
            reports += self._own(day)
        return reports

    def _orders(self, day: date, only: str | None) -> list[Intent]:
        writer, statuses = self.writer, (IntentStatus.OPEN, IntentStatus.MANIFESTED)
        found = intents_in(writer.ledger, writer.workload.name, day, *statuses, only=only)
        return [intent for intent in found if intent.order is not None]

    def _own(self, day: date) -> list[ManifestReport]:
        reports: list[ManifestReport] = []
        sealed: set[str] = set()
        while True:
            report = self.writer.write(day, leaving=sealed)
            if report.intent is not None or report.left_waiting or not reports:
                reports.append(report)
            if report.intent is None or not report.may_leave_more:
                return reports
            sealed.add(report.intent.intent_id)

    def _carry_out(self, intent: Intent) -> ManifestReport:
        if intent.status is IntentStatus.MANIFESTED:
            return self._resumed(intent)
        if not has_list(intent, self.writer.objects):
            # What it selects is not in line yet: the stage before does that, and closing it would lose it.
            return ManifestReport(intent)
        return self.writer.write_order(intent)

    def _resumed(self, intent: Intent) -> ManifestReport:
        writer, jobs = self.writer, self.writer.jobs(intent)
        if any(job.status != PLANNED for job in jobs) or writer.is_intact(jobs):
            return ManifestReport(intent, jobs)
        taken = writer.taken_over(intent, jobs)
        return ManifestReport(writer.give_up(taken, layout.records_key_of(jobs[0].part_key), note=_CHANGED))
