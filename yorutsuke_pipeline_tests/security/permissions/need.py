"""A permission that a request needs, in IAM's words."""

from __future__ import annotations

from dataclasses import dataclass

# Of the embedded AWS.
REGION, ACCOUNT = "us-east-1", "000000000000"
_NO_CONTEXT: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, order=True)
class Need:
    """One permission that a request needs; `context` are the condition keys that AWS compares."""

    action: str
    resource: str
    context: frozenset[tuple[str, str]] = _NO_CONTEXT

    def __str__(self) -> str:
        told = "".join(f" with {key} = {value!r}" for key, value in sorted(self.context))
        return f"{self.action} on {self.resource}{told}"
