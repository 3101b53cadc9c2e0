"""What an agency writes about a violation: one to five sentences with counts, dates and sections of law.

Kept out: what was seen (`offence`), and narratives that are odd on purpose (`odd`).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.violations.site_offences import FOUND_ON_SITE

if TYPE_CHECKING:
    import random

    from yorutsuke_pipeline.local_aws.samples.violations.draft import Draft

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SEEN = (
    "On {day}, an inspection found that {finding}, contrary to {section}.",
    "A review completed on {day} determined that {finding}.",
    "Records show that {finding}.",
    "Between {earlier} and {day}, {finding}, in violation of {section}.",
    "Inspectors documented on {day} that {finding} ({section}).",
    "The investigation, opened after a complaint of {earlier}, established that {finding}.",
)
_EXTENT = (
    "The same condition was noted in a previous review on {earlier}.",
    "In all, {m} instances were counted under {section}(a).",
    "{company} employs {big} people at {k} sites.",
    "The agency classified {m} of the items as serious and {k} as repeat.",
)
_ON_SITE = (
    *_EXTENT,
    "The condition had existed for at least {days} days.",
    "A supervisor told investigators that the condition had been known since {earlier}.",
    "No injuries were reported.",
)
_REMEDY = (
    "{company} has {term} business days to comply, request a conference or contest the findings.",
    "The condition was corrected on {later}, before the citation was issued.",
    "The penalty reflects a reduction of {percent}% for good faith.",
    "A follow-up visit is planned within {term} days.",
)
_PAYMENT = (
    "Without admitting the findings, {company} agreed to pay {fine} and to retain an independent consultant.",
    "Payment of {fine} is due within 30 days of the order.",
)


def tell(draft: Draft, rng: random.Random) -> str:
    """Return one to five sentences about a draft; no day in them is later than its day of issue."""
    count = rng.choice((1, 2, 2, 3, 3, 4, 5))
    extent = _ON_SITE if draft.agency.area in FOUND_ON_SITE else _EXTENT
    told = [rng.choice(_SEEN), *rng.sample(extent, max(0, count - 2))]
    if count > 1:
        told.append(rng.choice(_REMEDY + _PAYMENT if draft.fine else _REMEDY))
    return " ".join(told).format_map(_words(draft, rng))


def _words(draft: Draft, rng: random.Random) -> dict[str, str]:
    seen = draft.issued - dt.timedelta(days=rng.randint(30, 200))
    words = {
        "company": draft.company,
        "fine": f"${draft.fine:,}".removesuffix(".00"),
        "section": draft.offence.section,
        "day": _write_date(seen),
        "earlier": _write_date(seen - dt.timedelta(days=rng.randint(20, 400))),
        "later": _write_date(seen + dt.timedelta(days=rng.randint(1, 29))),
        "n": str(rng.randint(3, 60)),
        "days": str(rng.randint(2, 400)),
        "term": str(rng.choice((10, 14, 15, 20, 30, 60))),
        "m": str(rng.randint(2, 14)),
        "k": str(rng.randint(2, 9)),
        "height": str(rng.randint(7, 48)),
        "big": f"{round(120 * 400 ** rng.random()):,}",
        "percent": str(rng.randint(4, 85)),
    }
    words["finding"] = draft.offence.finding.format_map(words)
    return words


def _write_date(day: dt.date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
