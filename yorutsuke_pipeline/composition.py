"""The composition root: settings in, adapters out. The only place that knows which adapter fills which port.

What belongs here: the choice of AWS (embedded, real, or wherever the standard variables point) and the
making of the adapters that all workloads share. What does not: a workload's own tables (its `line.py`), Dagster
(`defs/resources.py` wraps these) and any rule.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.alert_topic import SnsAlerts
from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.cloudwatch_metrics import CloudWatchMetrics
from yorutsuke_pipeline.aws.hint_queue import SqsHintQueue
from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.aws.on_demand_model import BedrockModel
from yorutsuke_pipeline.aws.prices import PublishedPrices
from yorutsuke_pipeline.aws.service_quotas import ServiceQuotaBook
from yorutsuke_pipeline.aws.spending_book import DynamoSpendingBook
from yorutsuke_pipeline.aws.submission_switch import DynamoSubmissionSwitch
from yorutsuke_pipeline.engine.alerts import NO_ALERTS
from yorutsuke_pipeline.engine.cost import Price
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.figures import NO_METRICS
from yorutsuke_pipeline.engine.hints import NO_HINTS
from yorutsuke_pipeline.engine.prices import ConfiguredPrices
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.seeding import seed_in_background
from yorutsuke_pipeline.settings import Settings, load_aws_environment, load_settings

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import AlertChannel, HintQueue, Metrics, PriceList, QuotaBook
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline.settings import AwsEnvironment

_DEFAULT_REGION = "us-east-1"
# Seconds. Quotas change when a person asks for it.
_QUOTAS_KEPT = 3600.0


@dataclass(frozen=True)
class Composition:
    """The product, put together for one set of settings. Adapters and clients are made when first asked for."""

    settings: Settings
    aws_environment: AwsEnvironment

    @cached_property
    def clients(self) -> AwsClients:
        """The AWS clients; with the embedded AWS, this is what starts it.

        Raises:
            ConfigurationError: The embedded AWS is wanted and not installed.
            EmbeddedAwsError: It does not start; the message says why.
        """
        region, url = self.aws_environment.region, None
        if self.settings.is_embedded and not self.aws_environment.endpoint_variables:
            endpoint = self._embedded_aws()
            region, url = endpoint.region, endpoint.url
        elif self.settings.is_embedded:
            region = region or _DEFAULT_REGION
        return AwsClients(
            region,
            url,
            placeholder_credentials=self.settings.is_embedded,
            concurrency=self.settings.concurrency,
        )

    @property
    def home(self) -> Path:
        """Where the embedded AWS keeps its state: as set, or `.yorutsuke` beside the checkout's workspace.yaml."""
        return self.settings.home or _checkout() / ".yorutsuke"

    @property
    def objects(self) -> S3ObjectStore:
        """The bucket."""
        bucket = self.settings.required_bucket()
        return S3ObjectStore(self.clients.s3, bucket, concurrency=self.settings.concurrency)

    @property
    def ledger(self) -> DynamoIntentLedger:
        """The intents and their jobs."""
        return DynamoIntentLedger(self.clients.dynamodb, self.settings.table("batch-jobs"))

    @property
    def spending_book(self) -> DynamoSpendingBook:
        """What was spent, by intent, day and month."""
        return DynamoSpendingBook(self.clients.dynamodb, self.settings.table("batch-jobs"))

    def switch_of(self, workload: str) -> DynamoSubmissionSwitch:
        """Return the switch that pauses the submission of a workload."""
        return DynamoSubmissionSwitch(self.clients.dynamodb, self.settings.table("batch-jobs"), workload)

    @property
    def batch_service(self) -> BedrockBatchService:
        """Bedrock's batch jobs."""
        return BedrockBatchService(self.clients.bedrock)

    @cached_property
    def quota_book(self) -> QuotaBook:
        """The limits of batch jobs, as Service Quotas knows them."""
        if self.settings.is_embedded:
            return self._embedded_quota_book()
        overrides = tuple(sorted(self.settings.quota_overrides.items()))
        return _quota_book(self.aws_environment.region, overrides, int(time.monotonic() / _QUOTAS_KEPT))

    @property
    def on_demand_model(self) -> BedrockModel:
        """Bedrock's runtime."""
        return BedrockModel(self.clients.bedrock_runtime)

    @property
    def events_queue_url(self) -> str | None:
        """The queue of events about jobs: as set, or the one that the embedded AWS has; None if none is to be read."""
        settings = self.settings
        if settings.poll_seconds == 0 or not self._has("SQS"):
            return None
        return settings.events_queue_url or (settings.embedded_queue_url if settings.is_embedded else None)

    @property
    def hints(self) -> HintQueue:
        """Events about jobs."""
        url = self.events_queue_url
        return NO_HINTS if url is None else SqsHintQueue(self.clients.sqs, url)

    @property
    def alerts_topic_arn(self) -> str | None:
        """The topic of alerts: as set, or the one that the embedded AWS has; None if there is none."""
        settings = self.settings
        if not self._has("SNS"):
            return None
        return settings.alerts_topic_arn or (settings.embedded_topic_arn if settings.is_embedded else None)

    @property
    def alerts(self) -> AlertChannel:
        """Who is told when something needs a person."""
        arn = self.alerts_topic_arn
        return NO_ALERTS if arn is None else SnsAlerts(lambda: self.clients.sns, arn, f"yorutsuke-{self.settings.env}")

    @property
    def metrics(self) -> Metrics:
        """The figures of closed intents."""
        settings = self.settings
        if not settings.metrics or not self._has("CLOUDWATCH"):
            return NO_METRICS
        return CloudWatchMetrics(lambda: self.clients.cloudwatch, settings.env)

    @property
    def prices(self) -> PriceList:
        """Model prices, with the settings' own for the configured model where they are set."""
        settings, published = self.settings, PublishedPrices()
        if settings.price_input is None or settings.price_output is None:
            return published
        return ConfiguredPrices(settings.model_id, Price(settings.price_input, settings.price_output), published)

    def _has(self, service: str) -> bool:
        """Tell whether a service is there, by its name in `AWS_ENDPOINT_URL_<SERVICE>`.

        Where somebody sends some services elsewhere, and it is not real AWS that is wanted, the real endpoints of the
        others must not be asked instead.
        """
        given = self.aws_environment.endpoint_variables
        if not self.settings.is_embedded or not given:
            return True
        return not {"AWS_ENDPOINT_URL", f"AWS_ENDPOINT_URL_{service}"}.isdisjoint(given)

    def _embedded_quota_book(self) -> QuotaBook:
        """Return a book of the embedded Bedrock's quotas, which can be set to others at any moment."""
        if not self._has("SERVICE_QUOTAS"):
            return FixedQuotas(self.settings.policy().quotas)
        return ServiceQuotaBook(lambda: self.clients.service_quotas, self.settings.quota_overrides)

    def _embedded_aws(self) -> Endpoint:
        """Return the running embedded AWS, started if need be; a fresh one is given its samples meanwhile."""
        try:
            from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — an extra; real AWS runs without it
        except ImportError as error:
            raise ConfigurationError(
                f"the embedded AWS is not installed ({error}): pip install 'yorutsuke-pipeline[embedded]', "
                "or set YORUTSUKE_AWS=real",
            ) from error
        endpoint = lifecycle.ensure_running(self.home, environment=self.settings.env)
        if self.settings.samples and endpoint.fresh:
            seed_in_background(self.home, env=self.settings.env)
        return endpoint


@lru_cache(maxsize=1)
def _quota_book(region: str | None, overrides: tuple[tuple[str, int], ...], _period: int) -> ServiceQuotaBook:
    """Return a book that is read once a period in one process: the sensor composes the product anew at each tick."""
    clients = AwsClients(region)
    return ServiceQuotaBook(lambda: clients.service_quotas, dict(overrides))


def compose() -> Composition:
    """Return the product as the environment configures it.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    return Composition(load_settings(), load_aws_environment())


def _checkout() -> Path:
    """Return the checkout that one stands in or that the code was loaded from, else a folder of the user's."""
    places = (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[1])
    for place in places:
        if (place / "workspace.yaml").is_file() and (place / "yorutsuke_pipeline").is_dir():
            return place
    return Path.home()
