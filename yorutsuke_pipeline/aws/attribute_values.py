"""DynamoDB's typed values and Python's plain ones.

boto3's own serializer does the same at several times the cost, which is what limits a night of 100,000
rows. Numbers are Decimal both ways; a float is a mistake here and refused.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# One value as it goes over the wire: {"S": "text"}, {"N": "1500"}, ...
Value = dict[str, Any]
Item = dict[str, Value]


def as_item(row: Mapping[str, Any]) -> Item:
    """Return a row's values with their types; None is left out, so that no index holds it."""
    return {name: as_value(value) for name, value in row.items() if value is not None}


def as_value(value: Any) -> Value:  # noqa: ANN401 — any plain value
    """Return one value with its type.

    Raises:
        TypeError: It is a float, or nothing that a table can hold.
    """
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, Decimal)):
        return {"N": str(value)}
    if isinstance(value, (list, tuple)):
        return {"L": [as_value(member) for member in value]}
    if isinstance(value, dict):
        return {"M": {name: as_value(member) for name, member in value.items()}}
    if value is None:
        return {"NULL": True}
    raise TypeError(f"a table holds no {type(value).__name__}")


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item's plain values; rows are written by others, so any type may be among them."""
    return {name: from_value(value) for name, value in item.items()}


def from_value(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 — any plain value
    """Return one plain value: text, bytes, Decimal, bool, None, list, dict, or a set of the first three."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    if kind == "L":
        return [from_value(member) for member in content]
    if kind == "M":
        return from_item(content)
    if kind == "NULL":
        return None
    if kind == "NS":
        return {Decimal(member) for member in content}
    return set(content) if kind in {"SS", "BS"} else content
