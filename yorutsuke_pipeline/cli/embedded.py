"""`yorutsuke aws`: the embedded AWS as a thing that is started, stopped, reset and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.confirmation import confirm
from yorutsuke_pipeline.cli.faults import faults
from yorutsuke_pipeline.cli.output import print_json, print_table, progress_bar, remark
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product
from yorutsuke_pipeline.cli.proxy import proxy
from yorutsuke_pipeline.cli.shell import assignments
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from typing import Any

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


@click.group()
def aws() -> None:
    """Start, stop and look at the embedded AWS, which needs no account.

    Everything starts it by itself when it is needed; these commands are for doing so by hand.
    """


aws.add_command(faults)
aws.add_command(proxy)


@aws.command()
@as_json_option()
@click.pass_context
def start(context: click.Context, *, as_json: bool) -> None:
    """Start the embedded AWS, and put sample receipts into a fresh one (YORUTSUKE_SAMPLES=false: none).

    Where YORUTSUKE_AWS=real or an AWS_ENDPOINT_URL variable says where AWS is, nothing is started.
    """
    product = the_product(context)
    elsewhere = _elsewhere(product)
    if elsewhere is not None:
        if as_json:
            print_json({"started": False, "reason": elsewhere})
        else:
            click.echo(f"nothing was started: {elsewhere}")
        return
    from yorutsuke_pipeline.sample_receipts import seed  # noqa: PLC0415 — loads boto3, which --help must not

    endpoint = _running(product)
    seeded = 0
    if product.settings.samples and endpoint.fresh:
        remark("a fresh embedded AWS: sample receipts are being made, which takes a minute or two")
        with progress_bar("sample receipts") as progress:
            seeded = seed(product, progress).image_count
    if as_json:
        print_json({"started": True, "endpoint": endpoint.url, "home": endpoint.home, "samplesAdded": seeded})
        return
    if seeded:
        click.echo(f"{seeded} sample receipts are in")
    click.echo(f"the embedded AWS runs at {endpoint.url}, its state is in {endpoint.home}")


@aws.command()
@as_json_option()
@click.pass_context
def stop(context: click.Context, *, as_json: bool) -> None:
    """Stop the embedded AWS. Its state stays, and jobs go on from there when it is started again."""
    from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — as above

    was_running = lifecycle.stop(the_product(context).home)
    if as_json:
        print_json({"stopped": was_running})
    else:
        click.echo("the embedded AWS is stopped" if was_running else "no embedded AWS was running")


@aws.command()
@as_json_option()
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """Tell what the embedded AWS is doing, and the endpoint of each service. Starts nothing."""
    product = the_product(context)
    document = _embedded_status(product) if _elsewhere(product) is None else _other_status(product)
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        if name != "services":
            click.echo(f"{name}: {value}")
    if document["services"]:
        print_table("endpoints", ["service", "endpoint"], list(document["services"].items()))


@aws.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option()
@click.pass_context
def reset(context: click.Context, *, yes: bool, as_json: bool) -> None:
    """Stop the embedded AWS and delete all that is in it; the next start is a fresh one.

    Dagster's own history (.dagster/) is another matter and stays.
    """
    import shutil  # noqa: PLC0415 — as above

    from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.seeding import samples_folder, seeding_lock  # noqa: PLC0415 — as above

    home = the_product(context).home
    if not yes:
        confirm(f"Delete every table, object and job of the embedded AWS in {home}?")
    # A seeding that goes on after the reset would mark the new state as seeded, with half of the samples.
    lifecycle.stop(home)
    with seeding_lock(home, wait=True):
        lifecycle.reset(home)
        shutil.rmtree(samples_folder(home), ignore_errors=True)
        shutil.rmtree(home / "violations", ignore_errors=True)
    if as_json:
        print_json({"reset": True, "home": str(home)})
    else:
        click.echo("the embedded AWS is empty; the next start is a fresh one")


@aws.command()
@click.option("--shell", type=click.Choice(["sh", "fish"]), default="sh", show_default=True, help="sh: bash, zsh too.")
@as_json_option()
@click.pass_context
def env(context: click.Context, shell: str, *, as_json: bool) -> None:
    """Print the variables that point any AWS client at the embedded AWS, which is started if need be.

    For a shell: eval "$(yorutsuke aws env)", or in fish: yorutsuke aws env --shell fish | source
    """
    from yorutsuke_pipeline.local_aws.endpoint import client_environment  # noqa: PLC0415 — as above

    product = the_product(context)
    if not product.settings.is_embedded:
        raise ConfigurationError("YORUTSUKE_AWS is real: AWS clients need no variables of ours; unset it first")
    variables = client_environment(_running(product))
    if as_json:
        print_json(variables)
        return
    for line in assignments(variables, shell):
        click.echo(line)


def _running(product: Composition) -> Endpoint:
    """Return the endpoint of the embedded AWS, started without starting the samples."""
    from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — as above

    return lifecycle.ensure_running(product.home, environment=product.settings.env)


def _elsewhere(product: Composition) -> str | None:
    """Return why AWS is not the embedded one, or None."""
    if not product.settings.is_embedded:
        return "YORUTSUKE_AWS is real"
    variables = product.aws_environment.endpoint_variables
    return f"{', '.join(variables)} says where AWS is" if variables else None


def _embedded_status(product: Composition) -> dict[str, Any]:
    from yorutsuke_pipeline.local_aws import lifecycle  # noqa: PLC0415 — as above

    found = lifecycle.status(product.home)
    return {
        "aws": "embedded",
        "condition": found.condition.value,
        "pid": found.pid,
        "endpoint": found.endpoint.url if found.endpoint else None,
        "region": found.endpoint.region if found.endpoint else None,
        "home": found.home,
        "log": found.log,
        "samples": "not put in" if found.fresh else "put in",
        "services": found.services,
    }


def _other_status(product: Composition) -> dict[str, Any]:
    """Return where boto3 finds each service that the product uses; nothing is called there."""
    clients = product.clients
    found = {
        "s3": clients.s3,
        "dynamodb": clients.dynamodb,
        "bedrock": clients.bedrock,
        "bedrock-runtime": clients.bedrock_runtime,
    }
    return {
        "aws": "real" if not product.settings.is_embedded else "endpoints",
        "condition": _elsewhere(product),
        "region": clients.dynamodb.meta.region_name,
        "services": {name: client.meta.endpoint_url for name, client in found.items()},
    }
