"""The entry point that Dagster loads; no logic."""

import dagster as dg

from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.settings import load_settings


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions as the environment configures them."""
    return build_definitions(load_settings())
