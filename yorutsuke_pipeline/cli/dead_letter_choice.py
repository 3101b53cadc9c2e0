"""Which rejected records a person means: by their ids, or by day and kind of reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.output import remark, with_bar
from yorutsuke_pipeline.cli.parameters import Day, days_of_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.dead_letter_box import Case, DeadLetterBox, Lookup


@dataclass(frozen=True)
class Selection:
    """Records by their day and their newest reason; what is None chooses all.

    Attributes:
        day: One day; excludes the other two.
        first: The first day of a range.
        last: The last day of it, included.
        kind: The short word of the reason.
    """

    day: date | None
    first: date | None
    last: date | None
    kind: str | None

    @property
    def is_made(self) -> bool:
        """Whether anything was chosen."""
        return any(choice is not None for choice in (self.day, self.first, self.last, self.kind))

    def days(self, product: Composition) -> list[date] | None:
        """Return the days, those of a range without those that have no partition; None if none was chosen.

        Raises:
            click.UsageError: The options contradict each other.
        """
        if self.day is not None and (self.first or self.last):
            raise click.UsageError("--date is one day, --from and --to are a range: give one of both")
        if self.day is not None or (self.first is None and self.last is None):
            return None if self.day is None else [self.day]
        if self.first is None or self.last is None:
            raise click.UsageError("--from and --to belong together")
        return days_of_range(product, self.first, self.last)

    def admitted(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Yield the records whose newest reason is of the kind that was chosen; if none is, say which kinds there are.

        The kinds are many, and each workload has some of its own: so those are named that a person can choose here.
        """
        kinds: Counter[str] = Counter()
        for case in cases:
            kind = case.newest.kind if case.newest is not None else None
            if kind is not None:
                kinds[kind] += 1
            if self.kind in {None, kind}:
                yield case
        if self.kind is not None and self.kind not in kinds:
            there_are = ", ".join(f"{kind} ({count})" for kind, count in kinds.most_common())
            remark(f"no record has the reason {self.kind!r}; the reasons here are: {there_are or 'none'}")


def selection_options(command: Any) -> Any:  # noqa: ANN401 — a click decorator takes and gives anything
    """Add `--date`, `--from`, `--to` and `--reason`, which arrive together as `selection`."""

    @wraps(command)
    def with_selection(*words: Any, **options: Any) -> Any:  # noqa: ANN401 — as above
        selection = Selection(*(options.pop(name) for name in ("day", "first", "last", "kind")))
        return command(*words, selection=selection, **options)

    day = click.option("--date", "day", type=Day(), help="Only those of this day, YYYY-MM-DD in Tokyo.")
    first = click.option("--from", "first", type=Day(), help="Only those from this day on; needs --to.")
    last = click.option("--to", "last", type=Day(), help="The last such day, included.")
    kind = click.option("--reason", "kind", help="Only those of this kind of reason, for instance source_missing.")
    return day(first(last(kind(with_selection))))


def cases_waiting(product: Composition, box: DeadLetterBox, selection: Selection) -> list[Case]:
    """Return the records of a selection that wait for a person, without what was said about them."""
    from yorutsuke_pipeline.engine.dead_letter_box import Standing  # noqa: PLC0415 — keeps --help quick

    found = with_bar("reading dead letters", box.cases(selection.days(product)))
    waiting = (case for case in found if case.standing is Standing.WAITS_FOR_A_PERSON)
    return [case.without_raw() for case in selection.admitted(waiting)]


def cases_named(box: DeadLetterBox, ids: Sequence[str], noun: str) -> list[Case]:
    """Return the records of those ids, each once; `noun` is what the workload calls one.

    Raises:
        click.UsageError: An id is of no record, or may be of several; the message names it.
    """
    found = box.look_up(ids)
    problems = [problem for problem in (_problem(each, noun) for each in found) if problem is not None]
    if problems:
        raise click.UsageError("; ".join(problems) + ". Nothing was done")
    return list({each.case.name: each.case for each in found if each.case is not None}.values())


def _problem(lookup: Lookup, noun: str) -> str | None:
    from yorutsuke_pipeline.engine.dead_letter_box import SHORTEST_PREFIX  # noqa: PLC0415 — as above

    if lookup.case is not None:
        return None
    if lookup.candidates:
        return f"{lookup.given!r} may be any of {', '.join(lookup.candidates)}"
    if len(lookup.given) < SHORTEST_PREFIX:
        return f"{lookup.given!r} is no whole id, and the beginning of one has {SHORTEST_PREFIX} characters or more"
    return f"there is no dead letter and no {noun} {lookup.given!r}"
