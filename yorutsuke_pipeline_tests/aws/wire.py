"""Answers put into botocore where the network would be, and faults where a network has them."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectionError, HTTPClientError  # noqa: A004 — botocore calls it so
from botocore.httpsession import URLLib3Session

from yorutsuke_pipeline.aws.failures import THROTTLING
from yorutsuke_pipeline.aws.half_answers import is_half
from yorutsuke_pipeline.aws.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

URL = "http://127.0.0.1:1/"
BOTOCORES_TRIES = 5
# Waits that are counted instead of waited, and a deadline that never comes.
UNHURRIED = Patience(sleep=lambda _: None, now=lambda: 0.0)
# The deadline comes at once.
IMPATIENT = Patience(deadline=0.0)


class _Body(io.BytesIO):
    """A body as urllib3 gives it, for a call that reads it whole and for one that streams."""

    def stream(self, _amount: int = 0, **_: object) -> Iterator[bytes]:
        yield self.read()

    def release_conn(self) -> None:
        """Belong to no pool."""


def answer(content: object, status: int = 200, headers: dict[str, str] | None = None) -> AWSResponse:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    told = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
    return AWSResponse(URL, status, told, _Body(body))  # type: ignore[arg-type]  # as much of a response as is read


def refusal(code: str, status: int = 400, message: str = "told so") -> AWSResponse:
    """Return an error as the REST-JSON services say it."""
    return answer({"message": message}, status, {"x-amzn-errortype": code})


def closed() -> ConnectionClosedError:
    return ConnectionClosedError(endpoint_url=URL)


@dataclass
class Wire:
    """A network that answers what it is told to, in turn; the last answer is repeated.

    Attributes:
        answers: Responses, or errors to be raised.
        requests: What was sent.
    """

    answers: list[AWSResponse | Exception]
    requests: list[AWSPreparedRequest] = field(default_factory=list)

    @contextmanager
    def attached(self, client: Any) -> Iterator[Wire]:  # noqa: ANN401 — any client
        """Answer a client's calls, as long as the context lasts; clients are slow to make and so are shared."""
        client.meta.events.register_first("before-send", self._send)
        try:
            yield self
        finally:
            client.meta.events.unregister("before-send", self._send)

    def bodies(self) -> list[Any]:
        """Return the requests' bodies, those that are JSON read as such."""
        return [json.loads(cast("bytes", request.body)) for request in self.requests]

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self.requests.append(request)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            raise given
        return given


@contextmanager
def quick_retries(client: Any) -> Iterator[None]:  # noqa: ANN401 — any client
    """Let a client try as often as it does, without waiting between its tries: that spares nobody here."""
    tries: int = client.meta.config.retries["total_max_attempts"]

    def at_once(
        attempts: int,
        response: tuple[AWSResponse, dict[str, Any]] | None,
        caught_exception: Exception | None,
        operation: Any,  # noqa: ANN401 — botocore's OperationModel
        **_: object,
    ) -> float | None:
        if response is None:
            is_repeated = isinstance(caught_exception, (ConnectionError, HTTPClientError))
        else:
            http, parsed = response
            code = parsed.get("Error", {}).get("Code")
            is_repeated = http.status_code >= 500 or code in THROTTLING or is_half(http, operation)
        return 0.0 if is_repeated and attempts < tries else None

    # One part longer than the name under which botocore and the product listen: the longest is asked first.
    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}.*"
    client.meta.events.register(event, at_once)
    try:
        yield
    finally:
        client.meta.events.unregister(event, at_once)


@contextmanager
def answering(client: Any, operation: str, said: Callable[[], AWSResponse | None]) -> Iterator[None]:  # noqa: ANN401 — any client
    """Answer one operation; None lets it pass. Whoever listened before still hears of the request."""

    def answered(**_: object) -> AWSResponse | None:
        return said()

    event = f"before-send.*.{operation}"
    client.meta.events.register(event, answered)
    try:
        yield
    finally:
        client.meta.events.unregister(event, answered)


def lose_first_answer(client: Any, operation: str) -> list[str]:  # noqa: ANN401 — any client
    """Let the first call of an operation take effect and lose its answer; return the list of tries."""
    tries: list[str] = []
    session = URLLib3Session()

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        tries.append(operation)
        if len(tries) > 1:
            return None
        effect: AWSResponse = session.send(request)
        assert effect.status_code == 200
        session.close()
        raise closed()

    client.meta.events.register_first(f"before-send.*.{operation}", send)
    return tries
