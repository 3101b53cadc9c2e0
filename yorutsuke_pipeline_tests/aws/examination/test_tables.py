"""The tables: there, active, and with the keys and indexes that the adapters use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.examination.finding import Finding, State
from yorutsuke_pipeline.aws.examination.tables import examine_tables, layouts
from yorutsuke_pipeline.infra.template import read_template
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING
from yorutsuke_pipeline_tests.aws.examination.conftest import told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

LAYOUTS = layouts([IMAGES, TRANSACTIONS, WAITING, CONTENT])
EXAMINED = "pending-images"


def full_name(short: str) -> str:
    return f"yorutsuke-{short}-prod"


def described(short: str) -> dict[str, Any]:
    """Return a table as it should be."""
    layout = LAYOUTS[short]
    indexes = [
        {"IndexName": name, "KeySchema": schema(key), "IndexStatus": "ACTIVE"} for name, key in layout.indexes.items()
    ]
    return {"TableStatus": "ACTIVE", "KeySchema": schema(layout.key), "GlobalSecondaryIndexes": indexes}


def schema(key: tuple[str, ...]) -> list[dict[str, str]]:
    kinds = zip(key, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds]


def examined(clients: AwsClients, **changes: Any) -> Finding:  # noqa: ANN401 — parts of a table's description
    """Examine the tables, one of them described otherwise; return what is found of that one."""
    with told(clients.dynamodb) as stub:
        for name in LAYOUTS:
            table = {**described(name), **(changes if name == EXAMINED else {})}
            stub.add_response("describe_table", {"Table": table}, {"TableName": full_name(name)})
        found = {finding.check: finding for finding in examine_tables(clients.dynamodb, LAYOUTS, full_name)}
    examined = found.pop(f"table {EXAMINED}")
    assert {finding.state for finding in found.values()} == {State.GOOD}
    return examined


def test_tables_as_the_template_declares_them_are_good(clients: AwsClients) -> None:
    assert examined(clients).found == "yorutsuke-pending-images-prod is active, with 1 index"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TableStatus": "CREATING"}, "is CREATING"),
        ({"KeySchema": schema(("userId",))}, "the key of yorutsuke-pending-images-prod is userId"),
        ({"GlobalSecondaryIndexes": []}, "has no index pendingDate-uploadedAt over pendingDate, uploadedAt"),
        (
            {
                "GlobalSecondaryIndexes": [
                    {"IndexName": "pendingDate-uploadedAt", "KeySchema": schema(("pendingDate",))}
                ]
            },
            "has no index pendingDate-uploadedAt over pendingDate, uploadedAt",
        ),
        (
            {
                "GlobalSecondaryIndexes": [
                    {**described("pending-images")["GlobalSecondaryIndexes"][0], "IndexStatus": "CREATING"}
                ]
            },
            "index pendingDate-uploadedAt of yorutsuke-pending-images-prod is CREATING",
        ),
    ],
)
def test_a_table_that_is_otherwise_must_be_mended(clients: AwsClients, changes: dict[str, Any], said: str) -> None:
    found = examined(clients, **changes)

    assert found.state is State.MEND
    assert said in found.found
    assert found.remedy


def test_a_table_that_is_not_there_says_what_to_deploy(clients: AwsClients) -> None:
    with told(clients.dynamodb) as stub:
        for _ in LAYOUTS:
            stub.add_client_error("describe_table", "ResourceNotFoundException", http_status_code=400)
        found = list(examine_tables(clients.dynamodb, LAYOUTS, full_name))

    assert [finding.state for finding in found] == [State.MEND] * len(LAYOUTS)
    assert all(finding.remedy.startswith("deploy infra/template.yaml") for finding in found)


def test_what_is_expected_of_the_tables_is_what_the_template_declares() -> None:
    declared = {
        properties["TableName"]["Fn::Sub"]: properties
        for properties in read_template().properties_of("AWS::DynamoDB::Table").values()
    }
    for name, layout in LAYOUTS.items():
        properties = declared[f"yorutsuke-{name}-${{Env}}"]
        indexes = {index["IndexName"]: index["KeySchema"] for index in properties.get("GlobalSecondaryIndexes", [])}

        assert properties["KeySchema"] == schema(layout.key)
        assert {wanted: indexes[wanted] for wanted in layout.indexes} == {
            wanted: schema(key) for wanted, key in layout.indexes.items()
        }
