"""What a look says that fails: nobody may have to read a traceback to know what to do."""

from __future__ import annotations

from typing import NoReturn

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from yorutsuke_pipeline.aws.examination.finding import Finding, Look, State
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import ConfigurationError

LOOK = Look("bucket", Target("bucket receipts", "YORUTSUKE_BUCKET"), "s3:GetBucketPolicy")


def failing(error: Exception) -> Finding:
    def examine() -> NoReturn:
        raise error

    return LOOK.find(examine)


def refused(code: str, status: int = 400) -> ClientError:
    said = {"Error": {"Code": code, "Message": "told so"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "GetBucketPolicy")  # type: ignore[arg-type]  # as much of an answer as is read


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_what_may_not_be_looked_at_is_unchecked_and_names_the_permission(code: str) -> None:
    found = failing(refused(code, 403))

    assert (found.state, found.remedy) == (
        State.UNCHECKED,
        "allow s3:GetBucketPolicy, or see to bucket receipts by hand",
    )


def test_so_is_what_an_adapter_may_not_look_at() -> None:
    def examine() -> NoReturn:
        with calling(Target("table jobs", "YORUTSUKE_ENV"), "read what was spent"):
            raise refused("AccessDeniedException")

    assert LOOK.find(examine) == failing(refused("AccessDeniedException"))


def test_what_an_aws_does_not_offer_is_not_here_and_need_not_be_mended() -> None:
    assert failing(refused("UnknownOperationException", 404)) == Finding(
        "bucket", State.ABSENT, "this AWS does not offer it"
    )


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (refused("ExpiredToken"), "renew them, check AWS_PROFILE"),
        (refused("NoSuchBucket", 404), "deploy infra/template.yaml"),
        (NoCredentialsError(), "set AWS_PROFILE"),
        (ConfigurationError("no bucket is set: set YORUTSUKE_BUCKET"), "correct YORUTSUKE_BUCKET"),
    ],
)
def test_any_other_failure_must_be_mended_and_says_how(error: Exception, remedy: str) -> None:
    found = failing(error)

    assert found.state is State.MEND
    assert found.remedy.startswith(remedy)
    assert found.found
