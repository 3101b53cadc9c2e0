"""What differs between two descriptions of a resource in CloudFormation's words.

What belongs here: which spellings mean the same. AWS gives numbers as texts, one action as a list of one, lists in an
order of its own, and says `false` where a template says nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What names an entry of a list, so that a changed one is not shown as one too few and one too many.
_NAMES = ("Id", "IndexName", "AttributeName", "PolicyName", "Sid", "Name")
# Below these, a text and a list of that one text mean the same, and order means nothing.
_POLICIES = frozenset({"PolicyDocument", "AssumeRolePolicyDocument"})
_ROOT = re.compile(r"^arn:[\w-]+:iam::(\d{12}):root$")


@dataclass(frozen=True)
class Difference:
    """One property that is not as the template has it.

    Attributes:
        path: `LifecycleConfiguration.Rules[expire-batch-input].ExpirationInDays`.
        expected: By the template; None: not to be there.
        found: In the account; None: not there.
    """

    path: str
    expected: Any
    found: Any


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield what differs, in the order of the expected."""
    yield from _compared(_canonical(expected) or {}, _canonical(found) or {}, "")


def _compared(expected: Any, found: Any, path: str) -> Iterator[Difference]:  # noqa: ANN401 — any piece of a resource
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            yield from _compared(expected.get(key), found.get(key), f"{path}.{key}" if path else key)
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _compared_lists(expected, found, path)
    elif expected != found:
        yield Difference(path, expected, found)


def _compared_lists(expected: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    name = next((name for name in _NAMES if _is_named(expected, name) and _is_named(found, name)), None)
    if name is None:
        if sorted(map(_sortable, expected)) != sorted(map(_sortable, found)):
            yield Difference(path, expected, found)
        return
    wanted, there = ({each[name]: each for each in entries} for entries in (expected, found))
    for key in [*wanted, *(key for key in there if key not in wanted)]:
        yield from _compared(wanted.get(key), there.get(key), f"{path}[{key}]")


def _is_named(entries: list[Any], name: str) -> bool:
    """Tell whether each entry has a name of its own."""
    names = [each.get(name) for each in entries if isinstance(each, dict)]
    return len(names) == len(entries) and None not in names and len({str(each) for each in names}) == len(names)


def _canonical(value: Any, *, in_policy: bool = False) -> Any:  # noqa: ANN401 — as above
    """Return the one spelling of a value; None for what is as good as not there."""
    if isinstance(value, bool):
        # In a policy, "false" is a value that a condition compares with.
        return "true" if value else ("false" if in_policy else None)
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, dict):
        told = {key: _canonical(each, in_policy=in_policy or key in _POLICIES) for key, each in value.items()}
        return {key: each for key, each in told.items() if each is not None} or None
    if isinstance(value, (list, tuple)):
        entries = [_canonical(each, in_policy=in_policy) for each in value]
        return _canonical_list(entries, in_policy=in_policy)
    if isinstance(value, str) and in_policy:
        # IAM stores an account's number as the ARN of its root.
        return _ROOT.sub(r"\1", value)
    return None if value in ("", "false") else value


def _canonical_list(entries: list[Any], *, in_policy: bool) -> Any:  # noqa: ANN401 — as above
    if in_policy and len(entries) == 1:
        return entries[0]
    if all(isinstance(each, str) for each in entries):
        entries = sorted(entries)
    return entries or None


def _sortable(value: Any) -> str:  # noqa: ANN401 — as above
    return json.dumps(value, sort_keys=True, default=str)
