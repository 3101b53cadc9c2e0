"""Options and values that several commands take: days, users, `--json`, the product itself and its queue of runs."""

from __future__ import annotations

import getpass
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.surroundings import RunQueue, Surroundings
from yorutsuke_pipeline.engine.days import day_of, parse_day
from yorutsuke_pipeline.workloads.receipts.upload import check_user_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import date

    from yorutsuke_pipeline.blueprint import Blueprint
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.stages import Stages


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


def today() -> date:
    """Return the day that it is in Tokyo, the last that has a partition."""
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — keeps --help quick

    return day_of(SystemClock().now())


def check_range(first: date, last: date) -> None:
    """Check that a range runs forwards.

    Raises:
        click.UsageError: It does not.
    """
    if first > last:
        raise click.UsageError(f"--from {first} is after --to {last}")


def days_of_range(product: Composition, first: date, last: date) -> list[date]:
    """Return the days of a range that have a partition.

    Raises:
        click.UsageError: The range runs backwards.
    """
    check_range(first, last)
    begin, end = max(first, product.settings.first_day), min(last, today())
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def the_product(context: click.Context) -> Composition:
    """Return the product as the environment configures it, or as a test put it into the context.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    from yorutsuke_pipeline.composition import compose  # noqa: PLC0415 — loads boto3, which --help must not

    given = context.find_root().obj
    return given.product if isinstance(given, Surroundings) else compose()


def the_stages(context: click.Context, workload: str | None = None) -> Stages:
    """Return the stages of a workload, or those that a test put into the context.

    Args:
        context: The command's.
        workload: Whose; None is the one that `--workload` names.

    Raises:
        ConfigurationError: A setting is wrong, or there is no such workload.
    """
    from yorutsuke_pipeline.lineup import blueprint_of  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.stages import Stages  # noqa: PLC0415 — as above

    given = context.find_root().obj
    if isinstance(given, Surroundings) and given.stages is not None:
        return given.stages
    product = the_product(context)
    return Stages(blueprint_of(product.settings, workload or the_workload(context)).assemble(product))


def the_blueprint(context: click.Context) -> Blueprint:
    """Return the words of the workload that the command is about.

    Raises:
        ConfigurationError: A setting is wrong, or there is no such workload.
    """
    from yorutsuke_pipeline.lineup import blueprint_of  # noqa: PLC0415 — as above

    return blueprint_of(the_product(context).settings, the_workload(context))


def the_workload(context: click.Context) -> str:
    """Return the name of the workload that the command is about."""
    name: str = context.find_root().params["workload"]
    return name


def the_run_queue(context: click.Context) -> AbstractContextManager[RunQueue]:
    """Open Dagster's queue of runs, or return the one that a test put into the context.

    Raises:
        ConfigurationError: Dagster has no workspace or no instance here.
    """
    given = context.find_root().obj
    if isinstance(given, Surroundings) and given.run_queue is not None:
        return nullcontext(given.run_queue)
    from yorutsuke_pipeline.defs.launching import launchpad  # noqa: PLC0415 — loads Dagster, 1.5 s

    return launchpad(the_blueprint(context))


def user_name() -> str:
    """Return who types.

    Raises:
        click.UsageError: Nobody knows.
    """
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        # A container's user may have no name at all.
        raise click.UsageError("your user name is not known here: say who you are with LOGNAME, or --by") from error
