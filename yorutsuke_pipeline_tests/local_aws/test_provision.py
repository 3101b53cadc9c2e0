from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline.infra.template import read_template
from yorutsuke_pipeline.local_aws.provision import Deployment, Provisioned, provision
from yorutsuke_pipeline_tests.local_aws.clients import client

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

TABLES = read_template().properties_of("AWS::DynamoDB::Table")
OUTPUTS = {
    "PendingImagesTable": "pending-images",
    "BatchJobsTable": "batch-jobs",
    "TransactionsTable": "transactions",
    "PendingViolationsTable": "pending-violations",
    "ViolationContentTable": "violation-content",
}


def indexes(table: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    found = table.get("GlobalSecondaryIndexes", [])
    return sorted((index["IndexName"], index["KeySchema"], index["Projection"]) for index in found)


@pytest.mark.parametrize("logical_id", TABLES)
def test_each_table_is_as_the_template_has_it(embedded_aws: Endpoint, logical_id: str) -> None:
    wanted = TABLES[logical_id]
    name = embedded_aws.outputs[f"{logical_id}Name"]
    dynamodb = client(embedded_aws, "dynamodb")

    table = dynamodb.describe_table(TableName=name)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]

    assert name == f"yorutsuke-{OUTPUTS[logical_id]}-dev"
    assert table["KeySchema"] == wanted["KeySchema"]
    assert indexes(table) == indexes(wanted)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert ttl.get("AttributeName") == wanted.get("TimeToLiveSpecification", {}).get("AttributeName")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_bucket_is_private_encrypted_tls_only_and_forgets_batch_files(embedded_aws: Endpoint) -> None:
    bucket = embedded_aws.outputs["ReceiptsBucketName"]
    s3 = client(embedded_aws, "s3")

    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])

    assert bucket == "yorutsuke-receipts-dev-000000000000"
    by_id = {rule["ID"]: rule for rule in rules}
    expiring = {rule["Filter"]["Prefix"]: rule["Expiration"].get("Days") for rule in rules if "Expiration" in rule}
    assert expiring == {"batch-input/": 30, "batch-work/": 30, "batch-output/": 30, "": None}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert by_id["forget-old-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert by_id["forget-old-versions"]["Expiration"] == {"ExpiredObjectDeleteMarker": True}
    assert encryption[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_bedrocks_role_trusts_only_jobs_of_this_account(embedded_aws: Endpoint) -> None:
    arn = embedded_aws.outputs["BedrockRoleArn"]

    role = client(embedded_aws, "iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]

    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert arn == "arn:aws:iam::000000000000:role/yorutsuke-bedrock-batch-dev"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "000000000000"}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":000000000000:model-invocation-job/*")


@pytest.mark.parametrize(
    ("name", "value"),
    [("Env", "production"), ("OldVersionDays", "0"), ("OldVersionDays", "x"), ("LogRetentionDays", "2")],
)
def test_a_wrong_parameter_is_refused_by_name_before_anything_is_created(
    embedded_aws: Endpoint, name: str, value: str
) -> None:
    cloudformation = client(embedded_aws, "cloudformation")

    with pytest.raises(ClientError, match=name):
        cloudformation.create_stack(
            StackName="refused",
            TemplateBody=read_template().text,
            Parameters=[{"ParameterKey": name, "ParameterValue": value}],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )

    with pytest.raises(ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName="refused")


def test_deploying_again_changes_nothing(embedded_aws: Endpoint) -> None:
    def events() -> list[str]:
        answer = client(embedded_aws, "cloudformation").describe_stack_events(StackName="yorutsuke-dev")
        return [event["EventId"] for event in answer["StackEvents"]]

    before = events()
    deployment = Deployment(url=embedded_aws.url, region="us-east-1", environment="dev", user_agent="again")

    assert provision(deployment) == Provisioned(embedded_aws.outputs, changed=False)
    assert events() == before
