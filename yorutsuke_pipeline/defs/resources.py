"""Resources: each turns the settings into an object that the domain already knows, when a run needs it.

Every one of them starts from `ProductResource`, so a run has one set of AWS clients, and the embedded
AWS is started (or found) when the first of them is made, never while definitions load.
"""

from collections.abc import Callable

import dagster as dg

from yorutsuke_pipeline import stages
from yorutsuke_pipeline.composition import Composition, compose


class ProductResource(dg.ConfigurableResource[Composition]):
    """The product as the environment configures it (docs/settings.md): AWS clients behind ports."""

    def create_resource(self, context: dg.InitResourceContext) -> Composition:  # noqa: ARG002, D102 — Dagster's signature
        return compose()


def build_resources() -> dict[str, object]:
    """Return every resource under the name that assets, checks and sensors ask for."""
    return {
        "product": ProductResource(),
        "pending_records": _of_product(lambda product: product.pending_images, "The images that wait (DynamoDB)."),
        "ledger": _of_product(lambda product: product.ledger, "The intents and their jobs (DynamoDB)."),
        "switch": _of_product(lambda product: product.switch, "Whether submission is paused (DynamoDB)."),
        "stopper": _of_product(stages.stopper),
        "manifest_writer": _of_product(stages.manifest_writer),
        "submitter": _of_product(stages.submitter),
        "lookout": _of_product(stages.lookout),
        "lateness": _of_product(stages.lateness),
        "alert_channel": _of_product(
            lambda product: product.alerts, "Who is told when something needs a person (SNS)."
        ),
        "collector": _of_product(stages.raw_output_collector),
        "recorder": _of_product(stages.result_recorder),
        "archiver": _of_product(stages.archiver),
        "spending": _of_product(stages.spending),
        "day_accounts": _of_product(stages.day_accounts),
        "reconciler": _of_product(stages.reconciler),
    }


def _of_product(part: Callable[[Composition], object], description: str | None = None) -> dg.ResourceDefinition:
    """Return a resource that is a part of the product, made once a run."""
    return dg.ResourceDefinition(
        lambda context: part(context.resources.product),
        required_resource_keys={"product"},
        description=description or part.__doc__,
    )
