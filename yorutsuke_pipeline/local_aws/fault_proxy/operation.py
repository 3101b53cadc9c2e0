"""Which AWS operation a request on the wire is, and what it is about.

What belongs here: naming a call of any service, and its subject (a key, a table, a job) for logs. What is kept out:
S3's many operations (`object_operation`), Bedrock's paths (`bedrock.routes`), and anything that a request carries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from yorutsuke_pipeline.local_aws.bedrock.routes import find_route
from yorutsuke_pipeline.local_aws.fault_proxy.object_operation import object_operation
from yorutsuke_pipeline.local_aws.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "Unknown"
"""The name of a call that is none of the operations known here; it is passed on like any other."""


@dataclass(frozen=True)
class Operation:
    """A call's name: `dynamodb`, `PutItem`, and the table.

    Attributes:
        service: As the signature names it; Bedrock's runtime signs as `bedrock` too.
        name: As botocore's service models have it.
        subject: The table or tables, `bucket/key`, the job or the model; empty where none is known. Never content.
    """

    service: str
    name: str
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


def read_request(method: str, target: str, headers: Mapping[str, str]) -> Request:
    """Return the head of a request; `target` is the path and query as sent, header names are lower case."""
    path, _, query = target.partition("?")
    return Request(method=method, path=unquote(path), query=query, headers=headers)


def read_operation(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Operation:
    """Name a call.

    Args:
        method: GET, POST, ...
        target: Path and query, still percent-encoded.
        headers: With names in lower case.
        body: The whole body; S3 is told without one, so it may be empty there.
    """
    request = read_request(method, target, headers)
    if request.is_for_bedrock:
        return _bedrock(request, body)
    if request.is_for_objects:
        return Operation("s3", *object_operation(request))
    name = request.operation_name(body) or UNKNOWN
    if headers.get("x-amz-target", "").startswith("DynamoDB_"):
        return Operation("dynamodb", name, _tables(body))
    return Operation(request.signed_service or "unsigned", name)


def _bedrock(request: Request, body: bytes) -> Operation:
    service = request.signed_service or "bedrock"
    route = find_route(request.method, request.path, request.headers.get("x-amz-target", ""))
    if route is None:
        return Operation(service, UNKNOWN, request.path)
    subject = route.subject
    if route.operation == "CreateModelInvocationJob":
        subject = str(_json_object(body).get("jobName", ""))
    return Operation(service, route.operation, subject)


def _tables(body: bytes) -> str:
    request = _json_object(body)
    if "TableName" in request:
        return str(request["TableName"])
    tables = request.get("RequestItems")
    if isinstance(tables, dict):
        return ",".join(tables)
    transaction = request.get("TransactItems")
    actions = transaction if isinstance(transaction, list) else []
    named = [str(one["TableName"]) for action in actions for one in action.values() if "TableName" in one]
    return ",".join(dict.fromkeys(named))


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # the service's to refuse
        return {}
    return document if isinstance(document, dict) else {}
