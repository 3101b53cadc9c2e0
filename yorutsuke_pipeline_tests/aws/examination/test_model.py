"""Whether the model can be used: what the service says of models, of profiles and of the account's access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.examination.finding import Finding, State
from yorutsuke_pipeline.aws.examination.model import ModelExamination
from yorutsuke_pipeline_tests.aws.examination.conftest import ACCOUNT, told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

MODEL, PROFILE = "amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0"
ARN = f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"
GOOD_MODEL: dict[str, Any] = {
    "modelArn": ARN,
    "modelId": MODEL,
    "inputModalities": ["TEXT", "IMAGE"],
    "inferenceTypesSupported": ["ON_DEMAND"],
    "modelLifecycle": {"status": "ACTIVE"},
}
GOOD_ACCESS: dict[str, Any] = {
    "modelId": MODEL,
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


def examined(
    clients: AwsClients, model_id: str, model: dict[str, Any], access: dict[str, Any], status: str = "ACTIVE"
) -> dict[str, Finding]:
    with told(clients.bedrock) as stub:
        if model_id != MODEL:
            profile = {
                "inferenceProfileName": "US Nova Lite",
                "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{PROFILE}",
                "models": [{"modelArn": ARN}, {"modelArn": ARN.replace("us-east-1", "us-west-2")}],
                "inferenceProfileId": PROFILE,
                "status": status,
                "type": "SYSTEM_DEFINED",
            }
            stub.add_response("get_inference_profile", profile, {"inferenceProfileIdentifier": PROFILE})
        stub.add_response("get_foundation_model", {"modelDetails": model}, {"modelIdentifier": MODEL})
        stub.add_response("get_foundation_model_availability", access, {"modelId": MODEL})
        stub.add_response("list_model_invocation_jobs", {})
        return {finding.check: finding for finding in ModelExamination(clients.bedrock, model_id).findings()}


def test_a_model_that_can_be_used_is_good_in_every_respect(clients: AwsClients) -> None:
    found = examined(clients, MODEL, GOOD_MODEL, GOOD_ACCESS)

    assert {check: finding.state for check, finding in found.items()} == dict.fromkeys(
        ["model", "model access", "batch jobs"], State.GOOD
    )


def test_of_a_profile_the_regions_are_told_that_it_sends_to(clients: AwsClients) -> None:
    only_by_profile = {**GOOD_MODEL, "inferenceTypesSupported": []}

    found = examined(clients, PROFILE, only_by_profile, GOOD_ACCESS)

    assert found["inference profile"].found == f"{PROFILE} sends to us-east-1, us-west-2"
    assert found["model"].state is State.GOOD


def test_a_profile_that_is_not_active_must_be_changed(clients: AwsClients) -> None:
    found = examined(clients, PROFILE, GOOD_MODEL, GOOD_ACCESS, status="INACTIVE")

    assert found["inference profile"].state is State.MEND


@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({"inputModalities": ["TEXT"]}, State.MEND, "takes no pictures"),
        ({"inferenceTypesSupported": ["PROVISIONED"]}, State.MEND, "through inference profiles only"),
        ({"modelLifecycle": {"status": "LEGACY"}}, State.LOOK, "legacy"),
    ],
)
def test_a_model_that_cannot_read_receipts_or_will_end_is_told(
    clients: AwsClients, changes: dict[str, Any], state: State, said: str
) -> None:
    found = examined(clients, MODEL, {**GOOD_MODEL, **changes}, GOOD_ACCESS)["model"]

    assert found.state is state
    assert said in found.found
    assert found.remedy


@pytest.mark.parametrize(
    ("changes", "state", "remedy"),
    [
        ({"regionAvailability": "NOT_AVAILABLE"}, State.MEND, "set YORUTSUKE_MODEL_ID"),
        ({"authorizationStatus": "NOT_AUTHORIZED"}, State.MEND, "request access"),
        ({"entitlementAvailability": "NOT_AVAILABLE"}, State.MEND, "request access"),
        ({"agreementAvailability": {"status": "NOT_AVAILABLE"}}, State.LOOK, "accept its agreement"),
    ],
)
def test_an_account_without_access_is_told_what_to_do(
    clients: AwsClients, changes: dict[str, Any], state: State, remedy: str
) -> None:
    found = examined(clients, MODEL, GOOD_MODEL, {**GOOD_ACCESS, **changes})["model access"]

    assert found.state is state
    assert found.remedy.startswith(remedy)


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "ValidationException"])
def test_a_model_that_nobody_knows_must_be_changed_and_the_other_looks_go_on(clients: AwsClients, code: str) -> None:
    with told(clients.bedrock) as stub:
        stub.add_client_error("get_foundation_model", code, "The provided model identifier is invalid.")
        stub.add_client_error("get_foundation_model_availability", "AccessDeniedException", http_status_code=403)
        stub.add_response("list_model_invocation_jobs", {})
        found = list(ModelExamination(clients.bedrock, MODEL).findings())

    assert [finding.state for finding in found] == [State.MEND, State.UNCHECKED, State.GOOD]
    assert found[0].found.endswith("is not known in this region: The provided model identifier is invalid.")
    assert found[0].remedy.startswith("set YORUTSUKE_MODEL_ID")
