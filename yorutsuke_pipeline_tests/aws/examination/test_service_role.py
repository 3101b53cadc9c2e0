"""Bedrock's role: whom it trusts, what it may do, and who may pass it on."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.examination.finding import Finding, State
from yorutsuke_pipeline.aws.examination.service_role import RoleExamination
from yorutsuke_pipeline_tests.aws.examination.conftest import ACCOUNT, REGION, told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

ROLE = f"arn:aws:iam::{ACCOUNT}:role/yorutsuke-bedrock-batch-prod"
SUBMITTER = f"arn:aws:iam::{ACCOUNT}:role/yorutsuke-submitter-prod"
JOBS = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:model-invocation-job/*"
TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "bedrock.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": JOBS}},
}


def examined(
    clients: AwsClients,
    *,
    trust: dict[str, Any] = TRUST,
    allowed: tuple[bool, ...] = (True, True, True),
    submitter: str | None = SUBMITTER,
    role: str = ROLE,
    is_embedded: bool = False,
) -> list[Finding]:
    with told(clients.iam) as stub:
        if role == ROLE:
            described = {
                "Path": "/",
                "RoleName": "yorutsuke-bedrock-batch-prod",
                "RoleId": "AROA0123456789ABCDEF",
                "Arn": ROLE,
                "CreateDate": datetime(2026, 1, 9, tzinfo=timezone.utc),
                "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            }
            stub.add_response("get_role", {"Role": described})
        for each in allowed:
            decision = {"EvalActionName": "any", "EvalDecision": "allowed" if each else "implicitDeny"}
            stub.add_response("simulate_principal_policy", {"EvaluationResults": [decision]})
        examination = RoleExamination(
            clients.iam, role, ACCOUNT, REGION, "receipts", submitter, is_embedded=is_embedded
        )
        return list(examination.findings())


def states(findings: list[Finding]) -> list[State]:
    return [finding.state for finding in findings]


def test_the_role_of_the_stack_passed_on_by_its_submitter_is_good(clients: AwsClients) -> None:
    assert states(examined(clients)) == [State.GOOD] * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": {"Service": "lambda.amazonaws.com"}},
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"Effect": "Deny"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": JOBS.replace(REGION, "eu-west-1")}}},
    ],
)
def test_a_role_that_bedrock_could_not_take_on_for_our_jobs_must_be_mended(
    clients: AwsClients, changes: dict[str, Any]
) -> None:
    found = examined(clients, trust={**TRUST, **changes})[0]

    assert found.state is State.MEND
    assert "does not trust bedrock.amazonaws.com" in found.found


@pytest.mark.parametrize(
    "changes",
    [
        {"Condition": {}},
        {"Principal": {"Service": ["lambda.amazonaws.com", "bedrock.amazonaws.com"]}},
        {"Condition": {"StringLike": {"AWS:SourceAccount": ["999999999999", ACCOUNT]}}},
    ],
)
def test_other_ways_to_say_the_same_are_as_good(clients: AwsClients, changes: dict[str, Any]) -> None:
    assert examined(clients, trust={**TRUST, **changes})[0].state is State.GOOD


def test_another_accounts_role_is_none_that_a_job_can_name(clients: AwsClients) -> None:
    found = examined(clients, role=ROLE.replace(ACCOUNT, "999999999999"))[0]

    assert (found.state, "belongs to account 999999999999" in found.found) == (State.MEND, True)


def test_files_that_the_role_may_not_reach_are_named(clients: AwsClients) -> None:
    found = examined(clients, allowed=(True, False, True))[1]

    assert (found.state, found.found) == (State.MEND, "it lacks s3:PutObject on arn:aws:s3:::receipts/batch-output/x")


def test_who_may_not_pass_the_role_on_is_named_with_what_to_do(clients: AwsClients) -> None:
    found = examined(clients, allowed=(True, True, False))[2]

    assert found.state is State.MEND
    assert found.found == f"{SUBMITTER} may not pass it to Bedrock"
    assert "--submitter" in found.remedy


def test_the_root_of_an_account_is_not_simulated(clients: AwsClients) -> None:
    assert examined(clients, allowed=(True, True), submitter=None)[2].state is State.LOOK


def test_where_no_policies_are_enforced_nobody_is_told_to_mend_them(clients: AwsClients) -> None:
    found = examined(clients, allowed=(True, True, False), is_embedded=True)[2]

    assert (found.state, found.found) == (State.ABSENT, "the embedded AWS enforces no policies")


def test_a_role_that_is_not_there_and_a_simulation_that_is_not_allowed_are_told(clients: AwsClients) -> None:
    with told(clients.iam) as stub:
        stub.add_client_error("get_role", "NoSuchEntity", http_status_code=404)
        for _ in range(2):
            stub.add_client_error("simulate_principal_policy", "AccessDenied", http_status_code=403)
        found = list(RoleExamination(clients.iam, ROLE, ACCOUNT, REGION, "receipts", SUBMITTER).findings())

    assert states(found) == [State.MEND, State.UNCHECKED, State.UNCHECKED]
    assert found[0].found == f"there is no role {ROLE}"
