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

from yorutsuke_pipeline.local_aws.errors import ProvisionError
from yorutsuke_pipeline.local_aws.template import Template, read_template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
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
    _set_what_was_dropped(cloudformation, deployment, template)
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


def _set_what_was_dropped(cloudformation: CloudFormationClient, deployment: Deployment, template: Template) -> None:
    resources = cloudformation.describe_stack_resources(StackName=deployment.stack_name)["StackResources"]
    names = {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "") for resource in resources}
    dynamodb = deployment.session.client("dynamodb", endpoint_url=deployment.url, config=deployment.config)
    for logical_id, properties in template.properties_of("AWS::DynamoDB::Table").items():
        table = names[logical_id]
        if wanted := properties.get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=wanted)
        wanted = properties.get("TimeToLiveSpecification")
        current = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if wanted and current.get("AttributeName") != wanted["AttributeName"]:
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)
    s3 = deployment.session.client("s3", endpoint_url=deployment.url, config=deployment.config)
    for logical_id, properties in template.properties_of("AWS::S3::Bucket").items():
        rules = [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=names[logical_id], LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(rule: dict[str, Any]) -> LifecycleRuleTypeDef:
    """CloudFormation's form of a rule as S3's own API has it."""
    own: LifecycleRuleTypeDef = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule["Prefix"]},
    }
    if days := rule.get("ExpirationInDays"):
        own["Expiration"] = {"Days": days}
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        own["AbortIncompleteMultipartUpload"] = abort
    return own


def _digest(stack: StackTypeDef) -> str | None:
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return tags.get(_DIGEST_TAG)


def _outputs(stack: StackTypeDef) -> dict[str, str]:
    return {output.get("OutputKey", ""): output.get("OutputValue", "") for output in stack.get("Outputs", [])}
