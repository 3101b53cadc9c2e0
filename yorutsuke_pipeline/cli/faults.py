"""`yorutsuke aws faults`: how fast the embedded Bedrock is, and how it misbehaves."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.fault_settings import changed_faults
from yorutsuke_pipeline.cli.output import print_json
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

_PATH = "/_yorutsuke/bedrock/faults"
_PATIENCE_SECONDS = 10.0


@click.group(invoke_without_command=True)
@click.pass_context
def faults(context: click.Context) -> None:
    """See and set the embedded Bedrock's timing and faults, for demonstrations and tests.

    They hold from now on, also for jobs under way, and outlive a restart.
    """
    if context.invoked_subcommand is None:
        context.invoke(show)


@faults.command()
@as_json_option()
@click.pass_context
def show(context: click.Context, *, as_json: bool) -> None:
    """Print every switch and its value."""
    _print(_ask(the_product(context), "GET"), as_json=as_json)


@faults.command("set")
@click.argument("assignments", nargs=-1, required=True, metavar="KEY=VALUE...")
@as_json_option()
@click.pass_context
def set_faults(context: click.Context, assignments: Sequence[str], *, as_json: bool) -> None:
    """Change switches; the others stay as they are.

    \b
    yorutsuke aws faults set timing.scheduled=30          half a minute in Scheduled
    yorutsuke aws faults set job.ending=fail_midway       jobs end Failed, with half of their output
    yorutsuke aws faults set call.operation=CreateModelInvocationJob call.kind=throttle call.times=3
    """  # noqa: D301 — \b is click's mark for lines to be kept
    product = the_product(context)
    try:
        wanted = changed_faults(_ask(product, "GET"), assignments)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="KEY=VALUE") from error
    _print(_ask(product, "PUT", wanted), as_json=as_json)


@faults.command()
@as_json_option()
@click.pass_context
def clear(context: click.Context, *, as_json: bool) -> None:
    """Put every switch back: a service without faults."""
    _print(_ask(the_product(context), "DELETE"), as_json=as_json)


def _ask(product: Composition, method: str, settings: dict[str, Any] | None = None) -> dict[str, Any]:
    endpoint = _endpoint(product)
    body = None if settings is None else json.dumps(settings)
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request(method, _PATH, body=body)
        answer = connection.getresponse()
        document: dict[str, Any] = json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ConfigurationError(f"the embedded AWS at {endpoint.url} does not answer ({error})") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise click.BadParameter(str(document.get("message", document)), param_hint="KEY=VALUE")
    return document


def _endpoint(product: Composition) -> Endpoint:
    from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — keeps --help quick

    endpoint = lifecycle.status(product.home).endpoint
    if endpoint is None:
        raise ConfigurationError(f"no embedded AWS runs on {product.home}: start it with `yorutsuke aws start`")
    return endpoint


def _print(settings: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(settings)
        return
    for name, value in settings.items():
        if isinstance(value, dict):
            for inner, setting in value.items():
                click.echo(f"{name}.{inner}={json.dumps(setting)}")
        else:
            click.echo(f"{name}={json.dumps(value)}")
