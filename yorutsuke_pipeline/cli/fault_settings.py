"""The words of `yorutsuke aws faults set`, made into the settings of the embedded Bedrock.

    timing.scheduled=30 quotas.min_records=10 require_own_role=true     a switch by its name
    job.ending=expire job.name_contains=2026-01-09                      one fault of jobs, instead of those set
    call.operation=CreateModelInvocationJob call.kind=throttle          one fault of calls, instead of those set
    'jobs=[{...}, {...}]'                                                several, as JSON

What each switch means is told in `local_aws/bedrock/faults.py`, which also refuses wrong ones.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_LISTS = {"job": "jobs", "call": "calls"}


def changed_faults(current: dict[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Return the settings with `key=value` assignments on top; values are JSON, else plain text.

    Raises:
        ValueError: An assignment has no `=` or no such form of key; the message quotes it.
    """
    changed = copy.deepcopy(current)
    begun: dict[str, dict[str, Any]] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not key:
            raise ValueError(f"{assignment!r} is no key=value, for instance timing.scheduled=30")
        place, _, name = key.partition(".")
        if place in _LISTS and name:
            begun.setdefault(place, {})[name] = _value(text)
        elif not name:
            changed[place] = _value(text)
        elif isinstance(changed.get(place), dict):
            changed[place][name] = _value(text)
        else:
            known = ", ".join(f"{group}.*" for group in (*_groups(current), *_LISTS))
            raise ValueError(f"{key!r} is no switch: there are {known}, and {', '.join(_plain(current))}")
    for place, fault in begun.items():
        changed[_LISTS[place]] = [fault]
    return changed


def _value(text: str) -> Any:  # noqa: ANN401 — JSON
    try:
        return json.loads(text)
    except ValueError:
        return text


def _groups(settings: dict[str, Any]) -> list[str]:
    return [name for name, value in settings.items() if isinstance(value, dict)]


def _plain(settings: dict[str, Any]) -> list[str]:
    return [name for name, value in settings.items() if not isinstance(value, dict)]
