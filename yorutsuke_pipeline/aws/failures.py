"""What botocore raises, as the engine's errors: who must do what about it.

What belongs here: the codes that mean the same for every service. What one code means for one call
(a quota that is used up, a name in use) is that adapter's. Messages carry what was tried, on what, and
the service's own words; never a request's body, and of credentials only that they are refused.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    PermanentError,
    ThrottledError,
    TransientError,
    YorutsukeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Everything that a call of a client can raise.
BOTO_ERRORS = (ClientError, BotoCoreError, ResponseParserError)

# botocore's own list (botocore/retries/standard.py), without the transaction's one.
THROTTLING = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "RequestThrottled",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
    },
)
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        # HEAD has no body to hold a code. Its only other 400 is for keys of one's own encryption, which nobody sends.
        "400",
    },
)
_CREDENTIALS_REMEDY = "them, check AWS_PROFILE, and the machine's clock"
# Not every 403: S3 says it of one object that lies in a deep archive, too. "403" is a HEAD's, as above. SNS has a word
# of its own.
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "Forbidden", "403"}
)
_MISSING = frozenset(
    {
        "ResourceNotFoundException",
        "NoSuchBucket",
        # SQS, in its older way and in its newer one.
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        # SNS.
        "NotFound",
    },
)
_WRONG_REGION = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"})
_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.TokenRetrievalError,
    boto.SSOError,
    boto.NoAuthTokenError,
)
_NO_PROFILE = (boto.ProfileNotFound, boto.ConfigNotFound, boto.ConfigParseError, boto.InvalidConfigError)
_NO_REGION = (boto.NoRegionError, boto.InvalidRegionError)
# Two roots: ConnectTimeoutError and EndpointConnectionError are under the one, ReadTimeoutError under the other.
_BROKEN = (
    boto.ConnectionError,
    boto.HTTPClientError,
    boto.IncompleteReadError,
    boto.ResponseStreamingError,
    boto.FlexibleChecksumError,
    boto.ChecksumError,
    ResponseParserError,
)
_TOO_MANY = 429
_SERVER_ERROR = 500
_LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class Target:
    """What a call was meant for.

    Attributes:
        name: As a person knows it: `table yorutsuke-transactions-dev`.
        setting: What to look at when it is not there or not allowed.
    """

    name: str
    setting: str


def code_of(error: ClientError) -> str:
    """Return the service's code; of an answer without a body, its HTTP status as text."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    """Return the answer's HTTP status, 0 if there is none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def message_of(error: ClientError) -> str:
    """Return the service's own words, in one line of bounded length."""
    text = " ".join(str(error.response.get("Error", {}).get("Message", "")).split())
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def is_throttling(error: ClientError) -> bool:
    """Tell whether a call was turned away for its rate, without effect."""
    return code_of(error) in THROTTLING or status_of(error) == _TOO_MANY


@contextmanager
def calling(target: Target, doing: str) -> Iterator[None]:
    """Turn what a call raises into the engine's errors.

    Args:
        target: What is called.
        doing: What is tried, on which key, as it stands after "could not": `claim image 'x'`.
    """
    try:
        yield
    except BOTO_ERRORS as error:
        raise translated(error, target, doing) from error


def translated(error: Exception, target: Target, doing: str) -> YorutsukeError:
    """Return the engine's error for one of `BOTO_ERRORS`."""
    tried = f"could not {doing} ({target.name})"
    if isinstance(error, ClientError):
        return _answered(error, target, tried)
    if isinstance(error, _BROKEN):
        return _broken(error, tried)
    kind = type(error).__name__
    if isinstance(error, _NO_CREDENTIALS):
        return ConfigurationError(
            f"{tried}: no usable AWS credentials ({kind}); set AWS_PROFILE, or log in again, or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )
    if isinstance(error, _NO_PROFILE):
        return ConfigurationError(f"{tried}: {error}; check AWS_PROFILE and the AWS configuration files")
    if isinstance(error, _NO_REGION):
        return ConfigurationError(f"{tried}: no usable AWS region ({kind}); set AWS_REGION, or a region in the profile")
    return PermanentError(f"{tried}: {kind}")


def _broken(error: Exception, tried: str) -> TransientError:
    if isinstance(error, (boto.EndpointConnectionError, boto.ConnectTimeoutError)):
        return TransientError(f"{tried}: {error}; check the network and AWS_ENDPOINT_URL, then try again")
    return TransientError(f"{tried}: the connection failed ({type(error).__name__}); try again")


def _answered(error: ClientError, target: Target, tried: str) -> YorutsukeError:
    code, status = code_of(error), status_of(error)
    if is_throttling(error):
        return ThrottledError(f"{tried}: {code}; try again later")
    if code in _CREDENTIALS:
        return ConfigurationError(f"{tried}: the AWS credentials are refused ({code}); renew {_CREDENTIALS_REMEDY}")
    told = f"{tried}: {code}: {message_of(error)}"
    remedy = _remedy(code, target)
    if remedy:
        return ConfigurationError(f"{told}; {remedy}")
    if status >= _SERVER_ERROR or code in {"InternalError", "RequestTimeout"}:
        return TransientError(f"{told}; try again")
    return PermanentError(told)


def _remedy(code: str, target: Target) -> str:
    """Return what to change in the configuration, empty if that is not what is wrong."""
    if code == "403":
        # A HEAD's, which has no words: the clock (RequestTimeTooSkewed) and the credentials can be meant, too.
        allow = f"allow it for the role that runs this, or correct {target.setting}"
        return f"{allow}; or the credentials are refused: renew {_CREDENTIALS_REMEDY}"
    if code in DENIED:
        return f"allow it for the role that runs this, or correct {target.setting}"
    if code in _MISSING:
        return f"deploy infra/template.yaml, or correct {target.setting} or AWS_REGION"
    if code in _WRONG_REGION:
        return f"set AWS_REGION to the region of {target.name}"
    return ""
