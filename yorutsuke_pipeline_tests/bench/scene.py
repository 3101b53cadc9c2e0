"""Where a side runs: the service, the product put together at it, and a night as it stands before the stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import COMPLETED, BatchJob, JobMode
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.settings import load_aws_environment, load_settings
from yorutsuke_pipeline.workloads.receipts.line import assemble
from yorutsuke_pipeline_tests.bench import contents

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.workload import Workload
    from yorutsuke_pipeline_tests.bench.service import Service

INTENT_ID = f"receipts-{contents.DAY.isoformat()}-001"

# What a side found out, besides its time: at least "units", what it did, in the benchmark's own unit.
Facts = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """A side's surroundings. The environment names the service, as AWS_ENDPOINT_URL.

    Attributes:
        size: How many records (or jobs) there are.
        options: A benchmark's own, by name.
    """

    service: Service
    size: int
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def product(self) -> Composition:
        """The product as the environment configures it, its clients made."""
        return _product_at(self.service.url)

    @property
    def workload(self) -> Workload:
        """The workload that is measured."""
        return assemble(self.product).workload

    def put_intent(self, status: IntentStatus, **facts: Any) -> Intent:  # noqa: ANN401 — an Intent's
        """Put the day's intent in a status, with one job that has ended."""
        intent = Intent(
            intent_id=facts.pop("intent_id", INTENT_ID),
            workload=self.workload.name,
            day=facts.pop("day", contents.DAY),
            model_id=self.product.settings.model_id,
            prompt_version=self.workload.prompt_version,
            trace_id="0" * 32,
            created_at=contents.UPLOADED,
            status=status,
            record_count=self.size,
            job_count=facts.pop("job_count", 1),
            result=ResultStats(self.size, 0) if status is IntentStatus.RECORDED else None,
        )
        self.product.ledger.create(intent)
        return intent

    def put_job(self, intent: Intent, number: int = 1, *, status: str = COMPLETED, service_number: int = 0) -> None:
        """Put one of an intent's jobs."""
        job_id = contents.job_id(service_number)
        self.product.ledger.save_job(
            BatchJob(
                intent_id=intent.intent_id,
                number=number,
                mode=JobMode.BATCH,
                job_name=f"{intent.intent_id}-{number:03d}-dev",
                client_request_token=f"token{service_number}",
                part_key=layout.part_key(intent.intent_id, number),
                part_etag='"etag"',
                record_count=self.size,
                input_bytes=0,
                status=status,
                job_id=job_id,
                job_arn=f"arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/{job_id}",
                submitted_at=contents.UPLOADED,
            ),
        )


@lru_cache(maxsize=1)
def _product_at(url: str) -> Composition:
    # The stub has tables, objects and jobs; a queue or figures are no part of what is compared.
    # And a benchmark's night is one intent, however large.
    changed = {"poll_seconds": 0.0, "metrics": False, "intent_records": 1_000_000}
    settings = load_settings().model_copy(update=changed)
    product = Composition(settings, load_aws_environment())
    clients = (product.clients.s3, product.clients.dynamodb, product.clients.bedrock)
    # A benchmark that ran anywhere else would measure, and pay for, something else.
    assert {client.meta.endpoint_url for client in clients} == {url}
    return product
