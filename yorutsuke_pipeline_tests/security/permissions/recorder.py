"""Who called what: every request of a product's clients, as it goes over the wire, in the name of an actor.

botocore tells of each request just before it is sent, and the adapters' own calls below its clients announce
themselves the same way (`aws/first_try.py`), so nothing that reaches AWS is missed.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline_tests.security.permissions.wire_needs import needs_of, needs_to_be_told_of_absence

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from yorutsuke_pipeline_tests.security.permissions.need import Need

_NOT_FOUND = 404
# Every property of the clients makes one of them.
_CLIENTS = tuple(name for name, value in vars(AwsClients).items() if isinstance(value, property))


class Recorder:
    """What actors needed so far. Threads of one product may call at once."""

    def __init__(self) -> None:
        self.needs: defaultdict[str, set[Need]] = defaultdict(set)
        self.unknown: list[str] = []
        self._sent = threading.local()
        self._lock = threading.Lock()

    def follow(self, clients: AwsClients, actor: str) -> AwsClients:
        """Write down what these clients send from now on as the actor's; return them."""

        def sent(request: AWSPreparedRequest, event_name: str, **_: object) -> None:
            service, operation = event_name.split(".")[1:]
            self._sent.url = str(request.url)
            try:
                self._note(actor, set(needs_of(service, operation, request)))
            except LookupError as error:
                self.unknown.append(str(error))

        def answered(response_dict: dict[str, Any] | None, event_name: str, **_: object) -> None:
            service, operation = event_name.split(".")[1:]
            if response_dict is not None and response_dict["status_code"] == _NOT_FOUND:
                self._note(actor, set(needs_to_be_told_of_absence(service, operation, self._sent.url)))

        for name in _CLIENTS:
            events = getattr(clients, name).meta.events
            events.register_first("before-send", sent)
            events.register_first("response-received", answered)
        return clients

    def _note(self, actor: str, needs: set[Need]) -> None:
        with self._lock:
            self.needs[actor] |= needs
