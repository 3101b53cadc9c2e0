"""Resources: the settings turned into objects that the domain already knows, when a run needs them.

Every workload has one, named as it is: its stages. All start from `product`, so a run has one set of AWS clients,
and the embedded AWS is started (or found) when the first of them is made, never while definitions load.
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from yorutsuke_pipeline import stages
from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.composition import Composition, compose
from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.stages import Stages


class ProductResource(dg.ConfigurableResource[Composition]):
    """The product as the environment configures it (docs/settings.md): AWS clients behind ports."""

    def create_resource(self, context: dg.InitResourceContext) -> Composition:  # noqa: ARG002, D102 — Dagster's signature
        return compose()


def build_resources(blueprints: Iterable[Blueprint]) -> dict[str, object]:
    """Return every resource under the name that assets, checks and sensors ask for."""
    return {
        "product": ProductResource(),
        "lookout": _of_product(stages.lookout, "What the completion sensor looks through (Bedrock, SQS)."),
        "alert_channel": _of_product(
            lambda product: product.alerts, "Who is told when something needs a person (SNS)."
        ),
        **{each.name: _stages_of(each) for each in blueprints},
    }


def stages_of(context: Any, blueprint: Blueprint) -> Stages:  # noqa: ANN401 — Dagster's contexts have no common type
    """Return the stages of a workload, for whose asset, check, op, schedule or sensor `context` is."""
    found: Stages = getattr(context.resources, blueprint.name)
    return found


def intent_of(context: dg.AssetExecutionContext) -> str | None:
    """Return the intent that a run works on alone; None if it works on its whole day."""
    return context.run.tags.get(INTENT_TAG)


def _stages_of(blueprint: Blueprint) -> dg.ResourceDefinition:
    return _of_product(lambda product: Stages(blueprint.assemble(product)), f"The stages of {blueprint.name}.")


def _of_product(part: Any, description: str) -> dg.ResourceDefinition:  # noqa: ANN401 — takes the product, gives anything
    """Return a resource that is a part of the product, made once a run."""
    return dg.ResourceDefinition(
        lambda context: part(context.resources.product),
        required_resource_keys={"product"},
        description=description,
    )
