from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import ROLE, Aws
from yorutsuke_pipeline_tests.local_aws.bedrock.conftest import fresh
from yorutsuke_pipeline_tests.local_aws.bedrock.served import ACCOUNT, REGION, Served


def code(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_get_tells_what_was_asked_with_the_model_as_an_arn(aws: Aws) -> None:
    arn = aws.create("told", "in/", clientRequestToken="told-token", timeoutDurationInHours=48)

    by_arn = aws.bedrock.get_model_invocation_job(jobIdentifier=arn)
    by_id = aws.bedrock.get_model_invocation_job(jobIdentifier=arn[-12:])

    assert by_arn["jobArn"] == by_id["jobArn"] == arn
    assert by_arn["jobName"] == "told"
    assert by_arn["clientRequestToken"] == "told-token"
    assert by_arn["roleArn"] == ROLE
    assert by_arn["modelId"] == f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-lite-v1:0"
    assert by_arn["inputDataConfig"]["s3InputDataConfig"]["s3Uri"] == f"s3://{aws.bucket}/in/"
    assert by_arn["jobExpirationTime"] - by_arn["submitTime"] == timedelta(hours=48)
    assert by_arn["modelInvocationType"] == "InvokeModel"


@pytest.mark.parametrize(
    ("model", "arn"),
    [
        ("apac.amazon.nova-lite-v1:0", f"{ACCOUNT}:inference-profile/apac.amazon.nova-lite-v1:0"),
        ("global.amazon.nova-2-lite-v1:0", f"{ACCOUNT}:inference-profile/global.amazon.nova-2-lite-v1:0"),
    ],
)
def test_an_inference_profile_is_shown_as_the_accounts_own(aws: Aws, model: str, arn: str) -> None:
    job = aws.bedrock.get_model_invocation_job(jobIdentifier=aws.create(f"of-{model[:4]}", "in/", modelId=model))

    assert job["modelId"] == f"arn:aws:bedrock:{REGION}:{arn}"


def test_a_job_that_is_not_there_is_not_found(aws: Aws) -> None:
    known = aws.create("here", "in/")

    with pytest.raises(ClientError) as by_id:
        aws.bedrock.get_model_invocation_job(jobIdentifier="abcdefghijkl")
    with pytest.raises(ClientError) as of_another_region:
        aws.bedrock.get_model_invocation_job(jobIdentifier=known.replace(REGION, "us-east-1"))

    assert code(by_id) == code(of_another_region) == ("ResourceNotFoundException", 404)


def test_an_identifier_of_another_form_is_invalid(aws: Aws) -> None:
    with pytest.raises(ClientError) as caught:
        aws.bedrock.get_model_invocation_job(jobIdentifier="SHORT")

    assert code(caught) == ("ValidationException", 400)


def test_a_job_that_has_ended_cannot_be_stopped(aws: Aws) -> None:
    arn = aws.run("no-input", "nothing/")["jobArn"]

    with pytest.raises(ClientError) as caught:
        aws.bedrock.stop_model_invocation_job(jobIdentifier=arn)

    assert code(caught) == ("ConflictException", 400)


def test_an_operation_that_is_not_offered_is_a_clear_404(aws: Aws) -> None:
    with pytest.raises(ClientError) as caught:
        aws.bedrock.list_guardrails()

    assert code(caught) == ("UnknownOperationException", 404)


def test_list_filters_sorts_and_pages(own_service: Served) -> None:
    aws = fresh(own_service)
    arns = [aws.create(f"night-{number}", "in/") for number in range(5)]
    aws.create("other", "in/")
    for arn in arns:
        aws.ended(arn)
    pages = aws.bedrock.get_paginator("list_model_invocation_jobs")

    def names(**query: object) -> list[list[str]]:
        found = pages.paginate(**query)  # type: ignore[arg-type]
        return [[job["jobName"] for job in page["invocationJobSummaries"]] for page in found]

    second = aws.bedrock.get_model_invocation_job(jobIdentifier=arns[1])["submitTime"]
    fourth = aws.bedrock.get_model_invocation_job(jobIdentifier=arns[3])["submitTime"]
    assert names(nameContains="night", maxResults=2) == [["night-4", "night-3"], ["night-2", "night-1"], ["night-0"]]
    assert names(nameContains="night", sortBy="CreationTime", sortOrder="Ascending", maxResults=3) == [
        ["night-0", "night-1", "night-2"],
        ["night-3", "night-4"],
    ]
    assert names(nameContains="night", submitTimeAfter=second, submitTimeBefore=fourth) == [["night-2"]]
    assert names(nameContains="night", statusEquals="Completed") == [[]]
    assert names(nameContains="t-3", statusEquals="Failed") == [["night-3"]]


@pytest.mark.parametrize(
    "query",
    [
        "maxResults=0",
        "maxResults=1001",
        "maxResults=x",
        "statusEquals=Done",
        "sortBy=Name",
        "nextToken=zzz",
        "submitTimeAfter=yesterday",
        "nameContains=a_b",
    ],
)
def test_list_refuses_parameters_that_it_does_not_know(aws: Aws, query: str) -> None:
    status, answer = aws.http("GET", f"/model-invocation-jobs?{query}")

    assert status == 400
    assert answer["message"]


def test_tags_of_a_job_can_be_read_added_and_removed(aws: Aws) -> None:
    arn = aws.create("tagged", "in/", tags=[{"key": "run", "value": "1"}])

    aws.bedrock.tag_resource(resourceARN=arn, tags=[{"key": "tenant", "value": "a"}])
    both = aws.bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    aws.bedrock.untag_resource(resourceARN=arn, tagKeys=["run"])
    left = aws.bedrock.list_tags_for_resource(resourceARN=arn)["tags"]

    assert both == [{"key": "run", "value": "1"}, {"key": "tenant", "value": "a"}]
    assert left == [{"key": "tenant", "value": "a"}]
