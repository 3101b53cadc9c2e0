"""The receipts workload over a product, for tests that run its stages or look at its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline.workloads.receipts.line import assemble

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition


def receipts_stages(product: Composition) -> Stages:
    """Return the stages of receipts."""
    return Stages(assemble(product))
