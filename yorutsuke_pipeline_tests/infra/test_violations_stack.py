"""What infra/violations.yaml adds to infra/template.yaml: the table of violations, who may use it, and its alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from yorutsuke_pipeline.infra.comparison import compare
from yorutsuke_pipeline.infra.intrinsics import resources_of
from yorutsuke_pipeline.infra.naming import Account
from yorutsuke_pipeline.infra.readings.reading import Reading
from yorutsuke_pipeline.infra.readings.table_bucket import TABLE_BUCKET
from yorutsuke_pipeline.infra.stack import violations_of
from yorutsuke_pipeline.infra.template import Stack, read_template
from yorutsuke_pipeline_tests.deploy.ecs_template import load_template, resolved

if TYPE_CHECKING:
    from yorutsuke_pipeline.infra.intrinsics import Resource

ACCOUNT = Account("123456789012", "us-east-1")
# What an alarm is about, in words for people and in the figures that both workloads send.
OWN_WORDS = {"AlarmName", "AlarmDescription", "Dimensions", "Threshold", "AlarmActions"}
RESOURCES = resolved(load_template("violations.yaml")["Resources"])
POLICIES = {name: found["Properties"] for name, found in RESOURCES.items() if found["Type"].endswith("ManagedPolicy")}


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = POLICIES[policy]["PolicyDocument"]["Statement"]
    return found


def actions(policy: str) -> set[str]:
    return {action for statement in statements(policy) for action in statement["Action"]}


@pytest.mark.parametrize("policy", POLICIES)
def test_each_role_that_gets_a_policy_is_one_of_the_other_stack(policy: str) -> None:
    roles = {
        properties["RoleName"]["Fn::Sub"].replace("${Env}", "prod")
        for properties in read_template().properties_of("AWS::IAM::Role").values()
    }

    assert set(POLICIES[policy]["Roles"]) < roles


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_about_the_one_table_bucket(policy: str) -> None:
    bucket = "<ViolationsTableBucket.TableBucketARN>"

    assert {statement["Resource"] for statement in statements(policy)} == {bucket, f"{bucket}/table/*"}


def test_who_selects_may_write_nothing_and_who_merges_may_make_or_delete_no_table() -> None:
    writing = {"s3tables:PutTableData", "s3tables:UpdateTableMetadataLocation"}

    assert actions("MergePolicy") - actions("ReadPolicy") == writing
    assert not {action for action in actions("ReadPolicy") if not action.startswith("s3tables:Get")}


def test_the_table_bucket_outlives_its_stack() -> None:
    bucket = RESOURCES["ViolationsTableBucket"]

    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def alarms(workload: str, resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the alarms of a workload compare, by their figure."""
    found = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    about = [each for each in found if {"Name": "Workload", "Value": workload} in each["Dimensions"]]
    return {
        each["MetricName"]: {name: value for name, value in each.items() if name not in OWN_WORDS} for each in about
    }


def test_violations_have_the_alarms_that_receipts_have() -> None:
    assert alarms("violations", RESOURCES) == alarms("receipts", load_template("template.yaml")["Resources"])


def test_an_alarm_is_sent_to_the_topic_of_the_other_stack_under_a_name_that_its_policy_takes() -> None:
    found = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::CloudWatch::Alarm"]

    (topic,) = read_template().properties_of("AWS::SNS::Topic").values()
    name = topic["TopicName"]["Fn::Sub"].replace("${Env}", "prod")
    assert {each["AlarmActions"][0] for each in found} == {f"arn:aws:sns:us-east-1:123456789012:{name}"}
    assert all(each["AlarmName"].startswith("yorutsuke-") and each["AlarmName"].endswith("-prod") for each in found)


class CloudFormation:
    """An account's stacks, by name."""

    def __init__(self, **stacks: dict[str, str]) -> None:
        self._stacks = {name.replace("_", "-"): parameters for name, parameters in stacks.items()}

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 — boto3's name
        if StackName not in self._stacks:
            error: Any = {"Error": {"Code": "ValidationError", "Message": f"Stack {StackName} does not exist"}}
            raise ClientError(error, "DescribeStacks")
        told = [{"ParameterKey": key, "ParameterValue": value} for key, value in self._stacks[StackName].items()]
        return {"Stacks": [{"Parameters": told}]}


def test_what_is_not_deployed_is_not_compared() -> None:
    assert violations_of(lambda _: CloudFormation(yorutsuke_prod={"Env": "prod"}), ACCOUNT, "prod") == ()


def test_a_role_is_compared_with_the_policies_of_both_stacks() -> None:
    account = CloudFormation(yorutsuke_violations_prod={"Env": "prod", "MostProcessingSeconds": "90"})
    further = violations_of(lambda _: account, ACCOUNT, "prod")

    wanted = (*resources_of(read_template(), ACCOUNT, {"Env": "prod"}), *further)
    roles = {"AWS::IAM::Role": Reading("AWS::IAM::Role", "iam", frozenset({"ManagedPolicyArns"}), _as_wanted)}
    attached = {
        drift.resource.name: drift.resource.properties.get("ManagedPolicyArns", ())
        for drift in compare(wanted, roles, lambda service: service)
        if drift.resource.type == "AWS::IAM::Role"
    }

    policies = [f"arn:aws:iam::123456789012:policy/yorutsuke-{name}-prod" for name in ("submitter", "violations-read")]
    assert attached["yorutsuke-submitter-prod"] == policies
    assert [each.properties["Threshold"] for each in further if each.logical_id == "ProcessingTimeAlarm"] == ["90"]


def _as_wanted(_client: object, resource: Resource) -> dict[str, Any]:
    return dict(resource.properties)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_table_bucket_is_read_back_by_its_arn(is_there: bool) -> None:  # noqa: FBT001 — a test's parameter
    wanted = resources_of(read_template(Stack.VIOLATIONS), ACCOUNT, {"Env": "prod"})
    (bucket,) = [each for each in wanted if each.type == TABLE_BUCKET.resource_type]
    arn = "arn:aws:s3tables:us-east-1:123456789012:bucket/yorutsuke-violations-prod"
    client = boto3.client("s3tables", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    with Stubber(client) as stub:
        if is_there:
            told = {"arn": arn, "name": "yorutsuke-violations-prod", "ownerAccountId": ACCOUNT.id, "createdAt": 0}
            stub.add_response("get_table_bucket", told, {"tableBucketARN": arn})
        else:
            stub.add_client_error("get_table_bucket", "NotFoundException", http_status_code=404)
        found = TABLE_BUCKET.read(client, bucket)

    assert found == ({"TableBucketName": "yorutsuke-violations-prod"} if is_there else None)
