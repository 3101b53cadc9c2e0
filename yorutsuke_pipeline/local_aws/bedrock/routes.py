"""Which operation a request means: method and path, or a header, as the service models of botocore have them.

Kept out: answering it (`service`).
"""

import re
from dataclasses import dataclass

CONTROL_PATH = "/_yorutsuke/bedrock"


@dataclass(frozen=True)
class Route:
    """An operation by its AWS name, and what its path names (a job, a model), already percent-decoded."""

    operation: str
    subject: str = ""


# An ARN in a path has slashes of its own once decoded, so the subject is all that stands between the fixed parts.
_ROUTES = (
    ("POST", r"/model-invocation-job/?", "CreateModelInvocationJob"),
    ("POST", r"/model-invocation-job/(?P<subject>.+)/stop", "StopModelInvocationJob"),
    ("GET", r"/model-invocation-job/(?P<subject>.+)", "GetModelInvocationJob"),
    ("GET", r"/model-invocation-jobs/?", "ListModelInvocationJobs"),
    ("POST", r"/listTagsForResource", "ListTagsForResource"),
    ("POST", r"/tagResource", "TagResource"),
    ("POST", r"/untagResource", "UntagResource"),
    ("POST", r"/model/(?P<subject>.+)/invoke", "InvokeModel"),
    ("POST", r"/model/(?P<subject>.+)/converse", "Converse"),
    ("POST", r"/model/(?P<subject>.+)/invoke-with-response-stream", "InvokeModelWithResponseStream"),
    ("POST", r"/model/(?P<subject>.+)/converse-stream", "ConverseStream"),
    ("GET", rf"{CONTROL_PATH}/faults", "GetFaults"),
    ("PUT", rf"{CONTROL_PATH}/faults", "PutFaults"),
    ("DELETE", rf"{CONTROL_PATH}/faults", "ResetFaults"),
)


# Service Quotas speaks JSON 1.1: every operation is a POST to the root, and a header names it.
_TARGETS = {
    f"ServiceQuotasV20190624.{operation}": operation
    for operation in ("ListServiceQuotas", "ListAWSDefaultServiceQuotas")
}


def find_route(method: str, path: str, target: str = "") -> Route | None:
    """The route of a request, or None when no operation here answers to it; `target` is its x-amz-target header."""
    if target:
        return Route(_TARGETS[target]) if target in _TARGETS else None
    for wanted, pattern, operation in _ROUTES:
        match = re.fullmatch(pattern, path) if method == wanted else None
        if match:
            return Route(operation, match.groupdict().get("subject", ""))
    return None
