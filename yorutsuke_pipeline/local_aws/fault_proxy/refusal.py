"""Errors as each AWS service writes them: S3's XML, the JSON protocols, and the older query protocol.

What belongs here: the form, and each kind's code and status per service. What is kept out: when to refuse.
Codes and statuses: "Error responses" of the S3 API reference, "Error handling with DynamoDB", "Common errors" of each
API, and botocore's service models for Bedrock.
"""

from __future__ import annotations

import json
import uuid
import zlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.local_aws.fault_proxy.fault import FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault


class ErrorForm(Word):
    """How a service says that something went wrong."""

    S3 = "XML with a code"
    DYNAMODB = "JSON with a type, of DynamoDB"
    JSON = "JSON with a type"
    REST_JSON = "JSON, with the code in a header"
    QUERY = "XML with an error in it"


@dataclass(frozen=True)
class Refusal:
    """An answer that is an error."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


_F, _K = ErrorForm, FaultKind
_SKEW = "Signature expired: the request's time is not within 5 minutes of the server's."
_STALE = "The security token included in the request is expired"
_CODES: dict[FaultKind, dict[ErrorForm, tuple[int, str, str]]] = {
    _K.THROTTLE: {
        _F.S3: (503, "SlowDown", "Please reduce your request rate."),
        _F.DYNAMODB: (400, "ProvisionedThroughputExceededException", "The level of throughput is exceeded."),
        _F.JSON: (400, "ThrottlingException", "Rate exceeded"),
        _F.REST_JSON: (429, "ThrottlingException", "Too many requests, please wait before trying again."),
        _F.QUERY: (400, "Throttling", "Rate exceeded"),
    },
    _K.SERVER_ERROR: {
        _F.S3: (500, "InternalError", "We encountered an internal error. Please try again."),
        _F.DYNAMODB: (500, "InternalServerError", "The request could not be processed because of an internal error."),
        _F.JSON: (500, "InternalFailure", "The request processing has failed."),
        _F.REST_JSON: (500, "InternalServerException", "An internal server error occurred. Retry your request."),
        _F.QUERY: (500, "InternalFailure", "The request processing has failed."),
    },
    _K.ACCESS_DENIED: {
        _F.S3: (403, "AccessDenied", "Access Denied"),
        _F.DYNAMODB: (400, "AccessDeniedException", "The caller is not authorized to perform this operation."),
        _F.JSON: (400, "AccessDeniedException", "The caller is not authorized to perform this operation."),
        _F.REST_JSON: (403, "AccessDeniedException", "You don't have sufficient permissions for this action."),
        _F.QUERY: (403, "AccessDenied", "The caller is not authorized to perform this operation."),
    },
    _K.EXPIRED_TOKEN: {
        _F.S3: (400, "ExpiredToken", "The provided token has expired."),
        _F.DYNAMODB: (400, "ExpiredTokenException", _STALE),
        _F.JSON: (400, "ExpiredTokenException", _STALE),
        _F.REST_JSON: (403, "ExpiredTokenException", _STALE),
        _F.QUERY: (403, "ExpiredToken", _STALE),
    },
    _K.CLOCK_SKEW: {
        _F.S3: (403, "RequestTimeTooSkewed", "The difference between the request time and the current is too large."),
        _F.DYNAMODB: (400, "InvalidSignatureException", _SKEW),
        _F.JSON: (400, "InvalidSignatureException", _SKEW),
        _F.REST_JSON: (403, "InvalidSignatureException", _SKEW),
        _F.QUERY: (403, "SignatureDoesNotMatch", _SKEW),
    },
}
_ERROR = (400, "", "An error that the fault injector was told to answer.")


def error_form(service: str, headers: Mapping[str, str]) -> ErrorForm:
    """Return the form that a request's service uses; header names are lower case."""
    if service == "s3":
        return ErrorForm.S3
    if "x-amz-target" in headers:
        return ErrorForm.DYNAMODB if service == "dynamodb" else ErrorForm.JSON
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return ErrorForm.QUERY if is_form else ErrorForm.REST_JSON


def refusal(fault: Fault, form: ErrorForm) -> Refusal:
    """Return the error that a fault stands for; its own `code` and `status` come before the service's."""
    status, code, message = _CODES.get(fault.kind, {}).get(form, _ERROR)
    return _written(form, fault.status or status, fault.code or code, message)


def _written(form: ErrorForm, status: int, code: str, message: str) -> Refusal:
    request_id = uuid.uuid4().hex
    headers = {"x-amzn-requestid": request_id}
    told = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if form is ErrorForm.S3:
        text = f"<Error>{told}<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>"
        headers = {"x-amz-request-id": request_id, "x-amz-id-2": request_id, "content-type": "application/xml"}
    elif form is ErrorForm.QUERY:
        whose = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004 — HTTP's own border
        error = f"<Error><Type>{whose}</Type>{told}</Error>"
        text = f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
        headers |= {"content-type": "text/xml"}
    elif form is ErrorForm.REST_JSON:
        text = json.dumps({"message": message})
        headers |= {"x-amzn-errortype": code, "content-type": "application/json"}
    else:
        space = "com.amazonaws.dynamodb.v20120810#" if form is ErrorForm.DYNAMODB else ""
        text = json.dumps({"__type": f"{space}{code}", "message": message})
        headers |= {"x-amz-crc32": str(zlib.crc32(text.encode())), "content-type": "application/x-amz-json-1.0"}
    body = text.encode()
    return Refusal(status, (*headers.items(), ("content-length", str(len(body)))), body)
