"""Least privilege, proved: every actor goes through whole days; its calls and its policy are compared, both ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline_tests.security.permissions.actors import API, INGESTER, OPERATOR, SENSOR, SUBMITTER, Actors
from yorutsuke_pipeline_tests.security.permissions.policies import (
    LONGEST_POLICY,
    documents_of,
    forbidden,
    grants_of,
    unused,
)
from yorutsuke_pipeline_tests.security.permissions.scenes import SCENES

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

    from yorutsuke_pipeline_tests.security.days import Place
    from yorutsuke_pipeline_tests.security.permissions.policies import Grant
    from yorutsuke_pipeline_tests.security.permissions.recorder import Recorder

ACTORS = (SUBMITTER, INGESTER, SENSOR, OPERATOR, API)


@pytest.fixture(scope="module")
def recorder(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    """What every actor needed on all the days."""
    with dg.DagsterInstance.ephemeral() as instance:
        actors = Actors(place, instance)
        for scene in SCENES:
            scene(actors, tmp_path_factory.mktemp("scene"))
    return actors.recorder


@pytest.fixture(scope="module")
def iam(place: Place) -> IAMClient:
    return place.product().clients.iam


def grants(iam: IAMClient, actor: str) -> list[Grant]:
    documents = documents_of(iam, f"yorutsuke-{actor}-dev")
    further = {"yorutsuke-trials-dev"} if actor == OPERATOR else set()
    assert set(documents) == {f"yorutsuke-{actor}-dev", *further}
    return [grant for document in documents.values() for grant in grants_of(document)]


def test_every_call_that_reaches_aws_is_understood(recorder: Recorder) -> None:
    assert recorder.unknown == []
    assert set(recorder.needs) == set(ACTORS)


@pytest.mark.parametrize("actor", ACTORS)
def test_an_actor_is_allowed_all_that_it_does(recorder: Recorder, iam: IAMClient, actor: str) -> None:
    assert forbidden(recorder.needs[actor], grants(iam, actor)) == []


@pytest.mark.parametrize("actor", ACTORS)
def test_an_actor_is_allowed_nothing_that_it_never_does(recorder: Recorder, iam: IAMClient, actor: str) -> None:
    assert unused(grants(iam, actor), recorder.needs[actor]) == []


@pytest.mark.parametrize("actor", ACTORS)
def test_a_policy_fits_into_what_iam_takes(iam: IAMClient, actor: str) -> None:
    documents = documents_of(iam, f"yorutsuke-{actor}-dev")

    lengths = {name: len(json.dumps(document, separators=(",", ":"))) for name, document in documents.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_POLICY} == {}


def test_a_single_process_may_do_what_all_actors_do_by_their_policies_alone(recorder: Recorder, iam: IAMClient) -> None:
    documents = documents_of(iam, "yorutsuke-pipeline-dev")

    # A trial does what the submitter and the ingester may anyway.
    assert set(documents) == {f"yorutsuke-{actor}-dev" for actor in ACTORS}
    given = [grant for document in documents.values() for grant in grants_of(document)]
    assert forbidden({need for needs in recorder.needs.values() for need in needs}, given) == []


def test_who_has_no_policy_for_trials_can_ask_no_model(iam: IAMClient) -> None:
    grants_of_operator = grants_of(documents_of(iam, "yorutsuke-operator-dev")["yorutsuke-operator-dev"])

    asking = {"bedrock:CreateModelInvocationJob", "bedrock:InvokeModel", "iam:PassRole"}
    assert {grant.action for grant in grants_of_operator} & asking == set()


@pytest.mark.parametrize("actor", [*ACTORS, "pipeline"])
def test_a_role_is_taken_on_only_by_whom_the_stack_names(iam: IAMClient, actor: str) -> None:
    document: object = iam.get_role(RoleName=f"yorutsuke-{actor}-dev")["Role"]["AssumeRolePolicyDocument"]

    statement = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    assert document == {"Version": "2012-10-17", "Statement": [statement]}
