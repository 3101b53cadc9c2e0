import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws, record
from yorutsuke_pipeline_tests.local_aws.bedrock.served import ACCOUNT, REGION


def refused(aws: Aws, **changes: object) -> tuple[str, int, str]:
    """The code, status and message with which Create refuses a request that is good but for `changes`."""
    with pytest.raises(ClientError) as caught:
        aws.bedrock.create_model_invocation_job(**{**aws.request("good", "in/"), **changes})
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def place(uri: str) -> dict[str, Any]:
    return {"s3OutputDataConfig": {"s3Uri": uri}}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"jobName": "under_score"}, "'jobName'"),
        ({"jobName": "-leading"}, "'jobName'"),
        ({"jobName": "a" * 64}, "'jobName'"),
        ({"roleArn": "arn:aws:iam::1:role/x"}, "'roleArn'"),
        ({"modelId": "no model at all"}, "'modelId'"),
        ({"clientRequestToken": "has space"}, "'clientRequestToken'"),
        ({"timeoutDurationInHours": 169}, "'timeoutDurationInHours'"),
        ({"modelInvocationType": "Chat"}, "'modelInvocationType'"),
        ({"outputDataConfig": place("s3://bucket/day=2026-01-09/")}, "s3OutputDataConfig.s3Uri'"),
        ({"outputDataConfig": place("s3://bucket//double")}, "s3OutputDataConfig.s3Uri'"),
        ({"outputDataConfig": place("s3://bucket/領収書")}, "s3OutputDataConfig.s3Uri'"),
        ({"tags": [{"key": "a#b", "value": ""}]}, "'tags.1.member.key'"),
    ],
)
def test_what_the_service_model_forbids_is_refused_by_name(aws: Aws, changes: dict[str, Any], named: str) -> None:
    code, status, message = refused(aws, **changes)

    assert (code, status) == ("ValidationException", 400)
    assert named in message


def test_a_missing_member_and_a_wrong_type_are_refused_on_the_wire(aws: Aws) -> None:
    missing = aws.http("POST", "/model-invocation-job", b"{}")
    too_short = aws.http("POST", "/model-invocation-job", b'{"timeoutDurationInHours": 23}')
    wrong = aws.http("POST", "/model-invocation-job", b'{"jobName": 7}')
    no_json = aws.http("POST", "/model-invocation-job", b"{")

    assert missing[0] == 400
    assert "Value null at 'roleArn'" in missing[1]["message"]
    assert "'timeoutDurationInHours' failed to satisfy" in too_short[1]["message"]
    assert wrong == (400, {"message": "The value at 'jobName' must be of type string."})
    assert no_json[0] == 400


def test_an_unknown_model_is_refused(aws: Aws) -> None:
    assert refused(aws, modelId="acme.imagined-v1:0")[:2] == ("ValidationException", 400)


def test_a_model_that_is_served_by_profiles_only_is_refused_by_its_plain_id(aws: Aws) -> None:
    code, _, message = refused(aws, modelId="amazon.nova-2-lite-v1:0")

    assert code == "ValidationException"
    assert "inference profile" in message


def test_a_bucket_that_is_not_there_is_refused(aws: Aws) -> None:
    code, _, message = refused(aws, outputDataConfig=place("s3://no-such-bucket-here/out/"))

    assert code == "ValidationException"
    assert "s3://no-such-bucket-here/out/" in message


def test_a_role_of_another_account_is_refused_only_where_that_is_asked_for(aws: Aws) -> None:
    foreign = "arn:aws:iam::123456789012:role/somebody"
    taken = aws.create("foreign-role", "in/", roleArn=foreign)
    aws.set_faults(require_own_role=True)

    assert taken.startswith(f"arn:aws:bedrock:{REGION}:{ACCOUNT}:")
    assert refused(aws, roleArn=foreign)[:2] == ("AccessDeniedException", 403)


def test_the_arn_ends_in_an_id_of_twelve_small_letters_and_digits(aws: Aws) -> None:
    arn = aws.create("named", "in/")

    assert re.fullmatch(rf"arn:aws:bedrock:{REGION}:{ACCOUNT}:model-invocation-job/[a-z0-9]{{12}}", arn)


def test_one_token_makes_one_job_whatever_else_is_asked_with_it(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"))
    first = aws.create("first-name", "in/", clientRequestToken="token-of-one")
    again = aws.create("other-name", "elsewhere/", clientRequestToken="token-of-one")
    aws.ended(first)
    after_its_end = aws.create("third-name", "in/", clientRequestToken="token-of-one")

    assert {first, again, after_its_end} == {first}


def test_the_name_of_a_live_job_is_in_use_and_free_again_after_its_end(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"))
    aws.set_faults(jobs=[{"hang_in": "Scheduled"}])
    live = aws.create("same-name", "in/")

    assert refused(aws, jobName="same-name")[:2] == ("ConflictException", 400)
    aws.set_faults()
    aws.ended(live)
    assert aws.create("same-name", "in/") != live


def test_more_live_jobs_of_a_model_than_its_quota_are_refused_with_400(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"))
    aws.set_faults(quotas={"max_active_jobs": 1, "min_records": 1}, jobs=[{"hang_in": "Submitted"}])
    premier = "us.amazon.nova-premier-v1:0"
    live = aws.create("one", "in/", modelId=premier)

    assert refused(aws, modelId=premier)[:2] == ("ServiceQuotaExceededException", 400)
    aws.bedrock.stop_model_invocation_job(jobIdentifier=live)
    aws.set_faults()
    assert aws.ended(live)["status"] == "Stopped"
