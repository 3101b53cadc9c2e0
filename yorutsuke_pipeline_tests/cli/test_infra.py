"""`yorutsuke infra` on the embedded AWS, which was deployed from the template itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml  # type: ignore[import-untyped]  # as in the product

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.infra.template import Stack, read_template
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline_tests.cli.conftest import Terminal
from yorutsuke_pipeline_tests.local_aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

_LOG_GROUP = "/yorutsuke/dev/runs"
# A condition leaves out what only a parameter asks for: the subscription of AlertsEmail.
DECLARED = [name for name, told in read_template().document["Resources"].items() if "Condition" not in told]


@pytest.fixture
def _shortened(embedded_aws: Endpoint) -> Iterator[None]:
    """Somebody kept log lines for fewer days by hand."""
    logs = client(embedded_aws, "logs")
    before = logs.describe_log_groups(logGroupNamePrefix=_LOG_GROUP)["logGroups"][0]["retentionInDays"]
    logs.put_retention_policy(logGroupName=_LOG_GROUP, retentionInDays=1)
    yield
    logs.put_retention_policy(logGroupName=_LOG_GROUP, retentionInDays=before)


@pytest.fixture
def staging(embedded_aws: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The same account, asked about an environment that was never deployed to it."""
    # boto3 itself reads the address; the product only takes note that there is one.
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded_aws.url)
    settings = load_settings({"YORUTSUKE_ENV": "staging"})
    return Terminal(Composition(settings, AwsEnvironment("us-east-1", ("AWS_ENDPOINT_URL",))))


def test_what_was_deployed_from_the_template_differs_in_nothing(terminal: Terminal) -> None:
    done = terminal.run("infra", "diff")

    assert done.exit_code == 0, done.output
    assert done.stdout == f"{len(DECLARED)} equal\n"
    assert "account 000000000000, us-east-1" in done.stderr


def test_every_resource_and_every_property_of_it_is_compared(terminal: Terminal) -> None:
    told = terminal.document("infra", "diff")

    assert told["equal"] is True
    assert [each["logicalId"] for each in told["resources"] if each["notCompared"] or each["why"]] == []
    assert [each["logicalId"] for each in told["resources"]] == DECLARED


@pytest.mark.usefixtures("_shortened")
def test_what_somebody_changed_by_hand_is_shown_with_both_values(terminal: Terminal) -> None:
    done = terminal.run("infra", "diff")

    assert done.exit_code == 1
    header, row, counts = done.stdout.splitlines()
    assert header.split("\t") == ["resource", "name", "state", "property", "expected", "found"]
    assert row.split("\t") == ["RunsLogGroup", _LOG_GROUP, "differs", "RetentionInDays", "30", "1"]
    assert counts.endswith("1 differs")


def test_where_nothing_is_deployed_all_is_missing_and_the_stack_is_named(staging: Terminal) -> None:
    done = staging.run("infra", "diff", "--json")

    assert done.exit_code == 1
    assert "no stack yorutsuke-staging" in done.stderr
    states = Counter(each["state"] for each in yaml.safe_load(done.stdout)["resources"])
    assert set(states) == {"missing"}


def test_a_stack_of_another_environment_is_refused_by_name(staging: Terminal) -> None:
    done = staging.run("infra", "diff", "--stack", "yorutsuke-dev")

    assert done.exit_code == 1
    assert "yorutsuke-dev was deployed with Env=dev, and YORUTSUKE_ENV is staging" in done.stderr


def test_the_template_is_printed_as_it_is_deployed(terminal: Terminal) -> None:
    assert terminal.run("infra", "template").stdout == read_template().text

    path = Path(terminal.run("infra", "template", "--path").stdout.rstrip("\n"))
    assert path.read_text(encoding="utf-8") == read_template().text


def test_the_template_of_the_violations_is_printed_on_request(terminal: Terminal) -> None:
    printed = terminal.run("infra", "template", "--stack", "violations").stdout

    assert printed == read_template(Stack.VIOLATIONS).text
    assert "AWS::S3Tables::TableBucket" in printed
