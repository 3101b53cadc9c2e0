"""Signature Version 4 of one kind of request: a POST of JSON to the root of a service.

What belongs here: the signature alone. botocore's own signer does the same for every kind of request, at
several times the cost; a test holds the two against each other.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.credentials import ReadOnlyCredentials

_ALGORITHM = "AWS4-HMAC-SHA256"


class RequestSigner:
    """Signs requests to one host, region and service. Safe to share between threads."""

    def __init__(self, host: str, region: str, service: str) -> None:
        self._host = host
        self._scope_end = f"{region}/{service}/aws4_request"
        self._steps = (region, service, "aws4_request")
        # The key of one day and one secret; thread-safe, because it is replaced whole.
        self._kept: tuple[tuple[str, str], bytes] = (("", ""), b"")

    def sign(
        self,
        headers: dict[str, bytes],
        body: bytes,
        credentials: ReadOnlyCredentials,
        now: datetime,
    ) -> dict[str, bytes]:
        """Return the headers with those that make the request authentic.

        Args:
            headers: With `Content-Type` and `X-Amz-Target`, which are signed; others are sent as they are.
            body: Of the request.
            credentials: As they are at this moment.
            now: In UTC.
        """
        moment = now.strftime("%Y%m%dT%H%M%SZ")
        signed = {
            "content-type": headers["Content-Type"].decode(),
            "host": self._host,
            "x-amz-date": moment,
            "x-amz-target": headers["X-Amz-Target"].decode(),
        }
        sent = {**headers, "X-Amz-Date": moment.encode()}
        if credentials.token:
            signed["x-amz-security-token"] = credentials.token
            sent["X-Amz-Security-Token"] = credentials.token.encode()
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{self._scope_end}"
        to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = _keyed(self._key(moment[:8], str(credentials.secret_key)), to_sign).hex()
        sent["Authorization"] = (
            f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        ).encode()
        return sent

    def _key(self, day: str, secret: str) -> bytes:
        of, key = self._kept
        if of != (day, secret):
            key = _keyed(f"AWS4{secret}".encode(), day)
            for step in self._steps:
                key = _keyed(key, step)
            self._kept = ((day, secret), key)
        return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
