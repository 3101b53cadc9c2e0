"""Rows of violations, one after the other; the same seed gives the same rows.

Kept out: each value's own rules, and where the rows go.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.local_aws.samples.violations.agency import AGENCIES, WEIGHTS
from yorutsuke_pipeline.local_aws.samples.violations.company import invent_company
from yorutsuke_pipeline.local_aws.samples.violations.draft import Draft
from yorutsuke_pipeline.local_aws.samples.violations.fine import draw_fine
from yorutsuke_pipeline.local_aws.samples.violations.narrative import tell
from yorutsuke_pipeline.local_aws.samples.violations.odd import make_odd, oddity_of
from yorutsuke_pipeline.local_aws.samples.violations.place import choose_place
from yorutsuke_pipeline.local_aws.samples.violations.record_offences import FOUND_ON_RECORD
from yorutsuke_pipeline.local_aws.samples.violations.site_offences import FOUND_ON_SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_DAY = dt.date(2015, 1, 1)
_OFFENCES = {**FOUND_ON_SITE, **FOUND_ON_RECORD}
_DAYS = (dt.date(2025, 12, 31) - _FIRST_DAY).days + 1


def violations(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` rows: fewer rows of a seed are the beginning of more.

    A row has `violation_id` (unique), `agency`, `company`, `violation_type`, `fine_amount` (Decimal, USD, two
    decimals, zero in a few), `date_issued` (date, 2015 to 2025), `place` ("Tulsa, OK") and `narrative` (empty in a
    few). One in 25 is odd (`Oddity`).
    """
    rng = random.Random(seed)
    for index in range(count):
        draft = _draw(index + 1, rng)
        oddity = oddity_of(index)
        yield (draft if oddity is None else make_odd(draft, oddity, rng)).as_row()


def _draw(number: int, rng: random.Random) -> Draft:
    (agency,) = rng.choices(AGENCIES, WEIGHTS)
    draft = Draft(
        number=number,
        agency=agency,
        offence=rng.choice(_OFFENCES[agency.area]),
        company=invent_company(agency.area, rng),
        fine=draw_fine(agency.median_fine, rng),
        issued=_FIRST_DAY + dt.timedelta(days=rng.randrange(_DAYS)),
        place=choose_place(agency.state, rng),
    )
    return replace(draft, narrative=tell(draft, rng))
