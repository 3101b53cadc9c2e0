"""`reconcile` on an embedded AWS of its own: other tests leave contradictions in the shared one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.local_aws import lifecycle
from yorutsuke_pipeline_tests.cli.conftest import Terminal, png, product_of
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = "2026-01-09"
RANGE = ("--from", DAY, "--to", DAY)


@dataclass(frozen=True)
class Deployment:
    """A deployment on an embedded AWS, in which the tests of this file leave what they say."""

    terminal: Terminal

    def put(self, table: str, row: dict[str, Any]) -> None:
        product = self.terminal.product
        product.clients.dynamodb.put_item(TableName=product.settings.table(table), Item=as_item(row))

    def kinds(self, *words: str) -> dict[str, str]:
        """Run the command; return each contradiction's kind and state."""
        document = self.terminal.document("reconcile", *RANGE, *words)
        return {each["kind"]: each["state"] for each in document["contradictions"]}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    home = tmp_path_factory.mktemp("reconciled-aws")
    lifecycle.ensure_running(home, idle_exit_seconds=600)
    yield Deployment(Terminal(product_of(home, below_minimum="skip")))
    lifecycle.stop(home)


def test_nothing_that_contradicts_is_told_in_one_line(deployment: Deployment) -> None:
    result = deployment.terminal.run("reconcile", *RANGE)

    assert (result.exit_code, result.stdout) == (0, f"no contradiction from {DAY} to {DAY}\n")


def test_photos_that_wait_contradict_nothing(deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png("waits"))
    deployment.terminal.run("receipts", "add", tmp_path / "a.png", "--user", "mai", "--date", DAY)
    receipts_stages(deployment.terminal.product).manifest_writer.write(parse_day(DAY))

    assert deployment.kinds() == {}


def test_what_is_found_is_told_with_how_to_mend_it_mended_if_safe_and_then_gone(deployment: Deployment) -> None:
    row = {"userId": "mai", "s3Key": "uploads/mai/b.png", "status": "pending", "uploadedAt": f"{DAY}T03:00:00.000Z"}
    deployment.put("pending-images", {"imageId": "hidden", **row})
    deployment.put(
        "pending-images", {"imageId": "claimed", **row, "pendingDate": DAY, "intentId": "receipts-2026-01-09-9"}
    )
    told = deployment.terminal.run("reconcile", *RANGE)

    seen = [deployment.kinds(), deployment.kinds("--fix"), deployment.kinds()]

    states = [dict.fromkeys(("void_claim", "hidden_record"), state) for state in ("mendable", "mended")]
    assert seen == [*states, {}]
    assert told.exit_code == 1
    assert "void_claim\t2026-01-09\tclaimed\treceipts-2026-01-09-9 has claimed it" in told.stdout
    assert "hidden_record: --fix puts it in line" in told.stderr
    assert "0 mended, 2 left, 2 of which --fix mends" in told.stderr


def test_what_a_person_must_decide_stays_and_the_exit_code_says_so(deployment: Deployment) -> None:
    deployment.put("transactions", {"userId": "mai", "transactionId": "t", "imageId": "no such image", "amount": 5})

    result = deployment.terminal.run("reconcile", *RANGE, "--fix", "--json")

    document = json.loads(result.stdout)
    assert (result.exit_code, document["found"], document["left"]) == (1, 1, 1)
    (contradiction,) = document["contradictions"]
    assert (contradiction["kind"], contradiction["state"]) == ("result_without_record", "left")
    assert contradiction["mend"].startswith("delete the transaction if")


def test_a_range_that_ends_before_it_begins_is_wrong_usage(deployment: Deployment) -> None:
    assert deployment.terminal.run("reconcile", "--from", "2026-01-10", "--to", "2026-01-09").exit_code == 2
