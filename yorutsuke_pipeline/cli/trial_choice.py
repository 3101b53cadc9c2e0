"""What a person names for a trial: the model, the prompt's file, the trial itself, fields and records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.model_family import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.trials.comparison import Pair
    from yorutsuke_pipeline.engine.trials.trials import Trials

# Ten times what is asked every night; a larger file is hardly a question.
_LARGEST_PROMPT = 20_000
_SHORTEST_PREFIX = 6


class Model(click.ParamType):  # type: ignore[type-arg] # generic only in newer versions of click
    """A model's id, inference profile's id or ARN, of a family that can be asked."""

    name = "model"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401, D102 — click's
        try:
            family_of(str(value))
        except ConfigurationError:
            self.fail(f"{value!r} is of no known family: an id holds amazon.nova-… or anthropic.claude-…", param, ctx)
        return str(value)


def read_prompt(file: Path | None) -> str | None:
    """Return the text of a prompt's file; None if none was named.

    Raises:
        click.BadParameter: It cannot be read, is no text in UTF-8, is empty or far too long.
    """
    if file is None:
        return None
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig").strip()
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="--prompt") from error
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file} is no text in UTF-8", param_hint="--prompt") from error
    if not text or len(content) > _LARGEST_PROMPT:
        what = f"{file} holds {len(content):,} bytes; a prompt is a text of 1 to {_LARGEST_PROMPT:,}"
        raise click.BadParameter(what, param_hint="--prompt")
    return text


def find_trial(rules: Trials, which: str) -> Intent:
    """Return the trial of an id, or the newest of a day.

    Raises:
        PermanentError: There is none.
    """
    try:
        day = parse_day(which)
    except ValueError:
        return rules.named(which)
    return rules.newest_of(day)


def chosen_fields(given: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields that were named with commas between them; all of them if none was.

    Raises:
        click.UsageError: One is none of `known`.
    """
    if given is None:
        return known
    names = tuple(name.strip() for name in given.split(","))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(known)}", param_hint="--fields")
    return names


def chosen_identities(pairs: Iterable[Pair], given: str, noun: str) -> frozenset[str]:
    """Return the records that were named, by an id of theirs or its beginning, with commas between them.

    Raises:
        click.UsageError: One is of no record of the trial, or may be of several.
    """
    found: dict[str, set[str]] = {name.strip(): set() for name in given.split(",")}
    whole: set[str] = set()
    for pair in pairs:
        for name, identities in found.items():
            if name in {pair.identity, pair.record_id}:
                whole.add(name)
                found[name] = {pair.identity}
            elif name not in whole and len(name) >= _SHORTEST_PREFIX and _begins(pair, name):
                identities.add(pair.identity)
    for name, identities in found.items():
        if len(identities) != 1:
            what = f"may be any of several {noun}s" if identities else f"is no {noun} of this trial"
            raise click.BadParameter(f"{name!r} {what}. Nothing was done", param_hint="--records")
    return frozenset().union(*found.values())


def _begins(pair: Pair, name: str) -> bool:
    return pair.identity.startswith(name) or pair.record_id.startswith(name)
