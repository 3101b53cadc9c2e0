"""Calls to DynamoDB in bulk, a step below its client: a body of JSON in, an answer of JSON out.

botocore spends 3 to 12 ms of CPU on a BatchWriteItem of 25 rows, which is what bounds a night of 100,000.
Here its serializer, endpoint rules, signer and parser are left out; what stays the client's are credentials and
their renewal, endpoint, region, connections, proxies, TLS, time limits and events. Whatever does not come back as a
whole 200 at the first try is asked again through the client, so what an error means and how often it is worth
another try is botocore's judgement. See docs/decisions/0008-below-the-dynamodb-client.md.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import THROTTLING
from yorutsuke_pipeline.aws.first_try import FirstTry
from yorutsuke_pipeline.aws.half_answers import is_half
from yorutsuke_pipeline.aws.pooled_exchange import PooledExchange, Reply, exchange_of
from yorutsuke_pipeline.aws.request_signature import RequestSigner, host_of

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from botocore.httpsession import URLLib3Session
    from mypy_boto3_dynamodb import DynamoDBClient

_OK = 200


@dataclass(frozen=True)
class _Operation:
    """What the client says of an operation: its model, the address, and the headers of all its requests."""

    model: Any
    url: str
    headers: dict[str, str]


class TableCalls:
    """Calls of one DynamoDB client. Safe to share between threads, as the client is."""

    def __init__(self, client: DynamoDBClient) -> None:
        # boto3 makes its clients' classes as it runs, and half of what is used here has no public name.
        self._client: Any = client
        self._first = FirstTry(client)
        self._signer = _signer_of(self._client) if self._first.is_possible else None
        self._operations: dict[str, _Operation] = {}
        self._transport = _transport_of(self._client) if self._signer else None

    def call(self, operation: str, body: str) -> dict[str, Any]:
        """Return the answer to a call, as the client would, but binary values stay in base64.

        Args:
            operation: By its API name: `BatchWriteItem`.
            body: The parameters in JSON, ASCII only and without binary values.

        Raises:
            ClientError: As of the client; for throttling at once, because the caller knows best how long to wait.
            BotoCoreError: As of the client.
        """
        answer = self._first_try(operation, body.encode("ascii"))
        if answer is None:
            answer = getattr(self._client, xform_name(operation))(**json.loads(body))
        return answer

    def _first_try(self, operation: str, body: bytes) -> dict[str, Any] | None:
        """Return the answer if it is a whole and good one, else None."""
        # Renewed here, when they are about to end.
        credentials = self._first.credentials() if self._signer else None
        if self._signer is None or self._transport is None or credentials is None:
            return None
        known = self._operations.get(operation) or self._learn(operation)
        params: dict[str, Any] = {"url": known.url, "headers": dict(known.headers), "body": body, "context": {}}
        self._first.announce(operation, known.model, params)
        now = datetime.now(timezone.utc)
        signed = self._signer.sign("POST", "/", params["headers"], credentials, now, body=params["body"])
        # A plain dict of bytes does for the headers, because nothing below looks them up but by these names.
        encoded: Any = {name: value.encode("ascii") for name, value in signed.items()}
        request = AWSPreparedRequest("POST", known.url, encoded, params["body"], stream_output=False)
        response = self._first.send(operation, request, self._transport.send)
        answer = None if response is None else _whole(response, known.model)
        if response is None or answer is None:
            return None
        if response.status_code != _OK:
            _raise_if_throttled(answer, response.status_code, operation)
            return None
        self._first.report(operation, known.model, params, response, answer)
        return answer

    def _learn(self, operation: str) -> _Operation:
        """Ask the client how it would ask: once for each operation."""
        meta = self._client.meta
        model, service = meta.service_model.operation_model(operation), meta.service_model.metadata
        headers = {
            "Content-Type": f"application/x-amz-json-{service['jsonVersion']}",
            "X-Amz-Target": f"{service['targetPrefix']}.{operation}",
            "User-Agent": self._first.user_agent,
        }
        url = meta.endpoint_url.rstrip("/") + "/"
        return self._operations.setdefault(operation, _Operation(model, url, headers))


def _signer_of(client: Any) -> RequestSigner | None:  # noqa: ANN401 — as above
    """Return what signs a client's requests; None if it is set up in a way that only botocore knows."""
    try:
        own = client._request_signer  # noqa: SLF001 — no public name
        is_known = own.signature_version == "v4"
    except AttributeError:
        return None
    address = urlsplit(client.meta.endpoint_url)
    # An account's own endpoint, where the regional one does not do.
    needs_rules = getattr(client.meta.config, "account_id_endpoint_mode", None) == "required"
    is_plain = address.path in {"", "/"} and not address.query and "@" not in address.netloc
    if not is_known or not is_plain or needs_rules:
        return None
    return RequestSigner(host_of(client.meta.endpoint_url), own.region_name, own.signing_name)


def _transport_of(client: Any) -> PooledExchange | URLLib3Session:  # noqa: ANN401 — as above
    """Return what sends a client's requests: over its connections, or itself where these go by a proxy."""
    session: URLLib3Session = client._endpoint.http_session  # noqa: SLF001 — as above
    return exchange_of(session, client.meta.endpoint_url) or session


def _whole(response: AWSResponse | Reply, model: Any) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    """Return an answer's JSON; None if it is cut, spoiled or no JSON."""
    content, checksum = response.content, response.headers.get("x-amz-crc32")
    is_cut = not isinstance(response, Reply) and is_half(response, model)
    if is_cut or (checksum is not None and str(zlib.crc32(content)) != str(checksum).strip()):
        return None
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _raise_if_throttled(answer: dict[str, Any], status: int, operation: str) -> None:
    """Raise if the call was turned away for its rate; what else went wrong the client may find out."""
    code = str(answer.get("__type", "")).rpartition("#")[2]
    if code in THROTTLING:
        message = answer.get("message") or answer.get("Message") or ""
        response: Any = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        raise ClientError(response, operation)
