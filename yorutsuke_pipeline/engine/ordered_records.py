"""The records of an order: those that its list names, as their rows are now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.streams import end, json_line, map_bounded, read_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.orders import Order
    from yorutsuke_pipeline.engine.ports import ObjectStore, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord

_LONGEST_SELECTION = 1_000_000


def ordered_records(
    intent: Intent, objects: ObjectStore, pending: PendingRecords, *, workers: int
) -> Iterator[PendingRecord]:
    """Yield those of an order's records that wait, claimed ones included, in the order's order."""
    key = layout.order_records_key(intent.intent_id, order_of(intent).fingerprint)
    identities = (document["identity"] for document in read_json_lines(objects, key))
    found = map_bounded(pending.find, identities, workers=workers)
    try:
        yield from (record for record in found if record is not None and record.waits)
    finally:
        end(found)


def write_ordered(intent_id: str, order: Order, objects: ObjectStore, identities: Iterable[str]) -> None:
    """Write the list of an order's records, each once, unless it is there: what was ordered first stays."""
    # A source may say a record twice, and one line too many in a job would be paid for.
    content = b"".join(json_line({"identity": identity}) for identity in dict.fromkeys(identities))
    objects.create(layout.order_records_key(intent_id, order.fingerprint), content)


def has_list(intent: Intent, objects: ObjectStore) -> bool:
    """Tell whether an order's list of records is written."""
    return objects.head(layout.order_records_key(intent.intent_id, order_of(intent).fingerprint)) is not None


def write_selection(intent_id: str, order: Order, objects: ObjectStore, selection: Mapping[str, Any]) -> None:
    """Write what an order selects, unless it is there."""
    objects.create(layout.order_selection_key(intent_id, order.fingerprint), json.dumps(selection).encode())


def read_selection(intent: Intent, objects: ObjectStore) -> dict[str, Any]:
    """Return what an order selects.

    Raises:
        PermanentError: It is gone: an order is kept for 30 days.
    """
    key = layout.order_selection_key(intent.intent_id, order_of(intent).fingerprint)
    found = objects.read(key, longest=_LONGEST_SELECTION)
    if found is None:
        raise PermanentError(f"{key} is gone, so nobody knows what {intent.intent_id} ordered; place the order again")
    selection: dict[str, Any] = json.loads(found[1])
    return selection


def order_of(intent: Intent) -> Order:
    """Return an intent's order, where it is known to have one."""
    if intent.order is None:
        raise PermanentError(f"{intent.intent_id} is no order")
    return intent.order
