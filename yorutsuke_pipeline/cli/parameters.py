"""Options and values that several commands take: days, users, `--json`, and the product itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.workloads.receipts.upload import check_user_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from yorutsuke_pipeline.composition import Composition


class Day(click.ParamType):  # type: ignore[type-arg] # generic only in newer versions of click
    """A day in Tokyo, written YYYY-MM-DD; a wrong one is wrong usage."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401, D102 — click's
        try:
            return parse_day(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class UserId(click.ParamType):  # type: ignore[type-arg] # as above
    """A user's id, as keys in the bucket can hold it."""

    name = "user"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401, D102 — as above
        try:
            return check_user_id(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def as_json_option() -> Callable[[Any], Any]:
    """Return the option `--json`, which arrives as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")


def day_range_options(command: Any) -> Any:  # noqa: ANN401 — a click decorator takes and gives anything
    """Add `--from` and `--to`, which arrive as `first` and `last`, both of them included."""
    first = click.option("--from", "first", type=Day(), required=True, help="The first day, YYYY-MM-DD in Tokyo.")
    last = click.option("--to", "last", type=Day(), required=True, help="The last day, included.")
    return first(last(command))


def the_product(context: click.Context) -> Composition:
    """Return the product as the environment configures it, or as a test put it into the context.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    from yorutsuke_pipeline.composition import Composition, compose  # noqa: PLC0415 — loads boto3, which --help must not

    given = context.find_root().obj
    return given if isinstance(given, Composition) else compose()
