"""The bucket: whether it is there, where, and how well it is closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.examination.bucket import BucketExamination
from yorutsuke_pipeline.aws.examination.finding import Finding, State
from yorutsuke_pipeline_tests.aws.examination.conftest import REGION, told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
TLS_ONLY: dict[str, Any] = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


def examined(
    clients: AwsClients,
    *,
    closed: dict[str, bool] | None = CLOSED,
    algorithm: str = "AES256",
    statements: list[dict[str, Any]] | None = None,
) -> dict[str, Finding]:
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}
    with told(clients.s3) as stub:
        stub.add_response("head_bucket", {"BucketRegion": REGION})
        if closed is None:
            stub.add_client_error(
                "get_public_access_block", "NoSuchPublicAccessBlockConfiguration", http_status_code=404
            )
        else:
            stub.add_response("get_public_access_block", {"PublicAccessBlockConfiguration": closed})
        stub.add_response("get_bucket_encryption", {"ServerSideEncryptionConfiguration": encryption})
        if statements is None:
            stub.add_client_error("get_bucket_policy", "NoSuchBucketPolicy", http_status_code=404)
        else:
            stub.add_response("get_bucket_policy", {"Policy": json.dumps({"Statement": statements})})
        return found_by(clients)


def found_by(clients: AwsClients) -> dict[str, Finding]:
    return {found.check: found for found in BucketExamination(clients.s3, "receipts", REGION).findings()}


def test_the_bucket_of_the_stack_is_good_in_every_respect(clients: AwsClients) -> None:
    found = examined(clients, statements=[TLS_ONLY])

    assert {finding.state for finding in found.values()} == {State.GOOD}


@pytest.mark.parametrize("closed", [None, {**CLOSED, "BlockPublicPolicy": False}])
def test_a_bucket_that_can_be_made_public_must_be_closed(clients: AwsClients, closed: dict[str, bool] | None) -> None:
    found = examined(clients, closed=closed, statements=[TLS_ONLY])["bucket: public access"]

    assert found.state is State.MEND
    assert "BlockPublicPolicy" in found.found


@pytest.mark.parametrize(
    "statements", [None, [], [{**TLS_ONLY, "Effect": "Allow"}], [{"Effect": "Deny", "Condition": {}}]]
)
def test_a_bucket_that_speaks_plain_http_must_be_closed(
    clients: AwsClients, statements: list[dict[str, Any]] | None
) -> None:
    assert examined(clients, statements=statements)["bucket: TLS only"].state is State.MEND


def test_a_key_of_ones_own_is_worth_a_look_since_every_role_needs_it(clients: AwsClients) -> None:
    found = examined(clients, algorithm="aws:kms", statements=[TLS_ONLY])["bucket: encryption"]

    assert (found.state, "kms:Decrypt" in found.remedy) == (State.LOOK, True)


@pytest.mark.parametrize(("status", "said"), [(404, "there is no bucket receipts"), (403, "may not be looked at")])
def test_a_bucket_that_is_not_there_or_not_ours_is_all_that_is_told(
    clients: AwsClients, status: int, said: str
) -> None:
    with told(clients.s3) as stub:
        stub.add_client_error("head_bucket", str(status), http_status_code=status)
        (found,) = found_by(clients).values()

    assert found.state is State.MEND
    assert said in found.found


def test_a_bucket_in_another_region_names_it(clients: AwsClients) -> None:
    with told(clients.s3) as stub:
        stub.add_response("head_bucket", {"BucketRegion": "eu-west-1"})
        (found,) = found_by(clients).values()

    assert found.found == "receipts is in eu-west-1, and jobs would run in us-east-1"
    assert found.remedy.startswith("set AWS_REGION to eu-west-1")
