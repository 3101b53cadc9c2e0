"""`doctor` on the embedded AWS."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.cli.parameters import today
from yorutsuke_pipeline.engine.budgets import Budgets
from yorutsuke_pipeline.engine.spending import Amounts, Entry
from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


def states(terminal: Terminal, *words: str) -> dict[str, str]:
    return {found["check"]: found["state"] for found in terminal.document("doctor", *words)["findings"]}


def test_the_embedded_aws_needs_no_mending_and_what_it_lacks_is_said(terminal: Terminal) -> None:
    result = terminal.run("doctor")

    assert (result.exit_code, result.stderr) == (0, "nothing must be mended\n")
    assert "model access\tnot here\tthis AWS does not offer it" in result.stdout
    assert set(states(terminal).values()) == {"good", "look", "not here"}


def test_what_is_missing_is_named_with_what_to_do_and_the_exit_code_says_so(embedded_aws: Endpoint) -> None:
    terminal = Terminal(product_of(Path(embedded_aws.home), bucket="no-such-bucket"))

    result = terminal.run("doctor")

    assert result.exit_code == 1
    told = "bucket\tmend\tthere is no bucket no-such-bucket\tdeploy infra/template.yaml, or correct YORUTSUKE_BUCKET"
    assert told in result.stdout
    assert "2 to be mended before the first night" in result.stderr
    assert states(terminal)["service role: files"] == "mend"


def test_quotas_events_and_alerts_are_looked_at_where_the_settings_lead(embedded_aws: Endpoint) -> None:
    home = Path(embedded_aws.home)
    stacks_own = states(Terminal(product_of(home)))
    elsewhere = states(
        Terminal(
            product_of(
                home,
                events_queue_url="http://127.0.0.1/000000000000/nowhere",
                alerts_topic_arn="arn:aws:sns:us-east-1:000000000000:nowhere",
            )
        )
    )
    polling = states(Terminal(product_of(home, poll_seconds="0")))

    checks = ("quotas", "events queue", "alerts topic")
    assert "mend" not in {stacks_own[check] for check in checks}
    assert [elsewhere[check] for check in checks] == ["good", "mend", "mend"]
    assert polling["events queue"] == "look"


@pytest.mark.parametrize("named", ["mai", "arn:aws:s3:::receipts", "arn:aws:iam::000000000000:root"])
def test_a_submitter_that_is_neither_role_nor_user_is_wrong_usage(terminal: Terminal, named: str) -> None:
    assert terminal.run("doctor", "--submitter", named).exit_code == 2


def test_a_budget_that_is_used_up_is_not_good_and_its_sums_are_shown(embedded_aws: Endpoint, user: str) -> None:
    product = product_of(Path(embedded_aws.home), daily_budget_usd="0.000001")
    entry = Entry(user, today(), Amounts(usd=Decimal(1)), fence=1)
    product.spending_book.post(entry, None, Budgets())

    found = Terminal(product).document("doctor")["findings"]
    product.spending_book.post(replace(entry, amounts=Amounts()), product.spending_book.entry(user), Budgets())

    (budget,) = (each for each in found if each["check"] == "budget")
    assert budget["state"] == "look"
    assert "of 0.000001 USD are spent or reserved" in budget["found"]
    assert "YORUTSUKE_DAILY_BUDGET_USD" in budget["remedy"]
