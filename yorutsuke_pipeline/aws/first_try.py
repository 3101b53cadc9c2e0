"""The first try of a call, a step below a boto3 client: sent with what is the client's, and no more said of it.

What belongs here: the parts of a client that `table_calls.py` and `object_calls.py` both go on using, that is its
credentials and their renewal, its events, and its HTTP session with the connections, proxies, TLS and time limits.
What a request looks like, and which answers are good ones, is theirs; all other answers are the client's to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError
from botocore.hooks import first_non_none_response
from botocore.httpsession import URLLib3Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.credentials import ReadOnlyCredentials

    from yorutsuke_pipeline.aws.pooled_exchange import Reply


class FirstTry:
    """What is used of one client. Safe to share between threads, as the client is."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 — boto3 makes its clients' classes as it runs
        self._client = client

    @property
    def is_possible(self) -> bool:
        """Whether the client has what is used of it: half of that has no public name."""
        try:
            return isinstance(self.session, URLLib3Session) and bool(self.user_agent)
        except AttributeError:
            return False

    @property
    def session(self) -> URLLib3Session:
        """What sends the client's requests."""
        session: URLLib3Session = self._client._endpoint.http_session  # noqa: SLF001 — as above
        return session

    @property
    def user_agent(self) -> str:
        """What the client says of itself."""
        return str(self._client._user_agent_creator.to_string())  # noqa: SLF001 — as above

    def credentials(self) -> ReadOnlyCredentials | None:
        """Return the credentials, renewed when they are about to end, as botocore does before each call."""
        own = self._client._request_signer._credentials  # noqa: SLF001 — as above
        frozen: ReadOnlyCredentials | None = own.get_frozen_credentials() if own else None
        return frozen

    def announce(self, operation: str, model: Any, params: dict[str, Any]) -> None:  # noqa: ANN401 — botocore's OperationModel
        """Emit `before-call`, for what is attached to the client; it may change headers and body in `params`."""
        signer, context = self._client._request_signer, params["context"]  # noqa: SLF001 — as above
        self._emit("before-call", operation, model=model, params=params, request_signer=signer, context=context)

    def send(
        self,
        operation: str,
        request: AWSPreparedRequest,
        transport: Callable[[AWSPreparedRequest], AWSResponse | Reply],
    ) -> AWSResponse | Reply | None:
        """Return the answer to a request, whatever it says; None if the network gave none."""
        try:
            given: AWSResponse | None = first_non_none_response(self._emit("before-send", operation, request=request))
            return transport(request) if given is None else given
        except BotoCoreError:
            return None

    def report(
        self,
        operation: str,
        model: Any,  # noqa: ANN401 — as above
        params: dict[str, Any],
        answer: AWSResponse | Reply,
        parsed: object,
    ) -> None:
        """Emit `after-call` of one that went well."""
        told = {"http_response": answer, "parsed": parsed, "model": model, "context": params["context"]}
        self._emit("after-call", operation, **told)

    def _emit(self, event: str, operation: str, **told: Any) -> list[Any]:  # noqa: ANN401 — as the event has them
        events, service = self._client.meta.events, self._client.meta.service_model.service_id.hyphenize()
        emitted: list[Any] = events.emit(f"{event}.{service}.{operation}", **told)
        return emitted
