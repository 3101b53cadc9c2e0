"""HTTP as this service speaks it: ASGI in, AWS restJson1 out.

What belongs here: reading a request, writing an answer or an error, and breaking a connection on purpose.
Kept out: which operation a request means (`service`) and what it answers.
"""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from yorutsuke_pipeline.local_aws.bedrock.errors import AwsError, SerializationError, ValidationError

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# Nova takes 25 MB a request and Claude 20 MB; anything far above that is refused before it fills memory.
MAX_BODY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One request: the path is percent-decoded, so an ARN in it has its own slashes again."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes

    def parameters(self) -> dict[str, str]:
        """The query's parameters, the last one of each name."""
        return {name: values[-1] for name, values in self.query.items()}

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object (an empty body is an empty one). Raises SerializationError."""
        if not self.body.strip():
            return {}
        value = parse_json(self.body)
        if not isinstance(value, dict):
            raise SerializationError("The request body must be a JSON object.")
        return value


@dataclass(frozen=True)
class Response:
    """One answer; `body` is JSON text already encoded."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def parse_json(data: bytes) -> Any:  # noqa: ANN401 - JSON is any value
    """JSON by RFC 8259: UTF-8, no byte order mark, no NaN. Raises SerializationError."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SerializationError(f"The text is not valid JSON: {error}"[:300]) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def encode_json(value: object) -> bytes:
    """Compact JSON in UTF-8; text with lone surrogates, which UTF-8 cannot hold, is escaped instead."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def json_response(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer whose body is `value` as JSON."""
    return Response(encode_json(value), status, headers or {})


def error_response(error: AwsError) -> Response:
    """The restJson1 form of an error: its code in `x-amzn-errortype`, its message in the body."""
    return json_response({"message": error.message}, status=error.http_status, headers={"x-amzn-errortype": error.code})


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Read one whole request. Raises ValidationError when the body is larger than any model takes."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise ValidationError(f"The request body is larger than {MAX_BODY_BYTES} bytes.")
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            break
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return Request(scope["method"], scope["path"], query, bytes(body))


async def send_response(send: Send, response: Response) -> None:
    """Write one whole answer, with the headers that every AWS answer carries."""
    await send({"type": "http.response.start", "status": response.status, "headers": _headers(response)})
    await send({"type": "http.response.body", "body": response.body})


async def break_connection(send: Send) -> None:
    """Promise a body and stop in its middle: the client sees a connection that died on it."""
    promised = Response(b"", headers={"content-length": "4096"})
    await send({"type": "http.response.start", "status": 200, "headers": _headers(promised)})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def wait_for_disconnect(receive: Receive) -> None:
    """Answer nothing until the client gives up."""
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    headers = {
        "content-type": "application/json",
        "content-length": str(len(response.body)),
        "x-amzn-requestid": str(uuid.uuid4()),
        **response.headers,
    }
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
