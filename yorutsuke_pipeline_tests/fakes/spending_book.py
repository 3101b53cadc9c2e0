"""What was spent, in memory."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import LostRaceError
from yorutsuke_pipeline.engine.spending import Amounts, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from yorutsuke_pipeline.engine.budgets import Budgets


class FakeSpendingBook:
    """Implements `SpendingBook`; `entries` by intent are there to be looked at, and the sums are made of them."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._lock = Lock()

    def entry(self, intent_id: str) -> Entry | None:
        return self.entries.get(intent_id)

    def post(self, entry: Entry, before: Entry | None, budgets: Budgets) -> bool:
        with self._lock:
            stored = self.entries.get(entry.intent_id)
            if (stored.version if stored else 0) != (before.version if before else 0):
                raise LostRaceError(f"the entry of {entry.intent_id} was changed by another run")
            former = dict(self.entries)
            self.entries[entry.intent_id] = replace(entry, version=(before.version if before else 0) + 1)
            days = self.month(entry.day)
            old_days = self._sums(former, entry.day)
            for limit, now, then in (
                (budgets.day_usd, days[entry.day].usd, old_days.get(entry.day, Amounts()).usd),
                (budgets.month_usd, _usd(days), _usd(old_days)),
            ):
                if limit is not None and now > limit and now > then:
                    self.entries = former
                    return False
            return True

    def month(self, day: date) -> Mapping[date, Amounts]:
        return self._sums(self.entries, day)

    @staticmethod
    def _sums(entries: Mapping[str, Entry], day: date) -> dict[date, Amounts]:
        sums: dict[date, Amounts] = {}
        for entry in sorted(entries.values(), key=lambda entry: entry.day):
            if (entry.day.year, entry.day.month) == (day.year, day.month):
                sums[entry.day] = sums.get(entry.day, Amounts()) + entry.amounts
        return sums


def _usd(days: Mapping[date, Amounts]) -> Decimal:
    return sum((amounts.usd for amounts in days.values()), Decimal(0))
