"""Where the contract suite runs: moto in this process, and the embedded AWS on loopback.

The tables of both come from infra/template.yaml, so a key or an index that moves there breaks a test here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item, from_item
from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.infra.template import read_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

REGION = "us-east-1"
# Short names to those in the template.
_TABLES = {
    "pending-images": "PendingImagesTable",
    "batch-jobs": "BatchJobsTable",
    "transactions": "TransactionsTable",
    "pending-violations": "PendingViolationsTable",
    "violation-content": "ViolationContentTable",
}


@dataclass(frozen=True)
class Place:
    """An AWS with the product's tables and bucket in it; `tables` has all of them by their short names."""

    clients: AwsClients
    pending_table: str
    jobs_table: str
    transactions_table: str
    bucket: str
    role_arn: str
    tables: Mapping[str, str]

    def put(self, table: str, row: dict[str, Any]) -> None:
        """Put a row as somebody else would, with an attribute that is None left out."""
        self.clients.dynamodb.put_item(TableName=table, Item=as_item(row))

    def row(self, table: str, key: dict[str, str]) -> dict[str, Any]:
        """Return a row's plain values, empty if there is none."""
        answer = self.clients.dynamodb.get_item(TableName=table, Key=as_item(key), ConsistentRead=True)
        return from_item(answer.get("Item", {}))


def embedded_place(endpoint: Endpoint) -> Place:
    clients = AwsClients(REGION, endpoint.url, placeholder_credentials=True)
    names = endpoint.outputs
    return Place(
        clients,
        names["PendingImagesTableName"],
        names["BatchJobsTableName"],
        names["TransactionsTableName"],
        names["ReceiptsBucketName"],
        names["BedrockRoleArn"],
        {short: names[f"{logical_id}Name"] for short, logical_id in _TABLES.items()},
    )


def moto_place() -> Place:
    """Make the tables and the bucket; call it inside `mock_aws`."""
    clients = AwsClients(REGION, placeholder_credentials=True)
    for name, properties in read_template().properties_of("AWS::DynamoDB::Table").items():
        definition: Any = {
            wanted: properties[wanted]
            for wanted in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
            if wanted in properties
        }
        clients.dynamodb.create_table(TableName=name, **definition)
    clients.s3.create_bucket(Bucket="receipts")
    (bucket,) = read_template().properties_of("AWS::S3::Bucket").values()
    clients.s3.put_bucket_versioning(Bucket="receipts", VersioningConfiguration=bucket["VersioningConfiguration"])
    return Place(clients, "PendingImagesTable", "BatchJobsTable", "TransactionsTable", "receipts", "no role", _TABLES)
