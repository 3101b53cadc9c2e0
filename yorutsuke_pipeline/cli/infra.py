"""`yorutsuke infra`: the templates of all resources, and what of an account differs from it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, print_table, remark, with_bar
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.infra.template import Stack, read_template, template_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yorutsuke_pipeline.infra.comparison import ResourceDrift

_COLUMNS = ("resource", "name", "state", "property", "expected", "found")


@click.group()
def infra() -> None:
    """Everything that the product needs of an account, as CloudFormation templates."""


@infra.command()
@click.option(
    "--stack",
    type=click.Choice([str(each) for each in Stack]),
    default=str(Stack.PIPELINE),
    show_default=True,
    help="Which one: violations is the table bucket of the workload violations, deployed after the pipeline's.",
)
@click.option("--path", "only_path", is_flag=True, help="Print where the file is instead.")
def template(*, stack: str, only_path: bool) -> None:
    """Print the template of this version, to deploy it from an installed package.

    \b
    yorutsuke infra template > template.yaml
    aws cloudformation deploy --template-file "$(yorutsuke infra template --path)" ...
    """  # noqa: D301 — \b is click's mark for lines to be kept
    chosen = Stack(stack)
    click.echo(template_path(chosen) if only_path else read_template(chosen).text, nl=only_path)


@infra.command()
@click.option("--stack", help="The stack's name; yorutsuke- and the environment if not given.")
@as_json_option()
@click.pass_context
def diff(context: click.Context, *, stack: str | None, as_json: bool) -> None:
    """Compare the account's resources with the template, property by property. Only reads.

    So are those of the stack yorutsuke-violations- and the environment, where there is one. Parameters have the
    values that the stack was deployed with, else the template's own. Exit code 1 if anything is missing, differs or
    could not be read. What is not compared is named.
    """
    drifts = list(_drifts(context, stack))
    if as_json:
        print_json(_document(drifts))
    else:
        _tell(drifts)
    if not all(drift.is_well for drift in drifts):
        context.exit(EXIT_FAILED)


def _drifts(context: click.Context, stack: str | None) -> Iterator[ResourceDrift]:
    from yorutsuke_pipeline.infra.comparison import compare  # noqa: PLC0415 — loads boto3, which --help must not
    from yorutsuke_pipeline.infra.intrinsics import resources_of  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.infra.readings import READINGS  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.infra.stack import account_of, parameters_of, violations_of  # noqa: PLC0415 — as above

    product = the_product(context)
    environment, client = product.settings.env, product.clients.of
    is_named, stack = stack is not None, stack or f"yorutsuke-{environment}"
    account = account_of(client)
    parameters = parameters_of(client, stack, environment)
    if parameters is None and is_named:
        raise PermanentError(f"there is no stack {stack!r} in account {account.id}, {account.region}")
    if parameters is None:
        remark(f"no stack {stack} in account {account.id}, {account.region}: the template's own parameters are assumed")
    resources = resources_of(read_template(), account, {**(parameters or {}), "Env": environment}, stack)
    # In one go: the second stack's policies are attached to roles of the first.
    further = violations_of(client, account, environment)
    resources += further
    files = "infra/template.yaml and infra/violations.yaml" if further else "infra/template.yaml"
    remark(f"comparing account {account.id}, {account.region} with {files}, Env={environment}")
    return with_bar("comparing", compare(resources, READINGS, client), len(resources))


def _document(drifts: Sequence[ResourceDrift]) -> dict[str, Any]:
    return {
        "equal": all(drift.is_well for drift in drifts),
        "resources": [
            {
                "logicalId": drift.resource.logical_id,
                "type": drift.resource.type,
                "name": drift.resource.name,
                "state": drift.state,
                "differences": [
                    {"property": each.path, "expected": each.expected, "found": each.found}
                    for each in drift.differences
                ],
                "notCompared": list(drift.not_compared),
                "why": drift.why or None,
            }
            for drift in drifts
        ],
    }


def _tell(drifts: Sequence[ResourceDrift]) -> None:
    unlike = [drift for drift in drifts if not drift.is_well]
    if unlike:
        print_table(f"{len(unlike)} resources are not as the template has them", _COLUMNS, list(_rows(unlike)))
    for drift in drifts:
        if drift.why:
            remark(f"{drift.resource.logical_id}: {drift.state}: {drift.why}")
        elif drift.not_compared:
            remark(f"{drift.resource.logical_id}: not compared: {', '.join(drift.not_compared)}")
    counts = Counter(drift.state for drift in drifts)
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()))


def _rows(drifts: Sequence[ResourceDrift]) -> Iterator[list[object]]:
    for drift in drifts:
        named = [drift.resource.logical_id, drift.resource.name, drift.state]
        for each in drift.differences:
            yield [*named, each.path, _shown(each.expected), _shown(each.found)]
        if not drift.differences:
            yield [*named, None, None, None]


def _shown(value: object) -> str:
    return "-" if value is None else value if isinstance(value, str) else json.dumps(value, sort_keys=True)
