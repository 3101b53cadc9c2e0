"""The settings in force, and which call of an operation is to be hit next.

Kept out: what a hit looks like on the wire (`service`), and what the settings mean (`faults`).
"""

from collections.abc import Callable

from yorutsuke_pipeline.local_aws.bedrock.errors import (
    AccessDeniedError,
    AwsError,
    ConflictError,
    InternalError,
    ModelTimeoutError,
    NotFoundError,
    QuotaExceededError,
    ThrottlingError,
    UnavailableError,
    ValidationError,
)
from yorutsuke_pipeline.local_aws.bedrock.faults import CallFault, Faults

_ERRORS: dict[str, tuple[type[AwsError], str]] = {
    "throttle": (ThrottlingError, "Too many requests, please wait before trying again."),
    "internal_error": (InternalError, "An internal server error occurred. Retry your request."),
    "unavailable": (UnavailableError, "The service isn't currently available. Try again later."),
    "access_denied": (AccessDeniedError, "You don't have sufficient permissions to perform this action."),
    "validation": (ValidationError, "The provided request is not valid."),
    "conflict": (ConflictError, "The provided job name is currently in use."),
    "quota_exceeded": (QuotaExceededError, "The number of concurrent batch inference jobs is exceeded."),
    "not_found": (NotFoundError, "The specified resource could not be found."),
    "model_timeout": (ModelTimeoutError, "The request took too long to process."),
}


class FaultBoard:
    """Holds the settings; `save` is called with each new one, so that they outlive the process."""

    def __init__(self, faults: Faults, *, save: Callable[[Faults], None]) -> None:
        self._faults = faults
        self._save = save
        self._calls_seen = [0] * len(faults.calls)

    @property
    def faults(self) -> Faults:
        """The settings in force."""
        return self._faults

    def replace(self, faults: Faults) -> None:
        """Put other settings in force; every fault of a call begins to count anew."""
        self._faults = faults
        self._calls_seen = [0] * len(faults.calls)
        self._save(faults)

    def next_hit(self, operation: str) -> CallFault | None:
        """The fault that hits this call, if one does; each call is counted once by each fault that fits it."""
        hit: CallFault | None = None
        for number, fault in enumerate(self._faults.calls):
            if fault.operation not in {"*", operation}:
                continue
            seen = self._calls_seen[number]
            self._calls_seen[number] += 1
            is_due = seen >= fault.skip and (fault.times is None or seen < fault.skip + fault.times)
            hit = hit or (fault if is_due else None)
        return hit


def error_of(fault: CallFault) -> AwsError | None:
    """The error that a fault answers with; None for one that breaks the connection instead."""
    if fault.kind not in _ERRORS:
        return None
    kind, message = _ERRORS[fault.kind]
    return kind(fault.message or message)
