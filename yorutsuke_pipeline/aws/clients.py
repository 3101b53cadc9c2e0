"""boto3's clients: made late, once, and configured in one place.

Low-level clients only; they are safe to share between threads, while making a session is not.
Everything that standard AWS configuration says (profile, region, `AWS_ENDPOINT_URL` and
`AWS_ENDPOINT_URL_<SERVICE>`) is left to boto3 to find.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import boto3
import botocore.session
from botocore.config import Config

from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.aws.half_answers import refuse_half_answers
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

_COMMON = Config(
    user_agent_extra="yorutsuke-pipeline",
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 5},
    tcp_keepalive=True,
)
# Bedrock is asked once by the client: whether asking again could be paid for twice, the adapters know.
_ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})
_OWN: dict[str, Config] = {
    "bedrock": _ONCE,
    # A large picture takes the model its time, and an answer that is not waited for is paid for all the same.
    "bedrock-runtime": _ONCE.merge(Config(read_timeout=300)),
    # A third of each call's time goes into checking parameters that the adapters make themselves.
    "dynamodb": Config(parameter_validation=False, read_timeout=20),
    # What it says is known roughly without it: a network that does not lead there must not hold up the night.
    "service-quotas": Config(read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2}),
    # Hints, figures and messages: what waits for them is worth more than they are.
    **dict.fromkeys(
        ("sqs", "sns", "cloudwatch"),
        Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}),
    ),
}
# Where credentials may come from for an AWS that needs none: not from a login or an instance's own role,
# which would cost seconds on the network, or fail, for nothing.
_WRITTEN_DOWN = frozenset({"env", "shared-credentials-file", "config-file"})
_PLACEHOLDER = "test"
_AWS = Target("AWS's configuration", "AWS_PROFILE and AWS_REGION")


class AwsClients:
    """The clients of one AWS.

    Args:
        region: None leaves it to the standard configuration.
        endpoint_url: One for all services; None leaves it to the standard configuration.
        placeholder_credentials: Sign with made-up credentials if none are written down (embedded AWS only).
        concurrency: Calls in flight at once, for the size of the connection pools.
    """

    def __init__(
        self,
        region: str | None = None,
        endpoint_url: str | None = None,
        *,
        placeholder_credentials: bool = False,
        concurrency: int = 16,
    ) -> None:
        self._region = region
        self._endpoint_url = endpoint_url
        self._placeholder_credentials = placeholder_credentials
        self._pool = Config(max_pool_connections=max(2 * concurrency, 32))
        self._lock = Lock()
        self._session: boto3.Session | None = None
        self._made: dict[str, Any] = {}

    @property
    def s3(self) -> S3Client:
        """The client of S3."""
        return cast("S3Client", self._client("s3"))

    @property
    def dynamodb(self) -> DynamoDBClient:
        """The client of DynamoDB."""
        return cast("DynamoDBClient", self._client("dynamodb"))

    @property
    def bedrock(self) -> BedrockClient:
        """The client of Bedrock's control plane; it asks once."""
        return cast("BedrockClient", self._client("bedrock"))

    @property
    def bedrock_runtime(self) -> BedrockRuntimeClient:
        """The client of Bedrock's runtime; it asks once, and waits for five minutes."""
        return cast("BedrockRuntimeClient", self._client("bedrock-runtime"))

    @property
    def sqs(self) -> SQSClient:
        """The client of SQS; it gives up soon."""
        return cast("SQSClient", self._client("sqs"))

    @property
    def sns(self) -> SNSClient:
        """The client of SNS; it gives up soon."""
        return cast("SNSClient", self._client("sns"))

    @property
    def cloudwatch(self) -> CloudWatchClient:
        """The client of CloudWatch; it gives up soon."""
        return cast("CloudWatchClient", self._client("cloudwatch"))

    @property
    def service_quotas(self) -> ServiceQuotasClient:
        """The client of Service Quotas."""
        return cast("ServiceQuotasClient", self._client("service-quotas"))

    @property
    def sts(self) -> STSClient:
        """The client of STS, which knows whose credentials these are."""
        return cast("STSClient", self._client("sts"))

    @property
    def iam(self) -> IAMClient:
        """The client of IAM, for looking at roles."""
        return cast("IAMClient", self._client("iam"))

    def of(self, service: str) -> Any:  # noqa: ANN401 — boto3 makes its clients' classes as it runs
        """The client of any other service, by boto3's name of it."""
        return self._client(service)

    def _client(self, service: str) -> Any:  # noqa: ANN401 — boto3 makes its clients' classes as it runs
        with self._lock:
            if service not in self._made:
                with calling(_AWS, f"make a client of {service}"):
                    self._made[service] = self._new_client(service)
            return self._made[service]

    def _new_client(self, service: str) -> Any:  # noqa: ANN401 — as above
        self._session = self._session or self._new_session()
        config = _COMMON.merge(self._pool).merge(_OWN.get(service, Config()))
        make: Any = self._session.client
        try:
            client = make(service, endpoint_url=self._endpoint_url, config=config)
        except ValueError as error:
            raise ConfigurationError(
                f"no client of {service} can be made: {error}; check AWS_ENDPOINT_URL and AWS_REGION",
            ) from error
        refuse_half_answers(client)
        return client

    def _new_session(self) -> boto3.Session:
        if not self._placeholder_credentials:
            return boto3.Session(region_name=self._region)
        core = botocore.session.get_session()
        chain = core.get_component("credential_provider")
        for provider in list(chain.providers):
            if provider.METHOD not in _WRITTEN_DOWN:
                chain.remove(provider.METHOD)
        if core.get_credentials() is None:
            core.set_credentials(_PLACEHOLDER, _PLACEHOLDER)
        return boto3.Session(region_name=self._region, botocore_session=core)
