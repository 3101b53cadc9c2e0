"""What botocore raises, as the engine's errors: the kind says who must act, the message says how."""

from __future__ import annotations

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    PermanentError,
    ThrottledError,
    TransientError,
    YorutsukeError,
)
from yorutsuke_pipeline_tests.aws.wire import URL, closed

TABLE = Target("table yorutsuke-transactions-dev", "YORUTSUKE_ENV")


def answered(code: str, status: int = 400, message: str = "in the service's words") -> boto.ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(response, "PutItem")  # type: ignore[arg-type]  # as much of it as is read


def translated(error: Exception) -> YorutsukeError:
    with pytest.raises(YorutsukeError) as caught, calling(TABLE, "write row 'x'"):
        raise error
    assert "write row 'x'" in str(caught.value)
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answered("ProvisionedThroughputExceededException"), ThrottledError),
        (answered("SlowDown", 503), ThrottledError),
        (answered("Whatever", 429), ThrottledError),
        (answered("InternalServerError", 500), TransientError),
        (answered("RequestTimeout"), TransientError),
        (closed(), TransientError),
        (boto.ConnectTimeoutError(endpoint_url=URL), TransientError),
        (boto.EndpointConnectionError(endpoint_url=URL), TransientError),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), TransientError),
        (ResponseParserError("no XML"), TransientError),
        (answered("ValidationException"), PermanentError),
        (answered("InvalidObjectState", 403), PermanentError),
        (boto.ParamValidationError(report="x"), PermanentError),
    ],
)
def test_each_failure_has_its_kind(error: Exception, kind: type[YorutsukeError]) -> None:
    assert type(translated(error)) is kind


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (answered("ResourceNotFoundException"), ["yorutsuke-transactions-dev", "infra/template.yaml", "YORUTSUKE_ENV"]),
        (answered("NoSuchBucket", 404), ["infra/template.yaml"]),
        (answered("AccessDeniedException"), ["yorutsuke-transactions-dev", "role"]),
        (answered("AuthorizationError", 403), ["role"]),
        (answered("403", 403), ["role"]),
        (answered("ExpiredTokenException"), ["AWS_PROFILE"]),
        (answered("RequestTimeTooSkewed", 403), ["clock"]),
        (answered("PermanentRedirect", 301), ["AWS_REGION"]),
        (boto.NoCredentialsError(), ["AWS_PROFILE"]),
        (boto.ProfileNotFound(profile="night"), ["night", "AWS_PROFILE"]),
        (boto.NoRegionError(), ["AWS_REGION"]),
        (boto.UnauthorizedSSOTokenError(), ["AWS_PROFILE"]),
    ],
)
def test_a_wrong_configuration_says_what_to_change(error: Exception, named: list[str]) -> None:
    told = translated(error)

    assert isinstance(told, ConfigurationError)
    assert all(name in str(told) for name in named)


def test_what_the_service_says_is_kept_short_and_on_one_line() -> None:
    told = str(translated(answered("ValidationException", message="long\n" * 1000)))

    assert "long long" in told
    assert len(told) < 500


def test_a_request_that_botocore_refuses_is_not_quoted() -> None:
    told = str(translated(boto.ParamValidationError(report="Invalid type for Item.secret, value: 4711")))

    assert "4711" not in told


def test_what_is_no_failure_of_aws_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), calling(TABLE, "divide"):
        raise ZeroDivisionError
