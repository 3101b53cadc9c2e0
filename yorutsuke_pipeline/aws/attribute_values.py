"""DynamoDB's typed values and Python's plain ones.

What goes in bulk becomes JSON at once (`as_json`), without the typed values in between. boto3's own serializer
does the same at several times the cost, which is what limits a night of 100,000 rows. Numbers are Decimal both
ways; a float is a mistake here and refused.
"""

from __future__ import annotations

import json
from base64 import b64decode
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted
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


def as_json(row: Mapping[str, Any]) -> str:
    """Return `as_item(row)` as the JSON that goes over the wire, ASCII only."""
    values = [
        # Most values are text, and a call for each would take as long as all else.
        f'{quoted(name)}:{{"S":{quoted(value)}}}' if type(value) is str else f"{quoted(name)}:{_json(value)}"
        for name, value in row.items()
        if value is not None
    ]
    return "{" + ",".join(values) + "}"


def _json(value: Any) -> str:  # noqa: ANN401 — any plain value
    # The two kinds that nearly all values are; an enum's text is its value's.
    if type(value) is str:
        return f'{{"S":{quoted(value)}}}'
    if type(value) is Decimal or type(value) is int:
        return f'{{"N":"{value}"}}'
    if isinstance(value, (list, tuple)):
        return f'{{"L":[{",".join(map(_json, value))}]}}'
    if isinstance(value, dict):
        return f'{{"M":{{{",".join([f"{quoted(name)}:{_json(member)}" for name, member in value.items()])}}}}}'
    return json.dumps(as_value(value))


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
    if kind in {"NULL", "NS"}:
        return None if kind == "NULL" else set(map(Decimal, content))
    if kind in {"B", "BS"}:
        return _bytes(content) if kind == "B" else set(map(_bytes, content))
    return set(content) if kind == "SS" else content


def _bytes(content: bytes | str) -> bytes:
    """Return a binary value, which a client has decoded and an answer of `table_calls.py` has not."""
    return content if isinstance(content, bytes) else b64decode(content)
