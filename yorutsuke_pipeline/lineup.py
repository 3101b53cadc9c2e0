"""Which workloads there are: those that the settings list, each a folder with a blueprint in its `line.py`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.settings import Settings


def blueprints(settings: Settings) -> Sequence[Blueprint]:
    """Return the blueprints of all workloads, in the order of the settings.

    Raises:
        ConfigurationError: One cannot be loaded, or two have the same name.
    """
    found = [_blueprint(place) for place in settings.workload_places]
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"YORUTSUKE_WORKLOADS lists a workload twice: {', '.join(names)}")
    return found


def blueprint_of(settings: Settings, name: str) -> Blueprint:
    """Return the blueprint of a workload.

    Raises:
        ConfigurationError: There is none of that name.
    """
    there = {each.name: each for each in blueprints(settings)}
    if name not in there:
        raise ConfigurationError(f"there is no workload {name!r}; YORUTSUKE_WORKLOADS has {', '.join(there)}")
    return there[name]


@cache
def _blueprint(place: str) -> Blueprint:
    try:
        found = getattr(import_module(f"{place}.line"), "BLUEPRINT", None)
    except ImportError as error:
        raise ConfigurationError(f"the workload {place} of YORUTSUKE_WORKLOADS cannot be loaded: {error}") from error
    if not isinstance(found, Blueprint):
        raise ConfigurationError(f"{place}.line of YORUTSUKE_WORKLOADS has no BLUEPRINT (docs/adding-a-workload.md)")
    return found
