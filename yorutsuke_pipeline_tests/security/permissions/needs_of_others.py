"""What requests to the smaller services need: each names its one resource in a parameter, or has none.

https://docs.aws.amazon.com/service-authorization/latest/reference/ says of each which, and by which keys it may be
narrowed where there is none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from yorutsuke_pipeline_tests.security.permissions.need import ACCOUNT, REGION, Need

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whoever has credentials may ask whose they are.
_FREE = frozenset({("sts", "GetCallerIdentity")})
# The action, the parameter that names the resource, and the resource's ARN before that name.
_NAMED = {
    ("iam", "GetRole"): ("iam:GetRole", "RoleName", f"arn:aws:iam::{ACCOUNT}:role/"),
    ("iam", "SimulatePrincipalPolicy"): ("iam:SimulatePrincipalPolicy", "PolicySourceArn", ""),
    ("sns", "GetTopicAttributes"): ("sns:GetTopicAttributes", "TopicArn", ""),
    ("sns", "Publish"): ("sns:Publish", "TopicArn", ""),
    ("sqs", "GetQueueAttributes"): ("sqs:GetQueueAttributes", "QueueUrl", f"arn:aws:sqs:{REGION}:{ACCOUNT}:"),
    ("sqs", "ReceiveMessage"): ("sqs:ReceiveMessage", "QueueUrl", f"arn:aws:sqs:{REGION}:{ACCOUNT}:"),
    ("sqs", "DeleteMessageBatch"): ("sqs:DeleteMessage", "QueueUrl", f"arn:aws:sqs:{REGION}:{ACCOUNT}:"),
}
# IAM knows no resource for these, so a policy can only say `*`.
_NAMELESS = {
    ("service-quotas", "ListServiceQuotas"): "servicequotas:ListServiceQuotas",
    ("service-quotas", "ListAWSDefaultServiceQuotas"): "servicequotas:ListAWSDefaultServiceQuotas",
}


def needs_of_others(service: str, operation: str, body: str) -> Iterator[Need]:
    """Yield what a request needs.

    Raises:
        LookupError: Nobody has said yet what this operation needs.
    """
    called = service, operation
    if called in _NAMED:
        action, parameter, before = _NAMED[called]
        name = _parameter(body, parameter)
        # A queue's URL ends with its name.
        yield Need(action, before + (name.rpartition("/")[2] if before else name))
    elif called == ("cloudwatch", "PutMetricData"):
        namespace = ("cloudwatch:namespace", _parameter(body, "Namespace"))
        yield Need("cloudwatch:PutMetricData", "*", frozenset({namespace}))
    elif called in _NAMELESS:
        yield Need(_NAMELESS[called], "*")
    elif called not in _FREE:
        raise LookupError(f"nobody has said what {service}'s {operation} needs")


def _parameter(body: str, name: str) -> str:
    """Return a parameter of a body in JSON, or in a form's encoding, as the older services have it."""
    return str(json.loads(body)[name] if body.startswith("{") else parse_qs(body)[name][0])
