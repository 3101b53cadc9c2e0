"""Which stacks are deployed, and with which parameters: asked of the account itself.

What belongs here: also what both of them together should have made. Kept out: what of it is there (`comparison`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import Target, calling, code_of
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.infra.intrinsics import resources_of
from yorutsuke_pipeline.infra.naming import Account
from yorutsuke_pipeline.infra.template import Stack, read_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yorutsuke_pipeline.infra.intrinsics import Resource

_ACCOUNT = Target("AWS STS", "AWS_PROFILE and AWS_REGION")
# CloudFormation has no error of its own for a stack that is not there.
_NO_STACK = "ValidationError"
_ENVIRONMENT = "Env"


def account_of(client: Callable[[str], Any]) -> Account:
    """Return the account that the credentials belong to, and the region that is configured.

    Args:
        client: Gives boto3's client of a service.

    Raises:
        ConfigurationError: The credentials are refused.
    """
    sts = client("sts")
    with calling(_ACCOUNT, "ask whose the credentials are"):
        caller = sts.get_caller_identity()
    return Account(caller["Account"], sts.meta.region_name, caller["Arn"].split(":")[1])


def parameters_of(client: Callable[[str], Any], stack: str, environment: str) -> dict[str, str] | None:
    """Return the parameters that a stack was deployed with; None if there is no such stack.

    Raises:
        ConfigurationError: It was deployed for another environment, or may not be looked at.
    """
    cloudformation = client("cloudformation")
    with calling(Target(f"stack {stack}", "--stack"), "look at it"):
        try:
            found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if code_of(error) == _NO_STACK:
                return None
            raise
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
    if parameters.get(_ENVIRONMENT, environment) != environment:
        raise ConfigurationError(
            f"stack {stack} was deployed with {_ENVIRONMENT}={parameters[_ENVIRONMENT]}, and YORUTSUKE_ENV is "
            f"{environment}: set YORUTSUKE_ENV={parameters[_ENVIRONMENT]}, or name the other stack with --stack",
        )
    return parameters


def violations_of(client: Callable[[str], Any], account: Account, environment: str) -> tuple[Resource, ...]:
    """Return the resources of the violations' stack; none if it is not deployed.

    Raises:
        ConfigurationError: As `parameters_of`.
    """
    stack = f"yorutsuke-violations-{environment}"
    parameters = parameters_of(client, stack, environment)
    if parameters is None:
        return ()
    wanted: Mapping[str, str] = {**parameters, _ENVIRONMENT: environment}
    return resources_of(read_template(Stack.VIOLATIONS), account, wanted, stack)
