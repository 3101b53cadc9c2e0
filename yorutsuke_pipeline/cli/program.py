"""The program `yorutsuke`: its commands, and how errors look.

What belongs here: the list of commands, each loaded when it is asked for, and the one place that turns
an error of the product into a sentence and an exit code.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.terms import DEFAULT_WORKLOAD

# Command -> where it is, and what `--help` says of it without loading it.
_COMMANDS = {
    "receipts": ("receipts:receipts", "Put receipt photos in line, and see what became of them."),
    "violations": ("violations:violations", "Make and fill the table of violations; estimate and order texts."),
    "transactions": ("transactions:transactions", "Show the transactions, or write them as CSV."),
    "jobs": ("jobs:jobs", "Show what was submitted to Bedrock, its state and its cost; stop it."),
    "costs": ("costs:costs", "Show what a month cost, over all workloads, and what the budgets leave."),
    "dead-letters": ("dead_letters:dead_letters", "What waits for a person: show it, put it back in line, give it up."),
    "backfill": ("days:backfill", "Submit every day of a range in which records wait."),
    "retry-failed": ("days:retry_failed", "Run the failed days of a range again, and only those."),
    "pause": ("switches:pause", "Pause a workload's submission, with a reason: nothing new is paid for."),
    "resume": ("switches:resume", "Let a workload's submission go on."),
    "status": ("switches:status", "Say whether submission is paused, by whom and why."),
    "trial": ("trial:trial", "Ask another model or prompt about a day again, and compare before accepting."),
    "reconcile": ("reconcile:reconcile", "Compare tables, jobs and objects; say how to mend what contradicts."),
    "doctor": ("doctor:doctor", "Examine the account before its first night; say what to mend, and how."),
    "api": ("api:api", "Serve the HTTP API; make and revoke its tokens."),
    "infra": ("infra:infra", "Compare an account with the template of its resources, or print that."),
    "aws": ("embedded:aws", "Start, stop and look at the embedded AWS."),
}


class Program(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, D102 — click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, D102 — as above
        if cmd_name not in _COMMANDS:
            return None
        place, name = _COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"yorutsuke_pipeline.cli.{place}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002, D102 — as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 — click's signature
        """Run a command; an error of the product becomes its own sentence, without a traceback."""
        try:
            return super().invoke(ctx)
        except YorutsukeError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"yorutsuke: {error}", err=True)
            ctx.exit(EXIT_FAILED)
        except KeyboardInterrupt:
            click.echo(
                "yorutsuke: interrupted; what was done stands, and running it again goes on from there", err=True
            )
            ctx.exit(EXIT_INTERRUPTED)


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 something was refused or failed, 2 wrong usage. See docs/command-line.md.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--workload",
    default=DEFAULT_WORKLOAD,
    show_default=True,
    help="Whose days, jobs, dead letters, trials and pause are meant; stands before the command.",
)
@click.version_option(package_name="yorutsuke-pipeline", prog_name="yorutsuke")
def program(*, debug: bool, workload: str) -> None:
    """Receipt photos of the day become transactions overnight, with Amazon Bedrock at batch price.

    Works on the embedded AWS, which needs no account and starts by itself, or on a real one
    (YORUTSUKE_AWS=real and the standard AWS configuration).
    """
