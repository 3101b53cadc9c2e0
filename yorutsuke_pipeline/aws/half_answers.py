"""Answers that ended in their head, which nobody else notices.

HTTP/1.1 lets a body without a length end with its connection. So when a connection breaks after the status
line, the client sees a whole answer with nothing in it, and botocore makes an empty result of that: no rows, no
objects, no such job. Believed, it would have a job submitted, and paid for, a second time. AWS always says
how long an answer is.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from botocore.exceptions import IncompleteReadError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

_NO_CONTENT = 204
_NOT_MODIFIED = 304
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


def refuse_half_answers(client: Any) -> None:  # noqa: ANN401 — boto3 makes its clients' classes as it runs
    """Let a client ask again after such an answer, as often as it does after a broken connection, and then fail.

    A call then raises `IncompleteReadError`, as it does when the body is cut.
    """
    tries: int = client.meta.config.retries["total_max_attempts"]

    def look(response: tuple[AWSResponse, Any] | None, attempts: int, operation: Any, **_: object) -> float | None:  # noqa: ANN401 — botocore's OperationModel
        if response is None or not is_half(response[0], operation):
            return None
        if attempts >= tries:
            raise IncompleteReadError(actual_bytes=0, expected_bytes=1)
        return random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempts))

    client.meta.events.register_first(f"needs-retry.{client.meta.service_model.service_id.hyphenize()}", look)


def is_half(answer: AWSResponse, operation: Any) -> bool:  # noqa: ANN401 — as above
    """Tell whether an answer to an operation (botocore's model of it) is only a part of one."""
    if not getattr(answer.raw, "version", None):
        return False  # moto's answers say no length, and have no connection that could break
    if answer.status_code in {_NO_CONTENT, _NOT_MODIFIED} or _says_how_long(answer):
        return False
    if operation.http["method"] == "HEAD":
        return answer.status_code < _NO_CONTENT
    return bool(operation.has_streaming_output) or not answer.content


def _says_how_long(answer: AWSResponse) -> bool:
    """Tell whether the answer has a length; of a header that was cut itself, the rest is no value."""
    length, encoding = answer.headers.get("content-length", ""), answer.headers.get("transfer-encoding", "")
    return str(length).strip().isdecimal() or str(encoding).strip().lower().endswith("chunked")
