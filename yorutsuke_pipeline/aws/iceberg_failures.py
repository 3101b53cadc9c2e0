"""What pyiceberg, its catalogs and its files raise, as the engine's errors: who must do what about it.

Messages carry what was tried, on what, and the library's own words, cut.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import requests
from botocore.exceptions import BotoCoreError
from pyiceberg import exceptions as iceberg
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from yorutsuke_pipeline.aws.failures import Target, translated
from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    InDoubtError,
    LostRaceError,
    PermanentError,
    ThrottledError,
    TransientError,
    YorutsukeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# What makes the table, as a person types it.
MAKES_IT = "yorutsuke violations create"
_SETTINGS = "YORUTSUKE_VIOLATIONS_WAREHOUSE and YORUTSUKE_VIOLATIONS_NAMESPACE"
_MISSING = (iceberg.NoSuchTableError, iceberg.NoSuchNamespaceError)
# What is raised, what it is to us, and what to do; the first that fits counts.
_REMEDIES: tuple[tuple[tuple[type[Exception], ...], type[YorutsukeError], str], ...] = (
    (
        (iceberg.CommitFailedException, iceberg.ValidationException),
        LostRaceError,
        "another writer was first, try again",
    ),
    (
        (iceberg.CommitStateUnknownException,),
        InDoubtError,
        "it may have taken effect: try again, which writes only what is missing",
    ),
    (
        (iceberg.UnauthorizedError, iceberg.ForbiddenError, iceberg.OAuthError, PermissionError),
        ConfigurationError,
        f"allow it for the role that runs this, or correct {_SETTINGS}",
    ),
    ((iceberg.TooManyRequestsError,), ThrottledError, "try again later"),
    (
        (
            iceberg.ServerError,
            iceberg.ServiceUnavailableError,
            iceberg.AuthorizationExpiredError,
            requests.RequestException,
            OperationalError,
            # pyarrow's, of S3 as of a disk.
            OSError,
        ),
        TransientError,
        "try again",
    ),
    ((duckdb.Error,), TransientError, "make room in the folder of temporary files, then try again"),
)
_KNOWN: tuple[type[Exception], ...] = (
    *_MISSING,
    *(error for errors, _, _ in _REMEDIES for error in errors),
    iceberg.RESTError,
    iceberg.NoSuchPropertyException,
    SQLAlchemyError,
    BotoCoreError,
)
_LONGEST_MESSAGE = 300


@contextmanager
def reaching(what: str, doing: str) -> Iterator[None]:
    """Turn what is raised inside into the engine's errors.

    Args:
        what: As a person knows it: `the table yorutsuke.violations`.
        doing: What is tried, as it stands after "could not".
    """
    try:
        yield
    except _KNOWN as error:
        raise _engines(error, what, doing) from error


def _engines(error: Exception, what: str, doing: str) -> YorutsukeError:
    tried = f"could not {doing} ({what})"
    if isinstance(error, _MISSING):
        return ConfigurationError(f"{tried}: it is not there; make it with `{MAKES_IT}`, or correct {_SETTINGS}")
    if isinstance(error, BotoCoreError):
        return translated(error, Target(what, _SETTINGS), doing)
    told = f"{tried}: {type(error).__name__}: {_cut(error)}"
    kind = PermissionError if _is_denied(error) else type(error)
    for raised, ours, remedy in _REMEDIES:
        if issubclass(kind, raised):
            return ours(f"{told}; {remedy}")
    return PermanentError(f"{told}; check {_SETTINGS}")


def _is_denied(error: Exception) -> bool:
    """Tell whether S3 refused a file: pyarrow makes of that an OSError like any other, whose words alone say it."""
    return isinstance(error, OSError) and "AWS Error ACCESS_DENIED" in str(error)


def _cut(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"
