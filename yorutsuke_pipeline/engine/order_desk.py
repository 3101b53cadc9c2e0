"""The desk at which callers order: estimates, orders under names of their own, how these stand, stopping them.

What belongs here: the rules. An order is written down and nothing else is done: the completion sensor sees it and
launches its run. So the same order twice, from however many processes, is one row that only one of them puts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED
from yorutsuke_pipeline.engine.errors import (
    BudgetExceededError,
    ConfigurationError,
    NothingToOrderError,
    OrderConflictError,
    PermanentError,
)
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.order_names import name_of_another, ordered_intent
from yorutsuke_pipeline.engine.order_states import STOPPED_NOTE, order_state
from yorutsuke_pipeline.engine.ordered_records import order_of, write_ordered, write_selection
from yorutsuke_pipeline.engine.orders import Estimate, OrderPage, OrderStatus, Placed, Wanted, policy_of
from yorutsuke_pipeline.engine.pictures import check_images
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.engine.redriving import Verdict
from yorutsuke_pipeline.engine.stopping import StopOutcome
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.dead_letter_box import Case, DeadLetterBox
    from yorutsuke_pipeline.engine.opening import Opening
    from yorutsuke_pipeline.engine.orders import OrderState
    from yorutsuke_pipeline.engine.ports import RecordSource
    from yorutsuke_pipeline.engine.quoting import Quoter
    from yorutsuke_pipeline.engine.redriving import Redriver
    from yorutsuke_pipeline.engine.stopping import Stopper


@dataclass(frozen=True)
class OrderDesk:
    """The rules, over those of opening intents, of quoting, of stopping and of dead letters."""

    opening: Opening
    quoter: Quoter
    stopper: Stopper
    letters: DeadLetterBox
    redriver: Redriver
    source: RecordSource | None = None

    def estimate(self, wanted: Wanted) -> Estimate:
        """Return what an order would ask about, and what that would cost. Nothing is written.

        Raises:
            NothingToOrderError: No record is left that it asks for; the message says why.
            ConfigurationError: Its model is none that can be asked.
        """
        intent = self._intent(wanted)
        check_images(self.opening.workload, policy_of(intent, self.opening.policy))
        quoter = self.quoter.ordering(intent)
        if wanted.identities is not None:
            # Who names records wants them all: a budget does not choose among them, it refuses (`place`).
            quoter = replace(quoter, policy=replace(quoter.policy, budget_usd=None))
        most = len(wanted.identities) if wanted.identities is not None else self._source.most(self._selection(wanted))
        estimate = quoter.quote(self._to_be_had(quoter, wanted), most=most)
        if estimate.record_count == 0:
            raise NothingToOrderError(self._why_none(wanted, estimate))
        return estimate

    def known(self, wanted: Wanted) -> Placed | None:
        """Return the order that `place` would find under this name, or None. Nothing is written.

        Raises:
            OrderConflictError: As `place`.
            ConfigurationError: Its name cannot be used.
        """
        return self._known(self._intent(wanted))

    def place(self, wanted: Wanted) -> Placed:
        """Write an order down, or return the one that is there under its name.

        Raises:
            OrderConflictError: The name is taken by an order for something else, or of somebody else.
            NothingToOrderError: As `estimate`.
            BudgetExceededError: What it names would pass its budget, or that of the deployment.
            ConfigurationError: Its name or its model cannot be used.
        """
        intent = self._intent(wanted)
        known = self._known(intent)
        if known is not None:
            return known
        estimate = self.estimate(wanted)
        self._check_budget(intent, estimate)
        order = replace(order_of(intent), estimate=estimate)
        intent, objects = replace(intent, order=order), self.opening.objects
        if wanted.identities is not None:
            write_ordered(intent.intent_id, order, objects, wanted.identities)
        else:
            write_selection(intent.intent_id, order, objects, self._selection(wanted))
        if not self.opening.ledger.create(intent):
            known = self._known(intent)
            if known is not None:
                return known
        return Placed(self._state(intent), estimate, cached=False)

    def state(self, intent_id: str) -> OrderState | None:
        """Return how an order of this workload stands; None if there is none of that name."""
        intent = self._order(intent_id)
        if intent is None:
            return None
        state, spending = self._state(intent), self.opening.spending
        if state.status is OrderStatus.PREPARED and spending.has_budget:
            # Why its run could not go on; it does once a person has made room.
            return replace(state, message=spending.objection(intent))
        return state

    def listing(self, *, day: date | None, status: OrderStatus | None, after: str | None, most: int) -> OrderPage:
        """Return orders, the newest first; with a status, those of a page that have it, which may be none.

        Raises:
            ValueError: No page said `after`.
        """
        page = self.opening.ledger.listing(self.opening.workload.name, day=day, before=after, most=most)
        orders = [intent for intent in page.intents if intent.order is not None]
        jobs = self.opening.ledger.jobs_of(orders)
        states = [self._stands(intent, jobs[intent.intent_id]) for intent in orders]
        return OrderPage(tuple(state for state in states if status in {None, state.status}), page.before)

    def stop(self, intent_id: str) -> OrderState:
        """Stop an order: give it up if nothing of it is submitted, else have its jobs stopped.

        What was answered until then is kept. One that has ended stays as it is.

        Raises:
            PermanentError: There is no such order.
            LostRaceError: A run has just gone on with it; stop it again.
        """
        intent = self._order(intent_id)
        if intent is None:
            raise PermanentError(f"there is no order {intent_id!r}")
        jobs = list(self.opening.jobs(intent))
        if intent.status is IntentStatus.OPEN:
            self.opening.give_up(
                intent, layout.records_key(intent_id, intent.version), note=f"{STOPPED_NOTE} on request"
            )
        elif intent.status is IntentStatus.MANIFESTED and all(job.status == PLANNED for job in jobs):
            taken = self.opening.taken_over(intent, tuple(jobs))
            self.opening.give_up(taken, layout.records_key_of(jobs[0].part_key), note=f"{STOPPED_NOTE} on request")
        elif intent.is_open:
            stops = self.stopper.stop([job for job in jobs if not job.has_ended])
            if any(stop.outcome in {StopOutcome.STOPPING, StopOutcome.WITHDRAWN} for stop in stops):
                self._note_stopped(intent_id)
        return self.state(intent_id) or self._state(intent)

    def _note_stopped(self, intent_id: str) -> None:
        """Note that an order's jobs were stopped by a person: what they leave is not wanted by any night.

        Nothing is noted while a run may be submitting it, nor twice.
        """
        intent = self.opening.ledger.intent(intent_id)
        if intent is not None and intent.status is IntentStatus.SUBMITTED and intent.note is None:
            self.opening.ledger.save(replace(intent, note=f"{STOPPED_NOTE} on request"))

    def redrive(self, intent_id: str, owner: str) -> Placed | None:
        """Order again what an order rejected and what waits for a person; None if nothing of it does.

        Done again, by whoever got no answer, it is the same new order: as long as the records are where this put them.

        Raises:
            PermanentError: There is no such order.
        """
        intent = self._order(intent_id)
        if intent is None:
            raise PermanentError(f"there is no order {intent_id!r}")
        again = [each for each in map(self._redriven, self.letters.cases_of(intent)) if each is not None]
        if not again:
            return None
        identities = tuple(record.identity for record in again)
        return self.place(
            Wanted(owner, name_of_another(intent, again), identities=identities, model_id=intent.model_id)
        )

    def _redriven(self, case: Case) -> PendingRecord | None:
        """Put a record that waits for a person back in line; return it if that was done, now or before."""
        is_done = self.redriver.redrive(case, even_discarded=False).verdict is Verdict.DONE
        record = case.record
        return (
            record if record is not None and (is_done or (record.waits and "redrivenAt" in record.attributes)) else None
        )

    def _intent(self, wanted: Wanted) -> Intent:
        opening = self.opening
        return ordered_intent(wanted, opening.workload, opening.policy.model_id, opening.clock.now())

    def _known(self, intent: Intent) -> Placed | None:
        """Return the order that is there under the name of this one, if it is the same."""
        there = self.opening.ledger.intent(intent.intent_id)
        if there is None:
            return None
        order = there.order
        if order is None or order.fingerprint != order_of(intent).fingerprint:
            raise OrderConflictError(
                f"{intent.intent_id} is the name of another order, or of another caller's; choose another name"
            )
        return Placed(self._state(there), order.estimate or Estimate(0, 0, None), cached=True)

    def _to_be_had(self, quoter: Quoter, wanted: Wanted) -> Iterator[PendingRecord]:
        if wanted.identities is None:
            return quoter.to_be_had(self._source.select(self._selection(wanted)), is_new=True)
        named = quoter.to_be_had(map(PendingRecord, dict.fromkeys(wanted.identities)), is_new=False)
        owner_of = self.opening.workload.owner_of
        return (record for record in named if owner_of(record) in {None, wanted.owner})

    def _why_none(self, wanted: Wanted, estimate: Estimate) -> str:
        if estimate.note is not None:
            return f"not one record can be asked about: {estimate.note}"
        if wanted.identities is not None:
            return f"none of the {len(wanted.identities)} records named waits to be asked about"
        if any(True for _ in self._source.select(self._selection(wanted))):
            listing = command(self.opening.workload.name, "dead-letters list")
            return f"all that is selected is taken: in an order that is open, answered, or a dead letter (`{listing}`)"
        return self._source.why_none(self._selection(wanted))

    def _check_budget(self, intent: Intent, estimate: Estimate) -> None:
        """Refuse before anything is written what its budget, or one of the deployment, would refuse later."""
        objection = self.opening.spending.objection(replace(intent, estimate_usd=estimate.cost_usd))
        if objection is not None:
            raise BudgetExceededError(objection)

    def _order(self, intent_id: str) -> Intent | None:
        intent = self.opening.ledger.intent(intent_id)
        if intent is None or intent.order is None or intent.workload != self.opening.workload.name:
            return None
        return intent

    def _state(self, intent: Intent) -> OrderState:
        return self._stands(intent, self.opening.jobs(intent))

    def _stands(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> OrderState:
        return order_state(intent, jobs, policy_of(intent, self.opening.policy))

    def _selection(self, wanted: Wanted) -> dict[str, object]:
        return dict(wanted.selection or {})

    @property
    def _source(self) -> RecordSource:
        if self.source is None:
            raise ConfigurationError(f"{self.opening.workload.name} selects nothing: name the records")
        return self.source
