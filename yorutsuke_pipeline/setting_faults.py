"""What is wrong with a setting's value, in the product's words: what must be there instead, and an example.

What belongs here: words for the faults that people make: a number out of its range, no number, an unknown word, the
wrong form, JSON or a day that is none. Any other keeps pydantic's words. Which settings there are is `settings.py`'s.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

# pydantic's names of faults: https://docs.pydantic.dev/latest/errors/validation_errors/
_NO_NUMBER = ("int_", "float_", "decimal_", "finite_number", "greater_than", "less_than")
_UNKNOWN_WORD = ("enum", "literal_error")
_LONGEST_VALUE = 200


def fault_in_words(field: FieldInfo, detail: Any) -> str:  # noqa: ANN401 — pydantic's ErrorDetails, which it does not export
    """Return what follows a setting's name: `='3': must be a whole number from 24 to 168, for instance 24`."""
    value = repr(detail["input"])
    shown = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    wanted = _wanted(field, detail)
    return f"={shown}: {detail['msg'] if wanted is None else f'must be {wanted}'}"


def _wanted(field: FieldInfo, detail: Any) -> str | None:  # noqa: ANN401 — as above
    """Return what stands after "must be", None for a fault that is none of the common ones."""
    kind, example = str(detail["type"]), _example(field)
    if kind in _UNKNOWN_WORD:
        return str(detail["ctx"]["expected"])
    if kind == "bool_parsing":
        return "true or false"
    if kind == "string_pattern_mismatch":
        return f"written as {detail['ctx']['pattern'] if example is None else example} is"
    told = None
    if kind.startswith(_NO_NUMBER):
        is_whole = int in (field.annotation, *get_args(field.annotation))
        told = f"{'a whole number' if is_whole else 'a number'}{_range(field)}"
    elif kind == "json_invalid":
        told = f"JSON ({detail['ctx']['error']})"
    elif kind == "dict_type":
        told = "a JSON object"
    elif kind.startswith("date_"):
        told = "a day, written YYYY-MM-DD"
    return told if told is None or example is None else f"{told}, for instance {example}"


def _range(field: FieldInfo) -> str:
    """Return the bounds of a number, as they stand after it."""
    least, above, most = (_bound(field, name) for name in ("ge", "gt", "le"))
    if above is not None:
        return f" above {above}"
    if least is not None:
        return f" of {least} or more" if most is None else f" from {least} to {most}"
    return "" if most is None else f" of {most} at most"


def _bound(field: FieldInfo, name: str) -> Any:  # noqa: ANN401 — a number of the field's own kind
    return next((getattr(each, name) for each in field.metadata if getattr(each, name, None) is not None), None)


def _example(field: FieldInfo) -> object:
    """Return a value that would be taken; None where none is known."""
    if field.examples:
        return field.examples[0]
    if field.default is not None:
        return str(field.default).lower() if isinstance(field.default, bool) else field.default
    least, above = _bound(field, "ge"), _bound(field, "gt")
    return least if least is not None else None if above is None else Decimal(above) + 1
