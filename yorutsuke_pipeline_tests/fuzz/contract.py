"""What must hold of everything a parser gives, whatever it was given."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.aws.attribute_values import Value
    from yorutsuke_pipeline.engine.record import Reject
    from yorutsuke_pipeline.engine.workload import Row

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_MOST_DIGITS = 38
_LARGEST_EXPONENT = 125
_LONGEST_ITEM = 400_000
_LONGEST_REASON = 300


class BrokenContractError(AssertionError):
    """A parser gave what it must not give; the message says what."""


def must(holds: object, what: str) -> None:
    """Fail with `what` unless `holds`; not an assert, which `python -O` takes away."""
    if not holds:
        raise BrokenContractError(what)


def check_reject(reject: Reject) -> None:
    """A reject has a kind to count by, and a reason that is one line, short, and can be stored and shown."""
    must(reject.kind.isidentifier(), f"kind {reject.kind!r} is no word")
    must(0 < len(reject.reason) <= _LONGEST_REASON, f"a reason of {len(reject.reason)} characters")
    must(reject.reason.isprintable(), f"reason {reject.reason!r} is more than one line of text")
    check_text(reject.reason)


def check_text(text: str) -> None:
    """A text can be written as UTF-8, wherever it goes."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BrokenContractError(f"{text!r} cannot be stored: {error}") from error


def check_transaction(row: Row) -> None:
    """A transaction has a real amount, day and merchant, and fits the table and a JSON document."""
    amount, merchant = row["amount"], row["merchant"]
    must(isinstance(amount, Decimal) and amount.is_finite() and amount > 0, f"amount {amount!r}")
    must(date.fromisoformat(row["date"]).isoformat() == row["date"], f"date {row['date']!r}")
    must(merchant == merchant.strip() and merchant.isprintable() and merchant, f"merchant {merchant!r}")
    must(len(row["currency"]) == 3 and row["currency"].isascii(), f"currency {row['currency']!r}")
    json.dumps(row, default=_decimal_text, ensure_ascii=False, allow_nan=False).encode()
    size = sum(len(name) + _checked_size(value) for name, value in as_item(row).items())
    must(size < _LONGEST_ITEM, f"an item of {size} bytes")


def check_same(read: Callable[[], Any]) -> Any:  # noqa: ANN401 — whatever is read
    """Read twice; the same bytes mean the same."""
    first, second = read(), read()
    must(repr(first) == repr(second), f"read as {first!r:.300}, then as {second!r:.300}")
    return first


def _checked_size(value: Value) -> int:
    """Return a value's size in bytes, having held it against the table's limits."""
    ((kind, content),) = value.items()
    if kind == "N":
        number = Decimal(content)
        must(len(number.as_tuple().digits) <= _MOST_DIGITS, f"the number {content:.60} has more than 38 digits")
        must(abs(number.adjusted()) <= _LARGEST_EXPONENT, f"the number {content:.60} is beyond the table's")
    if kind == "S":
        check_text(content)
        return len(content.encode())
    if kind == "M":
        return sum(len(name) + _checked_size(member) for name, member in content.items())
    return sum(map(_checked_size, content)) if kind == "L" else 32


def _decimal_text(value: object) -> str:
    must(isinstance(value, Decimal), f"{value!r} has no place in a row")
    return str(value)
