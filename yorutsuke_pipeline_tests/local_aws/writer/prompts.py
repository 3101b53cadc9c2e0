"""Prompts about violations, in the form that the product asks in, written here anew so that neither can drift alone."""

from __future__ import annotations

import json
from typing import Any

OSHA_ROW: dict[str, Any] = {
    "violationId": "OSHA-2024-0004711",
    "agency": "Occupational Safety and Health Administration",
    "company": "Ridgefen Roofing LLC",
    "violationType": "Fall protection",
    "fineAmount": "12500.00",
    "dateIssued": "2024-03-05",
    "place": "Tulsa, OK",
    "narrative": "On January 9, 2024, inspectors found that 6 employees worked without guardrails (29 CFR 1926.501).",
}


def prompt_about(row: object, *, before: str = "Write about the violation.") -> str:
    """The row stands between the tags as it is, without the escapes that the product gives it."""
    return f"{before}\n\n<violation>\n{json.dumps(row, ensure_ascii=False)}\n</violation>"


def osha_row(**values: object) -> dict[str, Any]:
    return {**OSHA_ROW, **values}


def generated(row: dict[str, Any]) -> dict[str, Any]:
    """A generated row under the names that it has in a prompt."""
    names = tuple(OSHA_ROW)
    return dict(zip(names, (str(value) for value in row.values()), strict=True))
