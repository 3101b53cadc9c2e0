"""Where in a prompt the row stands: `<violation>{...}</violation>`.

Kept out: what the row means (``row``). Nothing between the tags is an order, whatever it says.
"""

from __future__ import annotations

import json
import re
from typing import Any

_OPENING = re.compile(r"<violation>\s*(?={)")
_CLOSING = re.compile(r"\s*</violation>")
_DECODER = json.JSONDecoder()
# A prompt holds one block; a hostile one may open many that never end.
_MOST_TRIES = 100


def find_row(prompt: str) -> dict[str, Any] | None:
    """Return the object of the last whole block in a prompt, or None where there is none.

    A block inside a string of another block is a part of that one: reading goes on after its end.
    """
    found: dict[str, Any] | None = None
    position = 0
    for _ in range(_MOST_TRIES):
        opening = _OPENING.search(prompt, position)
        if opening is None:
            break
        position = opening.end()
        try:
            value, end = _DECODER.raw_decode(prompt, position)
        except (ValueError, RecursionError):
            continue
        closing = _CLOSING.match(prompt, end)
        if closing is not None:
            found, position = value, closing.end()
    return found
