"""What AWS asks of a caller for one request: IAM actions, the resource of each, and the condition keys that go along.

What belongs here: the request as it is on the wire, read as the Service Authorization Reference reads it
(https://docs.aws.amazon.com/service-authorization/latest/reference/). An operation that is not known here is an
error, so that a new call cannot pass unseen. Who made a request is `recorder.py`'s.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from yorutsuke_pipeline_tests.security.permissions.need import ACCOUNT, REGION, Need
from yorutsuke_pipeline_tests.security.permissions.needs_of_others import needs_of_others

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest

# All else that S3 is asked for goes by the operation's own name, or is one of these.
_OBJECT_ACTIONS = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
}
_BUCKET_ACTIONS = {
    "HeadBucket": "s3:ListBucket",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "GetBucketPolicy": "s3:GetBucketPolicy",
}
# IAM knows no resource for these, so a policy can only say `*`.
_NAMELESS = frozenset({"bedrock:ListModelInvocationJobs", "bedrock:GetFoundationModelAvailability"})
# A transaction has no permission of its own, but for the checks in it: DynamoDB asks for that of each member.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
_MEMBER_ACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
_STATEMENT = re.compile(r'FROM "([^"]+)"(?:\."([^"]+)")?')
_PROFILE = re.compile(r"(us|us-gov|eu|apac|jp|au|ca|global)\.[a-z0-9]+\.")
# A model's id as IAM sees it where a profile sends requests on to other regions.
_ANOTHER_REGION = "us-west-2"


def needs_of(service: str, operation: str, request: AWSPreparedRequest) -> Iterator[Need]:
    """Yield what a request needs.

    Raises:
        LookupError: Nobody has said yet what this operation needs.
    """
    body = request.body if isinstance(request.body, (bytes, str)) else b""
    if service == "s3":
        yield from _of_s3(
            operation, str(request.url), {name.lower(): _text(value) for name, value in request.headers.items()}, body
        )
    elif service == "dynamodb":
        yield from _of_dynamodb(operation, json.loads(body))
    elif service in {"bedrock", "bedrock-runtime"}:
        yield from _of_bedrock(operation, unquote(urlsplit(str(request.url)).path), json.loads(body or b"{}"))
    else:
        yield from needs_of_others(service, operation, _text(body))


def needs_to_be_told_of_absence(service: str, operation: str, url: str) -> Iterator[Need]:
    """Yield what a request needs so that S3 says 404, and not 403, of a key that is not there.

    Such a request names no prefix, so a policy whose `s3:ListBucket` asks for one does not do.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    if service == "s3" and operation in {"GetObject", "HeadObject", "CopyObject"}:
        yield Need("s3:ListBucket", _bucket_and_key(url)[0])


def _of_s3(operation: str, url: str, headers: dict[str, str], body: bytes | str) -> Iterator[Need]:
    bucket, key = _bucket_and_key(url)
    if operation in _OBJECT_ACTIONS:
        yield Need(_OBJECT_ACTIONS[operation], f"{bucket}/{key}")
    elif operation == "CopyObject":
        yield Need("s3:GetObject", f"arn:aws:s3:::{unquote(headers['x-amz-copy-source'])}")
        yield Need("s3:PutObject", f"{bucket}/{key}")
    elif operation == "DeleteObjects":
        yield from _of_delete(bucket, _text(body))
    elif operation == "ListObjectsV2":
        (prefix,) = parse_qs(urlsplit(url).query)["prefix"]
        yield Need("s3:ListBucket", bucket, frozenset({("s3:prefix", prefix)}))
    elif operation in _BUCKET_ACTIONS:
        yield Need(_BUCKET_ACTIONS[operation], bucket)
    else:
        raise LookupError(f"nobody has said what s3's {operation} needs")


def _of_delete(bucket: str, body: str) -> Iterator[Need]:
    """A delete that names an ETag looks at the object, too: docs, "How to perform conditional deletes"."""
    for wanted in re.findall(r"<Object>.*?</Object>", body, re.DOTALL):
        (key,) = re.findall(r"<Key>(.*?)</Key>", wanted, re.DOTALL)
        yield Need("s3:DeleteObject", f"{bucket}/{key}")
        if "<ETag>" in wanted:
            yield Need("s3:GetObject", f"{bucket}/{key}")


def _of_dynamodb(operation: str, asked: dict[str, Any]) -> Iterator[Need]:
    if operation == "ExecuteStatement":
        found = _STATEMENT.search(asked["Statement"])
        assert found is not None
        yield Need("dynamodb:PartiQLSelect", _table(*found.groups()))
    elif operation == "TransactWriteItems":
        for member in asked["TransactItems"]:
            ((kind, wanted),) = member.items()
            yield Need(_MEMBER_ACTIONS[kind], _table(wanted["TableName"]))
    elif operation == "DeleteItem":
        # Only rows of the batch jobs are deleted; a policy may say which.
        key = ("dynamodb:LeadingKeys", asked["Key"]["intentId"]["S"])
        yield Need("dynamodb:DeleteItem", _table(asked["TableName"]), frozenset({key}))
    elif "RequestItems" in asked:
        for table in asked["RequestItems"]:
            yield Need(f"dynamodb:{operation}", _table(table))
    else:
        yield Need(f"dynamodb:{operation}", _table(asked["TableName"], asked.get("IndexName")))


def _of_bedrock(operation: str, path: str, asked: dict[str, Any]) -> Iterator[Need]:
    action = f"bedrock:{operation}"
    job = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:model-invocation-job/"
    if operation == "InvokeModel":
        for arn in _models(path.removeprefix("/model/").removesuffix("/invoke")):
            yield Need(action, arn)
    elif operation == "CreateModelInvocationJob":
        for arn in (*_models(asked["modelId"]), f"{job}abcdefghijkl"):
            yield Need(action, arn)
        if asked.get("tags"):
            yield Need("bedrock:TagResource", f"{job}abcdefghijkl")
        yield Need("iam:PassRole", asked["roleArn"], frozenset({("iam:PassedToService", "bedrock.amazonaws.com")}))
    elif operation in {"GetModelInvocationJob", "StopModelInvocationJob"}:
        job_id = path.removesuffix("/stop").rpartition("/")[2]
        yield Need(action, f"{job}{job_id}")
    elif operation in {"GetFoundationModel", "GetInferenceProfile"}:
        yield Need(action, _models(path.rpartition("/")[2])[0])
    elif action in _NAMELESS:
        yield Need(action, "*")
    else:
        raise LookupError(f"nobody has said what {action} needs")


def _models(model_id: str) -> tuple[str, ...]:
    """Return the ARNs behind a model's id: of a profile, its own and that of the model where it sends requests."""
    if not _PROFILE.match(model_id):
        return (f"arn:aws:bedrock:{REGION}::foundation-model/{model_id}",)
    return (
        f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/{model_id}",
        f"arn:aws:bedrock:{_ANOTHER_REGION}::foundation-model/{model_id.partition('.')[2]}",
    )


def _table(name: str, index: str | None = None) -> str:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
    return arn if index is None else f"{arn}/index/{index}"


def _bucket_and_key(url: str) -> tuple[str, str]:
    bucket, _, key = unquote(urlsplit(url).path).lstrip("/").partition("/")
    return f"arn:aws:s3:::{bucket}", key


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
