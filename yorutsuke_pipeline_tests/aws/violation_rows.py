"""Rows of the violations table, made by number: the same number gives the same row."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

AGENCIES = ("OSHA", "EPA", "FDA", "NHTSA", 'O\'Hare "Board" 委員会')
TYPES = ("Fall protection", "Emission", "Labeling", "Record keeping")
_WORDS = ("inspector", "found", "workers", "without", "guards", "rails", "training", "before", "the", "work", "began")


def violation_row(number: int, **columns: Any) -> dict[str, Any]:  # noqa: ANN401 — a column's value
    """Return a row; a third of the fines are whole hundreds, so that many are equal."""
    chosen = random.Random(number)
    fine = Decimal(int(chosen.lognormvariate(9, 1.4) * 100)) / 100
    return {
        "violation_id": f"V-{number:07d}",
        "agency": chosen.choice(AGENCIES),
        "company": f"Company {chosen.randrange(500)} Inc.",
        "violation_type": chosen.choice(TYPES),
        "fine_amount": fine if number % 3 else fine.quantize(Decimal("1E2")).quantize(Decimal("0.01")),
        "date_issued": date(2023, 1, 1) + timedelta(days=chosen.randrange(1000)),
        "place": "Tulsa, OK",
        "narrative": " ".join(chosen.choices(_WORDS, k=chosen.randrange(60))),
        **columns,
    }


def content_row(identity: str, **columns: Any) -> dict[str, Any]:  # noqa: ANN401 — as above
    """Return what the table of contents has of a violation: the text, and what is not the Iceberg table's."""
    return {
        "PK": f"VIOLATION#{identity}",
        "violationId": identity,
        "title_bedrock": f"What happened at {identity}",
        "description_bedrock": "A fine was paid.",
        "tags": ["safety", "fines"],
        "generated_at": "2026-01-10T02:00:00.500Z",
        "attribution": "Written by a model",
        "intentId": "violations-2026-01-09-001",
        **columns,
    }
