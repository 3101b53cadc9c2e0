"""Signature Version 4 of a few kinds of requests: a POST of JSON to the root of a service, and S3's without a body.

What belongs here: the signature alone. botocore's own signer does the same for every kind of request, at
several times the cost; tests hold the two against each other.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from botocore.credentials import ReadOnlyCredentials

_ALGORITHM = "AWS4-HMAC-SHA256"
# Of no body; S3 wants it said in `x-amz-content-sha256`, too.
NO_BODY = hashlib.sha256(b"").hexdigest()

_SIGNED = ("x-amz-", "content-type")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def host_of(url: str) -> str:
    """Return the host as it is signed and as the header says it: with its port, unless that is the scheme's own."""
    address = urlsplit(url)
    return address.netloc.lower().removesuffix(_DEFAULT_PORTS.get(address.scheme, ""))


class RequestSigner:
    """Signs requests to one host, region and service. Safe to share between threads."""

    def __init__(self, host: str, region: str, service: str) -> None:
        self._host = host
        self._scope_end = f"{region}/{service}/aws4_request"
        self._steps = (region, service, "aws4_request")
        # Of one day and one secret, copied for each signature; thread-safe, because it is replaced whole. A digest at
        # one stroke (`hmac.digest`) would let another thread run each time, and wait for its turn again.
        self._kept: tuple[tuple[str, str], hmac.HMAC] = (("", ""), hmac.new(b"", digestmod="sha256"))

    def sign(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        credentials: ReadOnlyCredentials,
        now: datetime,
        *,
        body: bytes = b"",
    ) -> dict[str, str]:
        """Return the headers of a request without a query, with those that make it authentic.

        Args:
            method: `GET`, `PUT` or `POST`.
            path: Of the address, percent-encoded.
            headers: `Content-Type` and those that begin with `X-Amz-` are signed, others are sent as they are.
            credentials: As they are at this moment.
            now: In UTC.
            body: Of the request.
        """
        content = hashlib.sha256(body).hexdigest() if body else NO_BODY
        # The names as botocore writes them: what is attached to a client may look for one.
        sent = {**headers, "X-Amz-Date": now.strftime("%Y%m%dT%H%M%SZ")}
        if credentials.token:
            sent["X-Amz-Security-Token"] = credentials.token
        signed = {name.lower(): value for name, value in sent.items() if name.lower().startswith(_SIGNED)}
        signed["host"] = self._host
        sent["Authorization"] = self._authorization(method, path, signed, content, credentials)
        return sent

    def _authorization(
        self,
        method: str,
        path: str,
        signed: Mapping[str, str],
        content: str,
        credentials: ReadOnlyCredentials,
    ) -> str:
        """Return the header that holds the signature over method, path, headers and the hash of the content."""
        moment = signed["x-amz-date"]
        order = sorted(signed)
        names = ";".join(order)
        lines = "".join([f"{name}:{signed[name]}\n" for name in order])
        request = f"{method}\n{path}\n\n{lines}\n{names}\n{content}"
        scope = f"{moment[:8]}/{self._scope_end}"
        to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = self._keyed(moment[:8], str(credentials.secret_key))
        signature.update(to_sign.encode())
        signed_by = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}"
        return f"{_ALGORITHM} {signed_by}, Signature={signature.hexdigest()}"

    def _keyed(self, day: str, secret: str) -> hmac.HMAC:
        """Return a fresh code under the key of a day."""
        of, kept = self._kept
        if of != (day, secret):
            key = _step(f"AWS4{secret}".encode(), day)
            for step in self._steps:
                key = _step(key, step)
            kept = hmac.new(key, digestmod="sha256")
            self._kept = ((day, secret), kept)
        return kept.copy()


def _step(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
