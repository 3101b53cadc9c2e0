"""One proxy in front of the session's embedded AWS, cleared before each test, and clients that go through it."""

from __future__ import annotations

import functools
import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import Call, FaultProxy, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

TABLE = "fault-proxy"


@dataclass
class Outcomes:
    """What the proxy reports, as it comes."""

    _told: list[Outcome] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, outcome: Outcome) -> None:
        with self._more:
            self._told.append(outcome)
            self._more.notify_all()

    def of(self, calls: list[Call]) -> list[Outcome]:
        """Wait until all of these calls have ended: a client has its answer a little sooner."""
        with self._more:
            # By identity: after a reset, another test's calls may be equal to these.
            numbers = {id(call) for call in calls}
            assert self._more.wait_for(lambda: {id(one.call) for one in self._told} >= numbers, timeout=30)
            return [outcome for outcome in self._told if id(outcome.call) in numbers]


@dataclass
class Wire:
    """The proxy, the AWS behind it, and what its report said."""

    proxy: FaultProxy
    aws: Endpoint
    reported: Outcomes

    @property
    def bucket(self) -> str:
        return self.aws.outputs["ReceiptsBucketName"]

    def client(self, service: str, **settings: Any) -> Any:  # noqa: ANN401 — boto3 makes its clients at run time
        """Return a client through the proxy; one for each set of settings, as they are slow to make."""
        return _client(service, self.proxy.url, self.aws.region, **settings)

    def direct(self, service: str) -> Any:  # noqa: ANN401 — as above
        """Return a client that goes round the proxy."""
        return _client(service, self.aws.url, self.aws.region)

    def fail(self, operation: str, kind: str, **fields: Any) -> None:  # noqa: ANN401 — a fault's fields
        """Put one fault in force."""
        self.proxy.set_faults([Fault.model_validate({"operation": operation, "kind": kind, **fields})])

    def outcomes(self) -> list[Outcome]:
        return self.reported.of(self.proxy.calls)

    def names(self) -> list[str]:
        return [str(call.operation) for call in self.proxy.calls]

    def item(self, key: str) -> dict[str, Any] | None:
        """Return what is in the table, asked directly."""
        found: dict[str, Any] | None = (
            self.direct("dynamodb").get_item(TableName=TABLE, Key={"id": {"S": key}}).get("Item")
        )
        return found

    def is_object(self, key: str) -> bool:
        """Whether the bucket has the key, asked directly."""
        return bool(self.direct("s3").list_objects_v2(Bucket=self.bucket, Prefix=key)["KeyCount"])


@functools.cache
def _client(service: str, url: str, region: str, *, attempts: int = 1, read_timeout: float = 60) -> Any:  # noqa: ANN401 — as above
    make: Any = boto3.client  # its overloads want a literal
    return make(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="anyone",
        aws_secret_access_key="anything",
        config=Config(retries={"total_max_attempts": attempts}, read_timeout=read_timeout, max_pool_connections=50),
    )


@pytest.fixture(scope="session")
def _session_wire(embedded_aws: Endpoint) -> Iterator[Wire]:
    reported = Outcomes()
    with FaultProxy(embedded_aws.url, report=reported.tell) as proxy:
        wire = Wire(proxy, embedded_aws, reported)
        wire.direct("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield wire
    _client.cache_clear()


@pytest.fixture
def wire(_session_wire: Wire) -> Iterator[Wire]:
    _session_wire.proxy.reset()
    yield _session_wire
    _session_wire.proxy.set_faults([])
    _session_wire.proxy.watch = None


@pytest.fixture
def key() -> str:
    """A key of this test's own: tests share the table and the bucket."""
    return f"fault-proxy-{uuid.uuid4().hex[:12]}"


def item(key: str) -> dict[str, Any]:
    """Return the parameters of a PutItem."""
    return {"TableName": TABLE, "Item": {"id": {"S": key}}}
