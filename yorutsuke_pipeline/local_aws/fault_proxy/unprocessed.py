"""A DynamoDB batch of which only a part is done: what is forwarded, and what comes back as unprocessed.

What belongs here: the two documents, request and answer. What is kept out: sending them (`misbehaviour`).
The API: `UnprocessedItems` of BatchWriteItem, `UnprocessedKeys` of BatchGetItem.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SplitBatch:
    """A batch in two parts.

    Attributes:
        forwarded: The request's body with the first part only; None where nothing is left to be asked.
        held_back: The rest, by table, as the answer has it.
        answer: What the service would say to a batch of which it did nothing, without the rest.
    """

    forwarded: bytes | None
    held_back: dict[str, Any]
    answer: dict[str, Any]
    _rest_name: str

    def unanswered(self) -> bytes:
        """Return the answer's body where nothing was forwarded."""
        return self.completed(json.dumps(self.answer).encode())

    def completed(self, answer: bytes) -> bytes:
        """Return the service's answer with what was held back among the unprocessed."""
        document = json.loads(answer)
        rest = dict(self.held_back)
        for table, unprocessed in document.get(self._rest_name, {}).items():
            # What the service itself has left, in front: both parts are of one table's form.
            rest[table] = _joined(unprocessed, rest[table]) if table in rest else unprocessed
        return json.dumps({**document, self._rest_name: rest}, ensure_ascii=False).encode()


def split_batch(operation: str, body: bytes, share: float) -> SplitBatch | None:
    """Split a BatchWriteItem or BatchGetItem after a share of its items, rounded down: one at least is held back.

    Returns:
        The two parts; None where all is to be forwarded, or the body is no batch (the service's to refuse).
    """
    try:
        request = json.loads(body)
        tables = {table: (asked, _items(asked)) for table, asked in request["RequestItems"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    total = sum(len(items) for _, items in tables.values())
    left = int(total * share)
    if left == total:
        return None
    kept, held_back = {}, {}
    for table, (asked, items) in tables.items():
        taken = items[:left]
        left -= len(taken)
        if taken:
            kept[table] = _like(asked, taken)
        if len(taken) < len(items):
            held_back[table] = _like(asked, items[len(taken) :])
    is_write = operation == "BatchWriteItem"
    return SplitBatch(
        forwarded=json.dumps({**request, "RequestItems": kept}, ensure_ascii=False).encode() if kept else None,
        held_back=held_back,
        answer={} if is_write else {"Responses": {table: [] for table in tables}},
        _rest_name="UnprocessedItems" if is_write else "UnprocessedKeys",
    )


def _items(asked: Any) -> list[Any]:  # noqa: ANN401 — JSON
    # A write lists its requests; a read has its keys beside what to do with them.
    items: list[Any] = asked if isinstance(asked, list) else asked["Keys"]
    return items


def _like(asked: Any, items: list[Any]) -> Any:  # noqa: ANN401 — JSON
    return items if isinstance(asked, list) else {**asked, "Keys": items}


def _joined(first: Any, second: Any) -> Any:  # noqa: ANN401 — JSON
    return _like(first, _items(first) + _items(second))
