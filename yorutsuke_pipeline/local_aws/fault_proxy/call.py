"""A call that went through the proxy, the moments at which it can be stopped, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import FaultKind
    from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation


class Moment(Word):
    """When a call can be looked at, held or dropped."""

    BEFORE = "before the effect"
    AFTER = "after the effect, before its answer"


@dataclass(frozen=True)
class Call:
    """One request; an SDK's second try is a call of its own.

    Attributes:
        number: From 1, over all calls since the start or the last reset, in the order in which they arrived.
        operation: What was called.
        connection: The client's connection, from 1.
    """

    number: int
    operation: Operation
    connection: int


@dataclass(frozen=True)
class Outcome:
    """How a call ended.

    Attributes:
        call: Which one.
        fault: What was done to it, if anything.
        status: Of the answer that the client was sent whole; None where it got none, or a part of one.
        seconds: From its arrival to its end.
    """

    call: Call
    fault: FaultKind | None
    status: int | None
    seconds: float
