"""Which environment variables a configuration of Dagster's reads: every `{env: NAME}` in it."""

from __future__ import annotations

import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call

from yorutsuke_pipeline_tests.end_to_end.dagster_dev import CHECKOUT


def variables_of(*files: str) -> set[str]:
    """Return the names that files of deploy/ read."""
    return set().union(*(_variables(yaml.safe_load((CHECKOUT / "deploy" / file).read_text())) for file in files))


def _variables(value: object) -> set[str]:
    if isinstance(value, dict):
        found = {value["env"]} if set(value) == {"env"} else set()
        return found.union(*(_variables(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(_variables(each) for each in value))
    return set()
