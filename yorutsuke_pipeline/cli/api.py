"""`yorutsuke api`: serve the HTTP API, until Ctrl-C.

What belongs here: where its desks, tokens and limits come from. What is kept out: the API (`api/`), which is loaded
when the command runs, and the commands for tokens (`api_tokens.py`).
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.api_tokens import token, token_path
from yorutsuke_pipeline.cli.interruption import until_interrupted
from yorutsuke_pipeline.cli.output import remark
from yorutsuke_pipeline.cli.parameters import the_product
from yorutsuke_pipeline.cli.surroundings import Surroundings
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from pathlib import Path

    from fastapi import FastAPI

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.ports_orders import OrderDesk

_DEV_TOKEN = "api-token"  # noqa: S105 — the name of a file
_DEV_OWNER = "dev"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.group(invoke_without_command=True)
@click.option("--host", help="Where to listen; YORUTSUKE_API_HOST if not given.")
@click.option("--port", type=click.IntRange(0, 65535), help="YORUTSUKE_API_PORT if not given; 0 for any free one.")
@click.pass_context
def api(context: click.Context, host: str | None, port: int | None) -> None:
    """Serve the HTTP API until Ctrl-C, or make and revoke the tokens that it takes (docs/http-api.md).

    With the embedded AWS, the first start makes a token for this machine and says where it is.
    """
    if context.invoked_subcommand is not None:
        return
    product = the_product(context)
    host = product.settings.api_host if host is None else host
    port = product.settings.api_port if port is None else port
    app = _application(product, _desks(context, product))
    listening = _listening(host, port)
    from yorutsuke_pipeline.api.server import serve  # noqa: PLC0415 — an extra, loaded when it is run

    # The server ends by itself, in order, and then lets the signal go on to us.
    with listening, until_interrupted():
        _say_where(listening, host)
        _log_to_stderr()
        serve(app, listening)


api.add_command(token)


def order_desks(product: Composition) -> Mapping[str, OrderDesk]:
    """Return the desk of each workload, by the workload's name."""
    from yorutsuke_pipeline.lineup import blueprints  # noqa: PLC0415 — loads boto3, which --help must not
    from yorutsuke_pipeline.stages import Stages  # noqa: PLC0415 — as above

    return {each.name: Stages(each.assemble(product)).order_desk for each in blueprints(product.settings)}


def _desks(context: click.Context, product: Composition) -> Mapping[str, OrderDesk]:
    given = context.find_root().obj
    if isinstance(given, Surroundings) and given.desks is not None:
        return given.desks
    desks = order_desks(product)
    if not desks:
        raise ConfigurationError("no workload takes orders here, so there is nothing to serve")
    return desks


def _application(product: Composition, desks: Mapping[str, OrderDesk]) -> FastAPI:
    try:
        from yorutsuke_pipeline.api.app import ApiLimits, create_app  # noqa: PLC0415 — an extra
    except ImportError as error:
        raise ConfigurationError(f"no API without pip install 'yorutsuke-pipeline[api]' ({error})") from error
    from yorutsuke_pipeline.api.token_file import TokenFile  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — as above

    settings = product.settings
    path = token_path(product)
    if settings.is_embedded and settings.api_tokens_file is None:
        _make_dev_token(path)
    tokens = TokenFile(path)
    # Whoever starts it is to see a file that is missing or wrong, not its first caller.
    tokens.entries()
    limits = ApiLimits(requests_per_minute=settings.api_rate, body_bytes=settings.api_body_bytes)
    return create_app(desks, tokens, limits, SystemClock())


def _make_dev_token(path: Path) -> None:
    """Make a token for whoever works on this machine, if there are none yet."""
    from yorutsuke_pipeline.api.token_file import TokenFile, write_privately  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.api.tokens import Scope, mint  # noqa: PLC0415 — as above

    made, entry = mint(_DEV_OWNER, [Scope.ADMIN], None)
    place = path.with_name(_DEV_TOKEN)
    if TokenFile(path).add_first(entry):
        write_privately(place, made + "\n")
        remark(f"made a token with the scope admin, for this machine: it is in {place}")


def _listening(host: str, port: int) -> socket.socket:
    from yorutsuke_pipeline.api.server import listen  # noqa: PLC0415 — an extra, loaded when it is run

    try:
        return listen(host, port)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host} port {port}: {error}; set YORUTSUKE_API_HOST and YORUTSUKE_API_PORT, or --host "
            "and --port",
        ) from error


def _say_where(listening: socket.socket, host: str) -> None:
    port = listening.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    click.echo(f"http://{name}:{port}")
    remark("the API listens there; its document is /openapi.json; Ctrl-C ends it")
    if host not in _LOOPBACK:
        remark("other machines reach it without TLS: put a proxy with TLS in front, or tokens can be read on the way")


def _log_to_stderr() -> None:
    """Write the API's own lines to stderr; uvicorn's only if something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("yorutsuke.api", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
    logging.getLogger("yorutsuke.api").setLevel(logging.INFO)
