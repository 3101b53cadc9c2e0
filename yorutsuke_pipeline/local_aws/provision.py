"""The template, deployed on the embedded AWS: what the product expects of an account is then there.

What belongs here: the stack, and the three properties that MiniStack's CloudFormation drops without a word
(a table's TTL and point-in-time recovery, a bucket's lifecycle), each set by its own call, from the same
template. What is kept out: a real account, where `aws cloudformation deploy` does all of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from yorutsuke_pipeline.infra.intrinsics import Resource, resources_of
from yorutsuke_pipeline.infra.naming import Account
from yorutsuke_pipeline.infra.template import Template, read_template
from yorutsuke_pipeline.local_aws.errors import ProvisionError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3.type_defs import LifecycleRuleTypeDef

_DIGEST_TAG = "yorutsuke:template"
# botocore's waiter sleeps whole seconds, and each start of the server would wait for one.
_POLL_SECONDS = 0.05
_POLLS = 600


@dataclass(frozen=True)
class Deployment:
    """Where to deploy, and as what. `user_agent` marks the calls, so that the server lets them through."""

    url: str
    region: str
    environment: str
    user_agent: str

    @property
    def stack_name(self) -> str:
        """One stack for each environment."""
        return f"yorutsuke-{self.environment}"

    @property
    def session(self) -> boto3.Session:
        """A session that knows nothing of the user's own AWS configuration."""
        return boto3.Session(
            aws_access_key_id="embedded",
            aws_secret_access_key="embedded",  # noqa: S106 - signatures are not checked there
            region_name=self.region,
        )

    @property
    def config(self) -> Config:
        """Straight to the loopback address, and marked."""
        return Config(user_agent_extra=self.user_agent, retries={"total_max_attempts": 2}, proxies={})


@dataclass(frozen=True)
class Provisioned:
    """The stack's outputs by name, and whether it had to be created or updated."""

    outputs: dict[str, str]
    changed: bool


def provision(deployment: Deployment) -> Provisioned:
    """Create the stack, or update it if the template changed; running it again changes nothing.

    Raises ProvisionError with CloudFormation's reasons.
    """
    template = read_template()
    cloudformation = deployment.session.client("cloudformation", endpoint_url=deployment.url, config=deployment.config)
    stack = _find(cloudformation, deployment.stack_name)
    if stack is not None and _digest(stack) == template.digest:
        return Provisioned(_outputs(stack), changed=False)
    stack = _deploy(cloudformation, deployment, template, is_new=stack is None)
    _set_what_was_dropped(deployment, _resources(deployment, template, stack))
    return Provisioned(_outputs(stack), changed=True)


def _find(cloudformation: CloudFormationClient, name: str) -> StackTypeDef | None:
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no error of its own for this: a stack that is not there is a ValidationError.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def _deploy(
    cloudformation: CloudFormationClient, deployment: Deployment, template: Template, *, is_new: bool
) -> StackTypeDef:
    name = deployment.stack_name
    call = cloudformation.create_stack if is_new else cloudformation.update_stack
    try:
        call(
            StackName=name,
            TemplateBody=template.text,
            Parameters=[{"ParameterKey": "Env", "ParameterValue": deployment.environment}],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": _DIGEST_TAG, "Value": template.digest}],
        )
    except ClientError as error:
        raise ProvisionError(f"infra/template.yaml was refused as stack {name}: {error}") from error
    for _ in range(_POLLS):
        stack = _find(cloudformation, name)
        if stack is not None and stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return stack
        if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(_POLL_SECONDS)
    reasons = "; ".join(_failures(cloudformation, name)) or "it gave no reason"
    raise ProvisionError(f"infra/template.yaml could not be deployed as stack {name}: {reasons}")


def _failures(cloudformation: CloudFormationClient, name: str) -> list[str]:
    try:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:
        return []
    return [
        f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
        for event in events
        if event.get("ResourceStatus", "").endswith("_FAILED")
    ]


def _resources(deployment: Deployment, template: Template, stack: StackTypeDef) -> tuple[Resource, ...]:
    # arn:aws:cloudformation:us-east-1:000000000000:stack/yorutsuke-dev/...
    account = Account(stack["StackId"].split(":")[4], deployment.region)
    return resources_of(template, account, {"Env": deployment.environment}, deployment.stack_name)


def _set_what_was_dropped(deployment: Deployment, resources: tuple[Resource, ...]) -> None:
    dynamodb = deployment.session.client("dynamodb", endpoint_url=deployment.url, config=deployment.config)
    s3 = deployment.session.client("s3", endpoint_url=deployment.url, config=deployment.config)
    for resource in resources:
        if resource.type == "AWS::DynamoDB::Table":
            _set_table(dynamodb, resource)
        elif resource.type == "AWS::S3::Bucket":
            rules = [_lifecycle_rule(rule) for rule in resource.properties["LifecycleConfiguration"]["Rules"]]
            s3.put_bucket_lifecycle_configuration(Bucket=resource.name, LifecycleConfiguration={"Rules": rules})


def _set_table(dynamodb: DynamoDBClient, resource: Resource) -> None:
    name, properties = resource.name, resource.properties
    if wanted := properties.get("PointInTimeRecoverySpecification"):
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=wanted)
    wanted = properties.get("TimeToLiveSpecification")
    current = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if wanted and current.get("AttributeName") != wanted["AttributeName"]:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


def _lifecycle_rule(rule: dict[str, Any]) -> LifecycleRuleTypeDef:
    """CloudFormation's form of a rule as S3's own API has it."""
    own: LifecycleRuleTypeDef = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule["Prefix"]},
    }
    if days := rule.get("ExpirationInDays"):
        own["Expiration"] = {"Days": days}
    if rule.get("ExpiredObjectDeleteMarker"):
        own["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    if noncurrent := rule.get("NoncurrentVersionExpiration"):
        own["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(noncurrent["NoncurrentDays"])}
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        own["AbortIncompleteMultipartUpload"] = abort
    return own


def _digest(stack: StackTypeDef) -> str | None:
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return tags.get(_DIGEST_TAG)


def _outputs(stack: StackTypeDef) -> dict[str, str]:
    return {output.get("OutputKey", ""): output.get("OutputValue", "") for output in stack.get("Outputs", [])}
