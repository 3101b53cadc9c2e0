"""Reading and copying objects in bulk, a step below S3's client.

botocore spends 3 to 4 ms of CPU on a GetObject whatever its size, which is what bounds the manifest of 100,000 images.
What is used of the client all the same says `first_try.py`. Whatever does not come back as a whole 200 at the first try
is to be asked again through the client, so what an error means and how often it is worth another try is botocore's
judgement: here it is None. See docs/decisions/0010-below-the-s3-client.md.
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from botocore.awsrequest import AWSPreparedRequest

from yorutsuke_pipeline.aws.first_try import FirstTry
from yorutsuke_pipeline.aws.half_answers import is_half
from yorutsuke_pipeline.aws.pooled_exchange import PooledExchange, Reply, exchange_of
from yorutsuke_pipeline.aws.request_signature import NO_BODY, RequestSigner, host_of
from yorutsuke_pipeline.engine.ports import StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSResponse
    from mypy_boto3_s3 import S3Client

_OK = 200
# What botocore checks without a library in C; S3 names the sum that the uploader chose.
_SUMS: dict[str, Callable[[bytes], bytes]] = {
    "x-amz-checksum-crc32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
    "x-amz-checksum-sha256": lambda content: hashlib.sha256(content).digest(),
    "x-amz-checksum-sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
}


@dataclass(frozen=True)
class _Address:
    """Where the objects of a bucket are, and how requests to there are signed.

    Attributes:
        origin: Scheme, host and port.
        path: What comes before a key, with the slash between them.
        headers: Of all requests.
        exchange: What reads objects; None where botocore's session has to.
    """

    origin: str
    path: str
    headers: dict[str, str]
    signer: RequestSigner
    exchange: PooledExchange | None


class ObjectCalls:
    """Calls of one S3 client about one bucket. Safe to share between threads, as the client is."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        # boto3 makes its clients' classes as it runs, and half of what is used here has no public name.
        self._client: Any = client
        self._bucket = bucket
        self._first = FirstTry(client)
        self._address: _Address | None = None
        self._is_possible = self._first.is_possible

    def get(self, key: str, *, longest: int) -> tuple[StoredObject, bytes] | None:
        """Return an object and its content; None: the client has to be asked, also if it is longer than `longest`."""
        address = self._where()
        if address is None or address.exchange is None:
            return None
        told = {"x-amz-checksum-mode": "ENABLED"} if self._wants_checksums() else {}
        answer = self._try(address, "GetObject", key, told, partial(address.exchange.send, longest=longest))
        if answer is None or len(answer.content) > longest or not _is_as_stored(answer):
            return None
        etag = answer.headers.get("etag")
        return None if etag is None else (StoredObject(key, len(answer.content), etag), answer.content)

    def copy(self, source: StoredObject, key: str) -> str | None:
        """Copy an object that is still what `source` says; return the copy's ETag; None: the client has to be asked."""
        address = self._where()
        if address is None:
            return None
        told = {
            "x-amz-copy-source": quote(f"{self._bucket}/{source.key}", safe="/~"),
            "x-amz-copy-source-if-match": source.etag,
            "Content-Length": "0",
        }
        # S3 may begin its answer before the copy is made, and then not say how long it is: urllib3 reads that, too.
        answer = self._try(address, "CopyObject", key, told, self._first.session.send)
        return None if answer is None else _etag_of_copy(answer.content)

    def _try(
        self,
        address: _Address,
        operation: str,
        key: str,
        headers: dict[str, str],
        transport: Callable[[AWSPreparedRequest], AWSResponse | Reply],
    ) -> AWSResponse | Reply | None:
        """Return the answer if it is a whole 200, else None."""
        credentials = self._first.credentials()
        if credentials is None:
            return None
        model = self._client.meta.service_model.operation_model(operation)
        method, path = model.http["method"], address.path + quote(key, safe="/~")
        told: dict[str, Any] = {"url": address.origin + path, "headers": {**address.headers, **headers}}
        params = {**told, "body": b"", "context": {}}
        self._first.announce(operation, model, params)
        now = datetime.now(timezone.utc)
        signed = address.signer.sign(method, path, params["headers"], credentials, now)
        # A plain dict of bytes does for the headers, because nothing below looks them up but by these names.
        encoded: Any = {name: value.encode("utf-8") for name, value in signed.items()}
        request = AWSPreparedRequest(method, params["url"], encoded, None, stream_output=False)
        answer = self._first.send(operation, request, transport)
        if answer is None or answer.status_code != _OK:
            return None
        if not isinstance(answer, Reply) and is_half(answer, model):
            return None
        parsed = {"ETag": answer.headers.get("etag"), "ResponseMetadata": {"HTTPStatusCode": _OK}}
        self._first.report(operation, model, params, answer, parsed)
        return answer

    def _wants_checksums(self) -> bool:
        return bool(self._client.meta.config.response_checksum_validation == "when_supported")

    def _where(self) -> _Address | None:
        if self._address is None and self._is_possible:
            self._address = self._learn()
            self._is_possible = self._address is not None
        return self._address

    def _learn(self) -> _Address | None:
        """Ask the client where it would send its requests, once; None if only botocore knows how they are signed."""
        meta = self._client.meta
        model = meta.service_model.operation_model("GetObject")
        context: dict[str, Any] = {
            "client_region": meta.region_name,
            "client_config": meta.config,
            "has_streaming_input": False,
            "auth_type": None,
        }
        try:
            asked = {"Bucket": self._bucket, "Key": "any"}
            url, headers, _ = self._client._resolve_endpoint_ruleset(model, asked, context)  # noqa: SLF001 — as said above
            is_known = self._client._request_signer.signature_version == "s3v4"  # noqa: SLF001 — as above
        except AttributeError:
            return None
        place, signing = urlsplit(url), context.get("signing") or {}
        if not is_known or headers or context["auth_type"] != "v4" or place.query or "@" in place.netloc:
            return None
        return _Address(
            origin=f"{place.scheme}://{place.netloc}",
            path=place.path.rstrip("/") + "/",
            headers={"User-Agent": self._first.user_agent, "x-amz-content-sha256": NO_BODY},
            signer=RequestSigner(
                host_of(url), signing.get("region") or meta.region_name, signing.get("signing_name") or "s3"
            ),
            exchange=exchange_of(self._first.session, url),
        )


def _is_as_stored(answer: AWSResponse | Reply) -> bool:
    """Tell whether a whole object has the sum that S3 says, if it says one of those; a sum of parts' sums has a `-`."""
    for name, sum_of in _SUMS.items():
        told = answer.headers.get(name)
        if told is not None and "-" not in told:
            return b64encode(sum_of(answer.content)).decode("ascii") == told
    return True


def _etag_of_copy(content: bytes) -> str | None:
    """Return the copy's ETag; None if the answer says anything else, such as an error after its 200."""
    try:
        result = ET.fromstring(content)  # noqa: S314 — S3's own answer, as botocore parses it
    except ET.ParseError:
        return None
    space, _, name = result.tag.rpartition("}")
    found = result.findtext(f"{space}}}ETag" if space else "ETag")
    return found if name == "CopyObjectResult" and found else None
