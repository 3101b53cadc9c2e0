"""Who issued the paper: usually the first or the largest line, a company's name wherever it stands.

Kept out: knowing shops by name. The rules know what a name looks like, and above all what only surrounds one:
addresses, headings, greetings, numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader import merchant_words as words
from yorutsuke_pipeline.local_aws.reader.money import figures
from yorutsuke_pipeline.local_aws.reader.wording import points_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.reader.text_lines import Piece, TextLine

ENOUGH = 1.0
HEAD = 14
"""Lines from the top where a shop introduces itself; below them only a company's name counts."""


@dataclass(frozen=True)
class _Name:
    """A part of a line that may be the name: its text, its line's number, its glyphs' height, where its middle is."""

    text: str
    row: int
    height: float
    centre: float
    is_first: bool
    """Nothing stands to its left. What does not begin its line is large only if it is a seal."""


def find_merchant(lines: Sequence[TextLine]) -> str | None:
    """The name as printed, without registration numbers; None if no line looks like a name."""
    if not lines:
        return None
    usual = median(line.height for line in lines)
    names = [name for row, line in enumerate(lines) for name in _parts(row, line)]
    scored = [(_score(name, lines, usual), name) for name in names]
    best_score, best = max(scored, key=lambda pair: pair[0])
    if best_score < ENOUGH:
        return None
    likely = {name.row: name for score, name in scored if score > 0}
    return _with_neighbours(best, lines, likely, usual) or None


def _parts(row: int, line: TextLine) -> list[_Name]:
    """The line, parted where the paper has a wide gap or the glyphs change size: a form has columns, and a seal."""
    groups: list[list[Piece]] = [[line.pieces[0]]]
    for piece in line.pieces[1:]:
        last = groups[-1][-1]
        size = max(piece.height, last.height) / max(1.0, min(piece.height, last.height))
        if piece.left - last.right > 1.5 * min(piece.height, last.height) or size > 1.6:  # noqa: PLR2004  # measured
            groups.append([piece])
        else:
            groups[-1].append(piece)
    return [_name(row, group, is_first=place == 0) for place, group in enumerate(groups)]


def _name(row: int, pieces: list[Piece], *, is_first: bool) -> _Name:
    """Joins the pieces without the crumbs at their ends: a logo's edge is read as a letter or a star."""
    while len(pieces) > 1 and len(_bare(pieces[0].text)) <= 1:
        pieces = pieces[1:]
    while len(pieces) > 1 and len(_bare(pieces[-1].text)) <= 1:
        pieces = pieces[:-1]
    text = " ".join(piece.text for piece in pieces)
    height = max(piece.height for piece in pieces)
    return _Name(text, row, height, (pieces[0].left + pieces[-1].right) / 2, is_first)


def _score(name: _Name, lines: Sequence[TextLine], usual: float) -> float:
    text, row = words.REGISTRATION.sub("", name.text), name.row
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdigit() for character in text)
    if letters < 2 or digits > letters:  # noqa: PLR2004  # one letter is a stain
        return -20.0
    score = 4.0 - 0.4 * row if row < HEAD else -3.0
    if name.is_first:
        score += min(4.0, max(0.0, 5.0 * (name.height / usual - 1.2)))
    if any(words.CONTACT.search(line.text) for line in lines[row + 1 : row + 4]):
        score += 2.5
    # A first line without a number is no address, even if the shop is called Rose Street.
    is_address_free = row == 0 and not any(map(str.isdigit, lines[row].text))
    score += points_of(words.NAMES + words.SURROUNDINGS, text)
    score += 0.0 if is_address_free else points_of(words.ADDRESS, text)
    return score + _looks(text, letters + digits, lines[row]) + _repeats(text, row, lines)


def _looks(text: str, length: int, line: TextLine) -> float:
    score = 0.0
    if text.islower():
        score -= 4.0  # a hand-written or faded line; printed names begin with a capital
    if words.ADDRESSEE.search(line.text):
        score -= 9.0
    if any(figure.marked or figure.exact for figure in figures(line.text)):
        score -= 8.0
    if length <= 3 and text.isascii():  # noqa: PLR2004  # "BC", "SSS": codes
        score -= 4.0
    return score


def _repeats(text: str, row: int, lines: Sequence[TextLine]) -> float:
    """A name that stands again in a greeting, an address of the web or a card slip is the shop's."""
    name = _bare(text)
    if len(name) < 4:  # noqa: PLR2004  # too short to be found by anything but chance
        return 0.0
    # Near the name it would be its own address: "Aeon Tebrau City" stands below the shop that stands in it.
    others = sum(1 for line in lines[row + 4 :] if name in _bare(line.text))
    return min(3.0, 1.5 * others)


def _bare(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _clean(text: str) -> str:
    whole = words.SDN.sub("SDN", words.LABELLED.sub("", text))
    shorter = words.REGISTRATION.sub("", whole)
    return (shorter if len(_bare(shorter)) > 1 else whole).strip(words.DECORATION)


def _with_neighbours(best: _Name, lines: Sequence[TextLine], likely: dict[int, _Name], usual: float) -> str:
    """Joins a name that was set over several lines: its suffix below it, or a logo of equally large words."""
    below = lines[best.row + 1].text if best.row + 1 < len(lines) else ""
    if words.SUFFIX_ALONE.match(below):
        return f"{_clean(best.text)} {_clean(below)}"
    if words.SUFFIX_ALONE.match(best.text) and best.row > 0:
        return f"{_clean(lines[best.row - 1].text)} {_clean(best.text)}"
    rows = [best]
    for step in (-1, 1):
        row = best.row + step
        while row in likely and _same_logo(likely[row], best, usual):
            rows.append(likely[row])
            row += step
    return " ".join(_clean(name.text) for name in sorted(rows, key=lambda name: name.row))


def _same_logo(name: _Name, best: _Name, usual: float) -> bool:
    is_large = min(name.height, best.height) > 1.5 * usual  # a logo is half as large again
    is_centred = abs(name.centre - best.centre) < 1.5 * best.height
    return is_large and is_centred and 0.7 < name.height / best.height < 1.4  # noqa: PLR2004  # one size
