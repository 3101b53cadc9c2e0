"""The names of things: derived, never invented, so that a second run finds what the first made.

What belongs here: record ids, intent ids, job names, tokens and fingerprints, with the patterns that
the service demands of them. No random number and no time goes into any name.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# Patterns and lengths from botocore's service model of CreateModelInvocationJob; botocore itself checks
# neither, and the service answers a breach with a ValidationException after the upload is done.
# The pattern of the job's name says the same as the service's, which would try for ever on many hyphens.
_JOB_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9+\-.]*")
_S3_URI = re.compile(
    r"s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:/[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*)?/?",
)
_INTENT_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,49}")
_LONGEST_JOB_NAME = 63
_LONGEST_S3_URI = 1024


# Asked for again while a record is worked on.
@lru_cache(maxsize=1024)
def record_id(identity: str) -> str:
    """Return the id under which the model is asked about a record: 24 hex digits.

    Derived from the record's identity alone (a receipt's `imageId`), so asking again about the same
    image overwrites its transaction instead of adding one. It satisfies the strictest reading of the
    service's rule for `recordId`: alphanumeric, 11 characters or more.
    """
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def intent_id(workload: str, day: date, number: int) -> str:
    """Return the id of the `number`-th intent (from 1) of a day: `receipts-2026-01-09-001`."""
    return f"{workload}-{day.isoformat()}-{number:03d}"


def check_intent_id(text: str) -> str:
    """Return `text` if it can be an intent's id, since job names and S3 keys are made of it.

    Raises:
        ConfigurationError: It has other characters than letters, digits and hyphens, or is too long.
    """
    if not _INTENT_ID.fullmatch(text):
        raise ConfigurationError(
            f"intent id {text!r} cannot be used: 1 to 50 letters, digits and hyphens, starting with no hyphen",
        )
    return text


def job_name(intent: str, number: int, deployment: str) -> str:
    """Return the name of an intent's `number`-th job, which the service can be searched for.

    It ends in the deployment (dev, staging, prod): job names are an account's, every deployment has an
    intent of that id, and a name in use is refused for as long as the service remembers the other's job.

    Raises:
        ConfigurationError: The name would break the service's pattern.
    """
    name = f"{intent}-{number:03d}-{deployment}"
    if len(name) > _LONGEST_JOB_NAME or not _JOB_NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} breaks Bedrock's pattern for a job name; shorten the intent's id")
    return name


def client_request_token(intent: str, number: int, fingerprint: str) -> str:
    """Return the idempotency token of a job: a sha256 in hex, the same for the same content."""
    return hashlib.sha256(f"{intent}\n{number}\n{fingerprint}".encode()).hexdigest()


def fingerprint(content: Mapping[str, object]) -> str:
    """Return the sha256 in hex of `content` as canonical JSON: equal content, equal fingerprint."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check_s3_uri(uri: str) -> str:
    """Return `uri` if the service will take it.

    Raises:
        ConfigurationError: It breaks the pattern (`=`, spaces, `:`, `+`, `@`, non-ASCII) or is too long.
    """
    if len(uri) > _LONGEST_S3_URI or not _S3_URI.fullmatch(uri):
        raise ConfigurationError(
            f"{uri!r} breaks Bedrock's pattern for an S3 location; check the bucket's name in YORUTSUKE_BUCKET",
        )
    return uri
