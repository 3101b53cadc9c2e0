"""Whole numbers as JSON has them: it knows one kind of number, so 14.0 is the integer 14."""

from __future__ import annotations

from pydantic import BeforeValidator


def _as_integer(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# To be put behind the constraints of an int that is read strictly, so that neither "14" nor true is one.
WHOLE = BeforeValidator(_as_integer)
