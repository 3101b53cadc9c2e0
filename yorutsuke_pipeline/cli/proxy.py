"""`yorutsuke aws proxy`: a wire that fails as it is told to, between any AWS client and the embedded AWS.

What belongs here: the command, and what it tells of the calls. What is kept out: the proxy (`local_aws/fault_proxy`),
which this module loads when the command runs.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.interruption import until_interrupted
from yorutsuke_pipeline.cli.output import print_table, remark
from yorutsuke_pipeline.cli.parameters import the_product
from yorutsuke_pipeline.cli.shell import assignments
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.local_aws.fault_proxy.call import Outcome
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
    from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy

_DEFAULT_REGION = "us-east-1"


@click.command()
@click.option("--fault", "texts", multiple=True, metavar="FIELD=VALUE...", help="One fault; may be given repeatedly.")
@click.option(
    "--faults-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A JSON list of faults."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen, on 127.0.0.1; any free one.")
@click.option("--upstream", metavar="URL", help="Where calls go; the embedded AWS, started if need be, if not given.")
@click.option(
    "--log", "log_path", type=click.Path(dir_okay=False, path_type=Path), help="A line of JSON for each call."
)
@click.pass_context
def proxy(
    context: click.Context,
    *,
    texts: Sequence[str],
    faults_file: Path | None,
    port: int,
    upstream: str | None,
    log_path: Path | None,
) -> None:
    """Put a proxy in front of the embedded AWS that spoils the calls it is told to spoil, until Ctrl-C.

    It prints the variables that lead a client through it; each faulted call is a line on stderr.

    \b
    yorutsuke aws proxy --fault "operation=PutItem kind=throttle call=3 times=2"
    yorutsuke aws proxy --fault "operation=CreateModelInvocationJob kind=lost_answer"
    yorutsuke aws proxy --fault "operation=s3:* kind=slow seconds=0.2 times=null" --log calls.jsonl
    """  # noqa: D301 — \b is click's mark for lines to be kept
    product = the_product(context)
    faults = _faults(texts, faults_file)
    try:
        from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy  # noqa: PLC0415 — keeps --help quick
    except ImportError as error:
        raise ConfigurationError(f"no proxy without pip install 'yorutsuke-pipeline[embedded]' ({error})") from error
    url, region = _upstream(product, upstream)
    with _opened(log_path) as log:
        telling = CallReport(log)
        try:
            server = FaultProxy(url, faults, port=port, report=telling.tell)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--upstream") from error
        with _listening(server, port), until_interrupted():
            # Whoever reads the variables may stop us at once: from here on that is an orderly end.
            _say_where(server.url, region)
            threading.Event().wait()
    telling.print_totals()


class CallReport:
    """Tells of calls as they end, and counts them. Never what a call carries."""

    def __init__(self, log: TextIO | None) -> None:
        self._log = log
        self._calls: Counter[str] = Counter()
        self._faulted: Counter[str] = Counter()

    def tell(self, outcome: Outcome) -> None:
        """Count a call; write it into the log; say so if a fault hit it."""
        operation, number = outcome.call.operation, outcome.call.number
        self._calls[str(operation)] += 1
        if self._log is not None:
            line = {
                "number": number,
                "service": operation.service,
                "operation": operation.name,
                "subject": operation.subject,
                "fault": outcome.fault,
                "status": outcome.status,
                "milliseconds": round(outcome.seconds * 1000, 1),
            }
            self._log.write(json.dumps(line) + "\n")
        if outcome.fault is not None:
            self._faulted[str(operation)] += 1
            answer = "no whole answer" if outcome.status is None else f"answered {outcome.status}"
            remark(f"call {number}: {operation} {json.dumps(operation.subject)}: {outcome.fault}, {answer}")

    def print_totals(self) -> None:
        """Print a line for each operation."""
        rows = [(operation, count, self._faulted[operation]) for operation, count in sorted(self._calls.items())]
        print_table("calls", ["operation", "calls", "faulted"], rows, numbers=["calls", "faulted"])


def _faults(texts: Sequence[str], path: Path | None) -> list[Fault]:
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import (  # noqa: PLC0415 — keeps --help quick
        WrongFaultError,
        parse_fault,
        parse_faults,
    )

    hint = "--fault"
    try:
        faults = [parse_fault(text) for text in texts]
        hint = "--faults-file"
        return faults + list(parse_faults(path.read_bytes()) if path else ())
    except WrongFaultError as error:
        raise click.BadParameter(str(error), param_hint=hint) from error


def _upstream(product: Composition, url: str | None) -> tuple[str, str]:
    """Return where calls go, and the region for the clients."""
    if url is not None:
        return url, product.aws_environment.region or _DEFAULT_REGION
    if not product.settings.is_embedded:
        raise ConfigurationError("YORUTSUKE_AWS is real, and a real AWS refuses calls through a proxy; unset it first")
    from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — keeps --help quick

    endpoint = lifecycle.ensure_running(product.home, environment=product.settings.env)
    return endpoint.url, endpoint.region


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        log = path.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise click.BadParameter(str(error), param_hint="--log") from error
    with log:
        yield log


@contextlib.contextmanager
def _listening(server: FaultProxy, port: int) -> Iterator[None]:
    try:
        server.start()
    except OSError as error:
        raise click.BadParameter(f"{port} is taken: {error}", param_hint="--port") from error
    try:
        yield
    finally:
        server.stop()


def _say_where(url: str, region: str) -> None:
    from yorutsuke_pipeline.local_aws.endpoint import environment_for  # noqa: PLC0415 — keeps --help quick

    for line in assignments(environment_for(url, region)):
        click.echo(line)
    remark("the lines above lead a shell's AWS clients, and yorutsuke, through the proxy; Ctrl-C ends it")
