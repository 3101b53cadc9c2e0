"""What may go wrong with a call on its way: the kinds of faults, and a fault as it is written down.

What belongs here: the model, which calls a fault fits, and reading faults from text. What is kept out: counting calls
(`fault_schedule`) and acting a fault out (`misbehaviour`).

    Fault(operation="PutItem", kind="lost_answer", call=3)             the third PutItem, once
    operation=s3:* kind=slow seconds=0.2 times=null                    every call of S3, as `--fault` has it
    [{"operation": "BatchWriteItem", "kind": "unprocessed", "share": 0.5, "times": 4}]    a file of them
"""

import functools
import json
import shlex
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.local_aws.bedrock.shapes import service_model
from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation

_SERVICES = ("s3", "dynamodb", "bedrock", "bedrock-runtime")


class WrongFaultError(ValueError):
    """A fault that cannot be read; the message names the field and what is allowed."""


class FaultKind(Word):
    """What happens to a call. Errors come in the service's own form, with its own code and status."""

    THROTTLE = "throttle"  # refused, without effect
    SERVER_ERROR = "server_error"  # 500, without effect
    ACCESS_DENIED = "access_denied"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 — a kind of fault, no password
    CLOCK_SKEW = "clock_skew"  # S3's RequestTimeTooSkewed; the others' InvalidSignatureException
    ERROR = "error"  # whatever `code` and `status` say
    RESET = "reset"  # the connection is reset before any effect
    LOST_ANSWER = "lost_answer"  # it takes effect, then the connection is reset
    TIMEOUT = "timeout"  # it takes effect, nothing is heard for `seconds`, then the connection is closed
    SLOW = "slow"  # it waits for `seconds` before it takes effect; then all is right
    UNPROCESSED = "unprocessed"  # only a `share` of a batch is forwarded, the rest comes back as unprocessed
    TRUNCATED = "truncated"  # it takes effect; after a `share` of the answer's body the connection is closed
    HALF_HEAD = "half_head"  # it takes effect; after a `share` of the answer's head the connection is closed
    CORRUPTED = "corrupted"  # one bit of an object's body is wrong, a `share` of the way in
    KEEP_ALIVE_CLOSED = "keep_alive_closed"  # answered rightly; the next request, or `seconds` of none, meets a reset


REFUSALS = frozenset({
    FaultKind.THROTTLE, FaultKind.SERVER_ERROR, FaultKind.ACCESS_DENIED, FaultKind.EXPIRED_TOKEN, FaultKind.CLOCK_SKEW,
    FaultKind.ERROR,
})  # fmt: skip
"""The kinds that answer with an error, and so have a `code` and a `status`."""

_ONLY_FOR = {
    FaultKind.UNPROCESSED: (Operation("dynamodb", "BatchWriteItem"), Operation("dynamodb", "BatchGetItem")),
    FaultKind.CORRUPTED: (Operation("s3", "GetObject"),),
}


class Fault(BaseModel):
    """One fault: which calls it fits, which of those it hits, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str = Field(default="*", description="PutItem, dynamodb:PutItem, s3:*, or * for any.")
    kind: FaultKind
    call: int = Field(default=1, ge=1, description="The first call hit, counted from 1 over those that fit.")
    times: int | None = Field(default=1, ge=1, description="How many calls are hit from there on; null: for ever.")
    seconds: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=1.0, description="Of slow, timeout and keep_alive_closed."
    )
    share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.5,
        description="Of the items forwarded (unprocessed), the bytes sent (truncated, half_head), or where.",
    )
    code: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.]{1,100}$", description="The error's code.")
    status: int | None = Field(default=None, ge=400, le=599, description="The error's HTTP status.")

    @field_validator("operation")
    @classmethod
    def _exists(cls, operation: str) -> str:
        # A misspelt name would fit no call, and a test with it would prove nothing.
        service, _, name = operation.rpartition(":")
        if service == "bedrock-runtime":
            raise ValueError(f"Bedrock's runtime is signed as bedrock: write bedrock:{name}")
        if name != "*" and (not service or service in _SERVICES) and name not in _operations(service):
            where = service or "s3, dynamodb and bedrock; those of others are written as sqs:SendMessage"
            raise ValueError(f"{name!r} is no operation of {where}")
        return operation

    @model_validator(mode="after")
    def _fits_together(self) -> "Fault":
        only = _ONLY_FOR.get(self.kind)
        if only and not any(self._names(operation) for operation in only):
            raise ValueError(f"operation: {self.kind} is for {', '.join(map(str, only))}")
        if self.kind is FaultKind.ERROR and self.code is None:
            raise ValueError("code: an error needs one, such as code=ValidationException")
        if self.kind not in REFUSALS and (self.code is not None or self.status is not None):
            raise ValueError(f"code, status: only for {', '.join(sorted(REFUSALS))}")
        return self

    def fits(self, operation: Operation) -> bool:
        """Whether a call of this operation counts for this fault."""
        only = _ONLY_FOR.get(self.kind)
        is_of_kind = only is None or any((one.service, one.name) == (operation.service, operation.name) for one in only)
        return is_of_kind and self._names(operation)

    def _names(self, operation: Operation) -> bool:
        service, _, name = self.operation.rpartition(":")
        return service in ("", operation.service) and name in ("*", operation.name)


def parse_fault(text: str) -> Fault:
    """Read one fault from words such as `operation=PutItem kind=throttle call=3`. Raises WrongFaultError."""
    fields: dict[str, str | None] = {}
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise WrongFaultError(f"{text!r}: {error}") from error
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name in fields:
            problem = "comes twice" if name in fields else "is no field=value, for instance kind=throttle"
            raise WrongFaultError(f"{name}: {word!r} {problem}")
        fields[name] = None if value == "null" else value
    fault: Fault = _checked(TypeAdapter(Fault), fields)
    return fault


def parse_faults(document: str | bytes) -> tuple[Fault, ...]:
    """Read a JSON list of faults. Raises WrongFaultError."""
    try:
        content = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise WrongFaultError(f"no JSON: {error}") from error
    faults: tuple[Fault, ...] = _checked(TypeAdapter(tuple[Fault, ...]), content)
    return faults


def _checked(adapter: TypeAdapter[Any], content: object) -> Any:  # noqa: ANN401 — what the adapter is for
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        raise WrongFaultError("; ".join(_problem(detail) for detail in error.errors(include_url=False))) from error


def _problem(detail: Any) -> str:  # noqa: ANN401 — pydantic's ErrorDetails
    place = ".".join(map(str, detail["loc"]))
    text = str(detail["ctx"]["error"]) if detail["type"] == "value_error" else detail["msg"]
    if detail["type"] == "extra_forbidden":
        text = f"no field of a fault; there are {', '.join(Fault.model_fields)}"
    return f"{place}: {text}" if place else text


@functools.cache
def _operations(service: str) -> frozenset[str]:
    """Names known to botocore's models; Bedrock's two models sign as one service."""
    models = {"": _SERVICES, "bedrock": ("bedrock", "bedrock-runtime")}.get(service, (service,))
    return frozenset(name for model in models for name in service_model(model).operation_names)
