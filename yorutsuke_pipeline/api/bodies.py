"""Bodies: read within limits, as strict JSON, out of API Gateway's wrapping if they come in it.

What belongs here: everything up to the text of one JSON object. What is in it is its model's.
"""

import asyncio
import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from yorutsuke_pipeline.api.problems import FieldFault, ProblemError, invalid_fields

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class BodyReader:
    """Reads bodies.

    Attributes:
        most_bytes: The largest body that is taken, also of one that does not say its length.
        seconds: How long a client may take to send it.
    """

    most_bytes: int
    seconds: float

    async def __call__(self, request: Request) -> bytes:
        """Return the body.

        Raises:
            ProblemError: 408, 413 or 415.
        """
        _check_type(request)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self.most_bytes:
            raise self._too_large()
        try:
            return await asyncio.wait_for(self._read(request), self.seconds)
        except (asyncio.TimeoutError, TimeoutError) as error:  # two classes before Python 3.11
            detail = f"the body was not there after {self.seconds:g} seconds"
            raise ProblemError(408, "body-too-slow", detail, headers={"Connection": "close"}) from error

    async def _read(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.most_bytes:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> ProblemError:
        # The rest of it is not read, so nothing else can follow on this connection.
        detail = f"the body has more than {self.most_bytes} bytes"
        return ProblemError(413, "body-too-large", detail, headers={"Connection": "close"})


def read_model(model: type[Model], body: bytes) -> Model:
    """Return a body as what it should be.

    Raises:
        ProblemError: 400 if it is no JSON, 422 if its fields are wrong.
    """
    try:
        return model.model_validate_json(_unwrapped(body), strict=True)
    except ValidationError as error:
        raise invalid_fields(error.errors(include_url=False, include_input=False)) from error


def _check_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" or "content-encoding" in request.headers:
        detail = "send the body as it is, with Content-Type: application/json"
        raise ProblemError(415, "not-json", detail, headers={"Connection": "close"})


def _unwrapped(body: bytes) -> bytes:
    """Return the body, or what it wraps if it is an event of API Gateway's Lambda proxy integration.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    document = _strict_json(body)
    if not isinstance(document, dict) or not isinstance(document.get("body"), str):
        return body
    inner: str = document["body"]
    encoded = document.get("isBase64Encoded", False)
    if not isinstance(encoded, bool):
        raise _wrong_field("isBase64Encoded", "is true or false")
    try:
        text = base64.b64decode(inner, validate=True) if encoded else inner.encode()
    except (binascii.Error, ValueError) as error:
        raise _wrong_field("body", "is neither Base64 nor text") from error
    _strict_json(text)
    return text


def _strict_json(body: bytes) -> Any:  # noqa: ANN401 — JSON
    """Parse JSON of which there is only one reading: no key twice, no NaN, no number that would take minutes."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ProblemError(400, "malformed-json", "the body is nested too deeply") from error
    except ValueError as error:
        raise ProblemError(400, "malformed-json", f"the body is no JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _refuse(constant: str) -> Any:  # noqa: ANN401 — json's signature
    raise ValueError(f"{constant} is no number in JSON")


def _wrong_field(name: str, message: str) -> ProblemError:
    return ProblemError(422, "invalid-fields", f"{name}: {message}", errors=[FieldFault(field=name, message=message)])
