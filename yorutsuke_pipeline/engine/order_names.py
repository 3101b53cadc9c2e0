"""The names of orders, and what tells two of them apart: derived, so that the same wish made twice is one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.day_intents import is_numbered
from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.identity import check_intent_id, fingerprint
from yorutsuke_pipeline.engine.intent import Intent
from yorutsuke_pipeline.engine.orders import Order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from yorutsuke_pipeline.engine.orders import Wanted
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Workload

# As much of a fingerprint as an id has room for; 12 hex digits of one workload's day do not meet by chance.
_SHOWN = 12


def ordered_intent(wanted: Wanted, workload: Workload, model_id: str, now: datetime) -> Intent:
    """Return the intent that an order is, with the name that it has or that follows from its day and content.

    Args:
        wanted: What is ordered.
        workload: Whose records.
        model_id: The model that is asked if the caller names none.
        now: Its day in Tokyo is the order's.

    Raises:
        ConfigurationError: Its name cannot be an order's.
    """
    content = {
        "workload": workload.name,
        "owner": wanted.owner,
        "identities": wanted.identities,
        "selection": wanted.selection,
        "model": wanted.model_id,
        # The same amount may be written in more than one way.
        "budget": None if wanted.budget_usd is None else f"{wanted.budget_usd.normalize():f}",
        "fewest": wanted.fewest_records,
    }
    marked, day = fingerprint(content), day_of(now)
    given = wanted.intent_id or f"{workload.name}-{day.isoformat()}-r{marked[:_SHOWN]}"
    if is_numbered(given):
        raise ConfigurationError(f"{given!r} is how scheduled intents are named; choose another name")
    return Intent(
        intent_id=check_intent_id(given),
        workload=workload.name,
        day=day,
        model_id=wanted.model_id or model_id,
        prompt_version=workload.prompt_version,
        trace_id=fingerprint({"trace": given})[:32],
        created_at=now,
        order=Order(wanted.owner, marked[:32], wanted.budget_usd, wanted.fewest_records),
    )


def name_of_another(intent: Intent, records: Iterable[PendingRecord]) -> str:
    """Return the name of the order for records that an order gave up and that are in line again.

    It is made of who gave each of them up: once the new order has done so too, the next is another one.
    """
    left_by = [[record.identity, record.attributes.get("lastIntentId")] for record in records]
    return f"{intent.workload}-again-{fingerprint({'model': intent.model_id, 'records': left_by})[:_SHOWN]}"
