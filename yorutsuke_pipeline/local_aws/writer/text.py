"""Title and description of a row: frames with the row's values in them, and sentences of its narrative.

Which frames, chance decides: a thousand rows of one kind must not read alike. Kept out: the frames (``frames``), the
choice of sentences (``narrative``) and the tags (``tags``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.writer import frames
from yorutsuke_pipeline.local_aws.writer.narrative import choose_sentences
from yorutsuke_pipeline.local_aws.writer.notation import (
    initials_of,
    inside_sentence,
    says_weight_alone,
    with_article,
    write_date,
    write_money,
)
from yorutsuke_pipeline.local_aws.writer.subject import subject_of

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.writer.row import Row

# In characters: what fits a heading, and a paragraph that is neither empty nor long.
TITLE_LENGTH = (15, 90)
DESCRIPTION_LENGTH = (80, 600)
_DOUBLE_STOP = re.compile(r"\.\.$")


def write_title(row: Row, rng: random.Random) -> str:
    """Return a title of a length in `TITLE_LENGTH`."""
    values = _values(row)
    choice = frames.TITLES if row.fine else frames.TITLES_WITHOUT_FINE
    titles = [frame for frame in choice if _fits(frame, row)]
    rng.shuffle(titles)
    written = [frame.format_map(values) for frame in (*titles, *frames.SHORT_TITLES)]
    shortest, longest = TITLE_LENGTH
    return next(title for title in written if shortest <= len(title) <= longest)


def write_description(row: Row, rng: random.Random) -> str:
    """Return two to four sentences: who was cited for what, what the narrative tells, what it costs."""
    values = _values(row)
    openings = (*frames.OPENINGS, *frames.OWN_OPENINGS[subject_of(row.agency)])
    opening = _sentence([frame for frame in openings if _fits(frame, row)], values, rng)
    closing = _sentence(frames.CLOSINGS if row.fine else frames.CLOSINGS_WITHOUT_FINE, values, rng)
    shortest, longest = DESCRIPTION_LENGTH
    room = longest - len(opening) - len(closing) - len("  ")
    told = choose_sentences(row.narrative, most=rng.choice((1, 2, 2)), characters=room)
    description = " ".join([opening, *told, closing])
    return description if len(description) >= shortest else f"{description} {frames.MORE.format_map(values)}"


def _fits(frame: str, row: Row) -> bool:
    """Tell whether a row has what a frame needs: a place, or something that there are rules on."""
    lacks_place = "{place}" in frame and not row.place
    lacks_kind = "on {kind}" in frame and says_weight_alone(row.violation_type)
    return not (lacks_place or lacks_kind)


def _sentence(choice: Sequence[str], values: dict[str, str], rng: random.Random) -> str:
    # A company that ends in "Inc." ends the sentence with it.
    return _DOUBLE_STOP.sub(".", rng.choice(choice).format_map(values))


def _values(row: Row) -> dict[str, str]:
    agency, field = with_article(row.agency), subject_of(row.agency).with_article
    kind = inside_sentence(row.violation_type)
    return {
        "agency": agency,
        "Agency": _capitalise(agency),
        "initials": initials_of(row.agency, row.identity) or row.agency,
        "company": row.company,
        "kind": kind,
        "Kind": _capitalise(row.violation_type),
        "field": field,
        "Field": _capitalise(field),
        "fine": write_money(row.fine),
        "date": write_date(row.issued),
        "place": row.place,
        "where": f" in {row.place}" if row.place else "",
    }


def _capitalise(text: str) -> str:
    """Return the text with its first letter as a capital, and the rest as it is."""
    return text[:1].upper() + text[1:]
