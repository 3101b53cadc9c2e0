"""Whose credentials these are, and whether the machine's clock is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_sts import STSClient

CREDENTIALS = Look("credentials", Target("AWS STS", "AWS_PROFILE"), "sts:GetCallerIdentity")
CLOCK = Look("clock", Target("AWS STS", "the machine's clock"), "sts:GetCallerIdentity")
# S3 refuses requests that are 15 minutes off, other services from 5 minutes on.
_MOST_SECONDS_OFF = 240
_SECONDS_WORTH_A_LOOK = 30
_ASSUMED = re.compile(r"(arn:[^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+")


@dataclass(frozen=True)
class Caller:
    """Who is looking.

    Attributes:
        told_at: The service's time as it answered, to the second.
        asked_at: The machine's own, at that moment.
    """

    arn: str
    account: str
    told_at: datetime | None
    asked_at: datetime

    @property
    def is_root(self) -> bool:
        """Whether these are the credentials of the account itself."""
        return self.arn.endswith(":root")

    @property
    def policy_source(self) -> str:
        """The ARN of the role or user whose policies count; that of a session names no role by itself."""
        found = _ASSUMED.fullmatch(self.arn)
        return f"{found[1]}:iam::{found[2]}:role/{found[3]}" if found else self.arn


def who_calls(sts: STSClient, now: datetime) -> Caller:
    """Ask STS, which answers everybody whose credentials are valid.

    Raises:
        ClientError: They are not.
        BotoCoreError: There are none, or nobody answers.
    """
    answer = sts.get_caller_identity()
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return Caller(answer["Arn"], answer["Account"], parsedate_to_datetime(date) if date else None, now)


def examine_credentials(caller: Caller, *, is_embedded: bool) -> Finding:
    """Return whose they are."""
    if caller.is_root and not is_embedded:
        return CREDENTIALS.worth_a_look(caller.arn, "use a role: whatever the account's root may do cannot be limited")
    return CREDENTIALS.good(f"{caller.arn} in account {caller.account}")


def examine_clock(caller: Caller) -> Finding:
    """Return how far the machine's clock is off: signatures carry its time, and the days depend on it."""
    if caller.told_at is None:
        return CLOCK.absent("the service did not say what time it is")
    off = abs((caller.asked_at - caller.told_at).total_seconds())
    found, remedy = f"{off:.0f} s off the service's", "set the machine's clock, best by NTP"
    if off > _MOST_SECONDS_OFF:
        return CLOCK.mend(found, remedy)
    return CLOCK.worth_a_look(found, remedy) if off > _SECONDS_WORTH_A_LOOK else CLOCK.good(found)
