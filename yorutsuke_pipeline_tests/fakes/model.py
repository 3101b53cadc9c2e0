"""A model that says what the test says, in Nova's form."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RECEIPT = {
    "amount": 1500,
    "currency": "JPY",
    "type": "expense",
    "date": "2026-01-09",
    "merchant": "コンビニ",
    "category": "purchase",
    "description": "文具",
}


def nova_output(text: str, *, stop_reason: str = "end_turn") -> dict[str, Any]:
    """Return InvokeModel's answer that says `text`."""
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 1000, "outputTokens": 100, "totalTokens": 1100},
    }


def read_receipt(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 — a model is asked something
    """Answer that any image is the same receipt."""
    return nova_output(json.dumps(RECEIPT))


class FakeModel:
    """Implements `OnDemandModel`; raises `failures` in turn first, then gives `answer` of each body.

    `asked` holds every body that was paid for: one whose failure is `after_effect` is among them.
    """

    def __init__(
        self,
        answer: Callable[[dict[str, Any]], dict[str, Any]] = read_receipt,
        *,
        failures: Iterable[Exception] = (),
        after_effect: bool = False,
    ) -> None:
        self._answer = answer
        self._failures = list(failures)
        self._after_effect = after_effect
        self._lock = Lock()
        self.asked: list[dict[str, Any]] = []

    def invoke(self, model_id: str, body: bytes) -> dict[str, Any]:  # noqa: ARG002 — the port's signature
        question = json.loads(body)
        with self._lock:
            failure = self._failures.pop(0) if self._failures else None
            if failure is None or self._after_effect:
                self.asked.append(question)
        if failure is not None:
            raise failure
        return self._answer(question)
