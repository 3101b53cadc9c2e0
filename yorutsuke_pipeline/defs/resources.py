"""Resources: each turns the settings into an object that the domain already knows, when a run needs it.

Every one of them starts from `ProductResource`, so a run has one set of AWS clients, and the embedded
AWS is started (or found) when the first of them is made, never while definitions load.
"""

import dagster as dg

from yorutsuke_pipeline import stages
from yorutsuke_pipeline.composition import Composition, compose
from yorutsuke_pipeline.engine.archive import Archiver
from yorutsuke_pipeline.engine.manifest import ManifestWriter
from yorutsuke_pipeline.engine.ports import IntentLedger, PendingRecords
from yorutsuke_pipeline.engine.raw_output import RawOutputCollector
from yorutsuke_pipeline.engine.results import ResultRecorder
from yorutsuke_pipeline.engine.submission import Submitter
from yorutsuke_pipeline.engine.watching import Watch


class ProductResource(dg.ConfigurableResource[Composition]):
    """The product as the environment configures it (docs/settings.md), with its AWS clients."""

    def create_resource(self, context: dg.InitResourceContext) -> Composition:  # noqa: ARG002, D102 — Dagster's signature
        return compose()


class PendingImagesResource(dg.ConfigurableResource[PendingRecords]):
    """The table of images that wait (DynamoDB)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> PendingRecords:  # noqa: ARG002, D102 — Dagster's signature
        return self.product.pending_images


class LedgerResource(dg.ConfigurableResource[IntentLedger]):
    """The table of intents and jobs (DynamoDB)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> IntentLedger:  # noqa: ARG002, D102 — Dagster's signature
        return self.product.ledger


class ManifestWriterResource(dg.ConfigurableResource[ManifestWriter]):
    """The stage that claims images and writes the parts (DynamoDB, S3)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> ManifestWriter:  # noqa: ARG002, D102 — Dagster's signature
        return stages.manifest_writer(self.product)


class SubmitterResource(dg.ConfigurableResource[Submitter]):
    """The stage that submits batch jobs (Bedrock), or asks on demand below the minimum (Bedrock runtime)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> Submitter:  # noqa: ARG002, D102 — Dagster's signature
        return stages.submitter(self.product)


class WatchResource(dg.ConfigurableResource[Watch]):
    """The rules of the completion sensor (Bedrock, DynamoDB)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> Watch:  # noqa: ARG002, D102 — Dagster's signature
        return stages.watch(self.product)


class RawOutputCollectorResource(dg.ConfigurableResource[RawOutputCollector]):
    """The stage that reads what the jobs wrote (S3)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> RawOutputCollector:  # noqa: ARG002, D102 — Dagster's signature
        return stages.raw_output_collector(self.product)


class ResultRecorderResource(dg.ConfigurableResource[ResultRecorder]):
    """The stage that turns answers into transactions (S3, DynamoDB)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> ResultRecorder:  # noqa: ARG002, D102 — Dagster's signature
        return stages.result_recorder(self.product)


class ArchiverResource(dg.ConfigurableResource[Archiver]):
    """The stage that archives sources and closes intents (S3, DynamoDB)."""

    product: dg.ResourceDependency[Composition]

    def create_resource(self, context: dg.InitResourceContext) -> Archiver:  # noqa: ARG002, D102 — Dagster's signature
        return stages.archiver(self.product)


def build_resources() -> dict[str, object]:
    """Return every resource under the name that assets, checks and sensors ask for."""
    product = ProductResource()
    return {
        "product": product,
        "pending_records": PendingImagesResource(product=product),
        "ledger": LedgerResource(product=product),
        "manifest_writer": ManifestWriterResource(product=product),
        "submitter": SubmitterResource(product=product),
        "watch": WatchResource(product=product),
        "collector": RawOutputCollectorResource(product=product),
        "recorder": ResultRecorderResource(product=product),
        "archiver": ArchiverResource(product=product),
    }
