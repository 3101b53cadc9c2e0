"""`yorutsuke doctor`: an account examined before its first night."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, print_table, remark
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.examination.doctor import Doctor
    from yorutsuke_pipeline.composition import Composition

_COLUMNS = ("check", "state", "found", "what to do")
_PRINCIPAL = re.compile(r"arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)/.+")


class Principal(click.ParamType):  # type: ignore[type-arg] # generic only in newer versions of click
    """The ARN of a role or a user; a wrong one is wrong usage."""

    name = "arn"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: D102 — click's
        if not _PRINCIPAL.fullmatch(str(value)):
            self.fail(
                f"{value!r} is not the ARN of a role or a user, such as arn:aws:iam::ACCOUNT:role/NAME", param, ctx
            )
        return str(value)


@click.command()
@click.option("--submitter", type=Principal(), help="Who submits jobs, if not you: the ARN of its role or user.")
@as_json_option()
@click.pass_context
def doctor(context: click.Context, submitter: str | None, *, as_json: bool) -> None:
    """Examine the account: credentials, clock, model, Bedrock's role, bucket, tables, limits, events, alerts.

    Nothing is written, and nothing costs money. Exits with 1 if something must be mended. What these credentials
    may not look at is told as unchecked.
    """
    from yorutsuke_pipeline.aws.examination.finding import State  # noqa: PLC0415 — loads boto3, which --help must not

    found = list(_doctor(the_product(context), submitter).findings())
    wrong = sum(finding.state is State.MEND for finding in found)
    if as_json:
        named = [
            {"check": each.check, "state": each.state, "found": each.found, "remedy": each.remedy} for each in found
        ]
        print_json({"mustBeMended": wrong, "findings": named})
    else:
        rows = [[each.check, each.state, each.found, each.remedy] for each in found]
        print_table(f"{len(rows)} looks at the account", _COLUMNS, rows)
        remark(f"{wrong} to be mended before the first night" if wrong else "nothing must be mended")
    if wrong:
        context.exit(EXIT_FAILED)


def _doctor(product: Composition, submitter: str | None) -> Doctor:
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.aws.examination.doctor import Doctor  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.aws.examination.tables import layouts  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.lineup import blueprints  # noqa: PLC0415 — as above

    settings = product.settings
    lines = [each.assemble(product) for each in blueprints(settings)]
    return Doctor(
        clients=product.clients,
        policy=settings.policy,
        bucket=settings.required_bucket,
        tables=layouts(shape for line in lines for shape in line.tables),
        full_name=settings.table,
        prices=product.prices,
        clock=SystemClock(),
        quota_book=product.quota_book,
        spending_book=product.spending_book,
        queue_url=product.events_queue_url,
        topic_arn=product.alerts_topic_arn,
        submitter=submitter,
        is_embedded=settings.is_embedded,
        further=[line.examine for line in lines if line.examine is not None],
    )
