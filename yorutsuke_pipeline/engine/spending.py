"""What a deployment spends, held to its budgets: reserved before anything is paid, settled when tokens are counted.

What belongs here: the account as values, and its rules. How an entry and the sums that it goes into change in
one step is the book's (`ports.SpendingBook`); what a token costs is `cost.py`.

Each intent has one entry. It counts on the calendar day in Tokyo on which its money was reserved, whatever
day its records were uploaded, and in that day's month: a backfill of thirty days spends on the night it runs.
Every change replaces the intent's entry, so a step that runs twice counts once. An entry names the version of
its intent: a run that stalled and wakes can neither reserve again nor take back what another has reserved.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.budgets import Budgets, BudgetUse, budgets_of
from yorutsuke_pipeline.engine.cost import INTENT_BUDGET, MATERIALIZE_AGAIN, check_budget
from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.engine.errors import BudgetExceededError, LostRaceError
from yorutsuke_pipeline.engine.orders import policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from yorutsuke_pipeline.engine.cost import TokenUsage
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import Clock, PriceList, SpendingBook


@dataclass(frozen=True)
class Amounts:
    """What adds up over intents, days and months.

    Attributes:
        usd: Settled costs, and estimates of what is not settled yet.
        open_usd: Of these, the estimates.
        on_demand_usd: What the settled part would have cost on demand.
        record_count: Records asked about.
        input_tokens: Of the settled part, as `output_tokens`.
        unpriced_count: Intents whose cost is unknown, and so not in `usd`.
    """

    usd: Decimal = Decimal(0)
    open_usd: Decimal = Decimal(0)
    on_demand_usd: Decimal = Decimal(0)
    record_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    unpriced_count: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(*(mine - its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def saved_usd(self) -> Decimal:
        """How much less was paid than the same tokens would have cost on demand."""
        return self.on_demand_usd - (self.usd - self.open_usd)


@dataclass(frozen=True)
class Entry:
    """What one intent adds to the sums of a day and its month: the row `item = SPENDING` of the batch-jobs table.

    Attributes:
        day: The calendar day in Tokyo on which it counts.
        fence: The version of the intent that the run had read.
        version: Counts the row's writes, as on the intent.
    """

    intent_id: str
    day: date
    amounts: Amounts
    fence: int
    is_settled: bool = False
    version: int = 0


@dataclass(frozen=True)
class Spending:
    """The rules, with the ports they work through.

    Attributes:
        again: How a person has what was refused tried again, in a command.
    """

    policy: Policy
    prices: PriceList
    book: SpendingBook
    clock: Clock
    again: str = MATERIALIZE_AGAIN

    @property
    def budgets(self) -> Budgets:
        """The budgets of a day and a month."""
        return budgets_of(self.policy)

    @property
    def has_budget(self) -> bool:
        """Whether there is any budget to be held to."""
        return self._tightest is not None

    @property
    def _tightest(self) -> Decimal | None:
        budgets = (self.policy.budget_usd, self.policy.daily_budget_usd, self.policy.monthly_budget_usd)
        return min((budget for budget in budgets if budget is not None), default=None)

    def check(self, intent: Intent, amount: Decimal | None) -> None:
        """Hold an estimate to the budget of an intent, which an order may have tightened.

        Raises:
            BudgetExceededError: It passes it; or the model's price is unknown, and there is a budget of any kind.
        """
        own = policy_of(intent, self.policy).budget_usd
        budget = own if amount is not None or own is not None else self._tightest
        check_budget(amount, budget, intent_id=intent.intent_id, remedy=self._remedy(intent))

    def _remedy(self, intent: Intent) -> str:
        """Return what to do about an intent that passes its budget."""
        if policy_of(intent, self.policy).budget_usd != self.policy.budget_usd:
            return "Order less, or with a larger budget"
        return f"Raise {INTENT_BUDGET}, then {self._again(intent)}"

    def _again(self, intent: Intent) -> str:
        return self.again if intent.order is None else "place another order"

    def reserve(self, intent: Intent, amount: Decimal | None) -> None:
        """Reserve what an intent is estimated at, in place of what was reserved for it before.

        Raises:
            BudgetExceededError: It passes a budget; what was reserved before stays so.
            LostRaceError: Another run has gone on with the intent.
        """
        self.check(intent, amount)
        if amount is None:
            return
        reserved = Amounts(usd=amount, open_usd=amount, record_count=intent.record_count)
        entry = Entry(intent.intent_id, day_of(self.clock.now()), reserved, fence=intent.version)
        if not self._replace(entry, self.budgets):
            raise self._refusal(intent, amount)

    def objection(self, intent: Intent) -> str | None:
        """Return why what a sealed intent is to pay next could not be reserved now, None if it could. Only reads."""
        ahead = intent.preflight if intent.preflight is not None and intent.preflight.usage is None else None
        amount = ahead.estimate_usd if ahead is not None else intent.estimate_usd
        try:
            self.check(intent, amount)
        except BudgetExceededError as refusal:
            return str(refusal)
        if amount is None or all(use.has_room_for(amount) for use in self._uses(intent.intent_id)):
            return None
        return str(self._refusal(intent, amount))

    def settle(self, intent: Intent, cost: Decimal | None, on_demand: Decimal | None, usage: TokenUsage) -> None:
        """Put what was really paid for an intent in the place of its estimate; an unknown cost leaves the estimate."""
        before = self.book.entry(intent.intent_id)
        paid = cost if cost is not None else before.amounts.usd if before is not None else Decimal(0)
        amounts = Amounts(
            usd=paid,
            on_demand_usd=paid if on_demand is None else on_demand,
            record_count=intent.record_count,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            unpriced_count=int(cost is None),
        )
        day = before.day if before is not None else day_of(self.clock.now())
        self._replace(Entry(intent.intent_id, day, amounts, fence=intent.version, is_settled=True), Budgets())

    def release(self, intent: Intent) -> None:
        """Take back what was reserved for an intent that is given up with nothing asked."""
        entry = Entry(intent.intent_id, day_of(self.clock.now()), Amounts(), fence=intent.version)
        self._replace(entry, Budgets())

    def month_of(self, intent: Intent) -> Mapping[date, Amounts]:
        """Return the sums of each day of the month in which an intent counts."""
        entry = self.book.entry(intent.intent_id)
        return self.book.month(entry.day if entry is not None else day_of(self.clock.now()))

    def _replace(self, entry: Entry, budgets: Budgets) -> bool:
        """Put an entry in the place of the one that is there; return False if a limit leaves no room for it.

        Raises:
            LostRaceError: The one that is there is of a run that went further.
        """
        before = self.book.entry(entry.intent_id)
        if before is not None and _says_the_same(before, entry):
            return True
        if before is not None and (before.fence > entry.fence or (before.is_settled and not entry.is_settled)):
            raise LostRaceError(f"another run has gone on with {entry.intent_id}; read it again")
        return self.book.post(entry, before, budgets)

    def _uses(self, intent_id: str) -> list[BudgetUse]:
        """Return how far the budgets are used up now by others than an intent, whose entry would be replaced."""
        if self.budgets == Budgets():
            return []
        day = day_of(self.clock.now())
        sums, before = dict(self.book.month(day)), self.book.entry(intent_id)
        if before is not None and before.day in sums:
            sums[before.day] -= before.amounts
        return self.budgets.uses(day, sums)

    def _refusal(self, intent: Intent, amount: Decimal) -> BudgetExceededError:
        uses = self._uses(intent.intent_id)
        # If others gave something back since it was refused, all have room: then it is told of the widest.
        full = next((use for use in uses if not use.has_room_for(amount)), uses[-1])
        return BudgetExceededError(
            f"{intent.intent_id}: the estimate of {amount:.4f} USD does not fit into the {full}; no job was submitted. "
            f"Raise {full.setting}, or {self._again(intent)} {full.next_room}",
        )


def _says_the_same(before: Entry, entry: Entry) -> bool:
    mine = (before.day, before.amounts, before.fence, before.is_settled)
    return mine == (entry.day, entry.amounts, entry.fence, entry.is_settled)
