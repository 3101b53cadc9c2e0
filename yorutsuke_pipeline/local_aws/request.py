"""What an AWS request is, told from its wire form: which service it is for, and what it changes.

What belongs here: SigV4's credential scope and the three ways in which AWS's protocols name an operation
(header, form, path). What is kept out: answering it.
"""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping

# `Credential=KEY/20260109/us-east-1/s3/aws4_request`; SigV4A has no region in it.
_SCOPE = re.compile(r"Credential=[^,\s]+?/\d{8}/(?:[^/,\s]+/)?([a-z0-9-]+)/aws4_request", re.IGNORECASE)

_BEDROCK_PATH = re.compile(
    r"/model-invocation-jobs?(/|$)|/model/[^/]+(/[^/]+)*/(invoke|converse|count-tokens)", re.IGNORECASE
)

_ROW_WRITES = frozenset({
    "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
    "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction",
})  # fmt: skip
_READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet", "Head", "Lookup", "Validate")
_TELEMETRY = frozenset({"PutMetricData", "PutLogEvents"})


class Effect(enum.Enum):
    """What a request that succeeded changed, and so what must be on disk before its answer leaves."""

    NOTHING = "nothing"
    ROWS = "rows of tables: deterministic, so the request itself can be kept and played back"
    OBJECTS = "objects: the emulator has written them to files itself"
    SERVICE = "the small state of some service, with identifiers drawn at random: the result must be kept"
    EVERYTHING = "tables come or go, perhaps after the answer: all state must be kept"
    TELEMETRY = "metrics or log lines: kept once a second, as nobody pays twice for a lost one"


@dataclass(frozen=True)
class Request:
    """The head of an HTTP request. Header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> Request:
        """From ASGI's connection scope."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        return cls(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b"").decode("latin-1"),
            headers=headers,
        )

    @property
    def signed_service(self) -> str | None:
        """The service that the signature names, in the header or in a presigned URL; None if unsigned."""
        match = _SCOPE.search(self.headers.get("authorization", ""))
        if match is not None:
            return match.group(1)
        parts = parse_qs(self.query).get("X-Amz-Credential", [""])[0].split("/")
        return parts[-2] if len(parts) >= 4 else None  # noqa: PLR2004 - key, day, (region,) service, constant

    @property
    def is_for_bedrock(self) -> bool:
        """Bedrock by its signature; without one (a bearer key, curl) by a path that only Bedrock has.

        Service Quotas, too, of which there are only Bedrock's.

        A bucket may be called `model`: signed requests to it say `s3`, and unsigned reads of its objects
        do not end in an operation's name.
        """
        if self.path.startswith("/_yorutsuke/bedrock"):
            return True
        signed = self.signed_service
        return signed in {"bedrock", "servicequotas"} if signed else _BEDROCK_PATH.match(self.path) is not None

    @property
    def is_for_objects(self) -> bool:
        """S3's own requests, recognised before the body: it is not to be kept, as it may be gigabytes."""
        if "x-amz-target" in self.headers or self._is_form:
            return False
        return self.signed_service in (None, "s3", "s3express")

    def effect(self, body: bytes) -> Effect:
        """What this request changes when it succeeds. In doubt more is kept than need be."""
        if self.path == "/_ministack/reset":
            return Effect.EVERYTHING
        if self.is_for_objects:
            return self._effect_on_objects()
        operation = self.operation_name(body)
        is_named_read = operation.startswith(_READS) or (operation == "ExecuteStatement" and _selects(body))
        if is_named_read or (not operation and self.method in ("GET", "HEAD")):
            return Effect.NOTHING
        if self.headers.get("x-amz-target", "").startswith("DynamoDB_"):
            return Effect.ROWS if operation in _ROW_WRITES else Effect.EVERYTHING
        if operation in _TELEMETRY:
            return Effect.TELEMETRY
        return Effect.EVERYTHING if self.signed_service == "cloudformation" else Effect.SERVICE

    def operation_name(self, body: bytes) -> str:
        """Return the operation that the header, the path or the form names; the empty text where none does."""
        if target := self.headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        if "/operation/" in self.path:  # Smithy's RPC v2: /service/NAME/operation/NAME
            return self.path.rpartition("/")[2]
        form = body.decode("latin-1") if self._is_form else self.query
        return parse_qs(form).get("Action", [""])[0]

    @property
    def _is_form(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")

    def _effect_on_objects(self) -> Effect:
        if self.method in ("GET", "HEAD", "OPTIONS"):
            return Effect.NOTHING
        is_bucket = "/" not in self.path.strip("/") and not self.query.startswith("delete")
        return Effect.SERVICE if is_bucket else Effect.OBJECTS


def _selects(body: bytes) -> bool:
    """Tell whether a statement of PartiQL only reads."""
    try:
        statement = str(json.loads(body)["Statement"])
    except (ValueError, LookupError, TypeError):
        return False
    return statement.split(maxsplit=1)[:1] == ["SELECT"]
