"""Credentials that expire, are renewed, or are refused, and a clock that is wrong: what a person is told to do.

With boto3's own machinery, as its users set it up: a profile with `credential_process`.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline_tests.aws.test_intent_ledger import an_intent
from yorutsuke_pipeline_tests.aws.wire import URL, Wire, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from botocore.awsrequest import AWSRequest

    from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

SECRET = "the-secret-key-of-a-person"
NOTHING = answer({})
CALLS: dict[str, Callable[[Spoiled, str], object]] = {
    "DynamoDB": lambda spoiled, name: spoiled.images.claim(name, "receipts-2026-01-09-001"),
    "S3": lambda spoiled, name: spoiled.objects.read(name, longest=1),
    "S3 without a body": lambda spoiled, name: spoiled.objects.head(name),
    "Bedrock": lambda spoiled, name: spoiled.service.find(name, name),
}


@pytest.mark.parametrize("kind", ["expired_token", "clock_skew"])
@pytest.mark.parametrize("service", sorted(CALLS))
def test_refused_credentials_and_a_wrong_clock_are_for_a_person_and_not_tried_again(
    spoiled: Spoiled, name: str, service: str, kind: str
) -> None:
    spoiled.spoil("*", kind, times=None)

    with pytest.raises(ConfigurationError, match=name) as caught:
        CALLS[service](spoiled, name)

    for told in ("renew them", "AWS_PROFILE", "clock"):
        assert told in str(caught.value)


@pytest.mark.parametrize("service", sorted(CALLS))
def test_what_the_role_may_not_do_says_so_and_names_what_to_look_at(spoiled: Spoiled, name: str, service: str) -> None:
    spoiled.spoil("*", "access_denied", times=None)

    with pytest.raises(ConfigurationError, match="allow it for the role"):
        CALLS[service](spoiled, name)


@pytest.mark.parametrize("service", sorted(CALLS))
def test_after_new_credentials_the_same_clients_go_on(spoiled: Spoiled, name: str, service: str) -> None:
    spoiled.spoil("*", "expired_token", times=None)
    with pytest.raises(ConfigurationError):
        CALLS[service](spoiled, name)

    spoiled.mend()

    assert CALLS[service](spoiled, name) is None


def process_credentials(folder: Path, monkeypatch: pytest.MonkeyPatch, *, gives: int, lasting: timedelta) -> AwsClients:
    """Return clients of a profile whose program gives credentials so many times, then fails."""
    expires = (datetime.now(timezone.utc) + lasting).isoformat()
    given = {"Version": 1, "AccessKeyId": "KEY-", "SecretAccessKey": SECRET, "SessionToken": "t", "Expiration": expires}
    program = folder / "give.py"
    program.write_text(
        "import json, pathlib, sys\n"
        f"count = pathlib.Path({str(folder / 'count')!r})\n"
        "number = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(number))\n"
        f"if number > {gives}: sys.exit('the login has ended')\n"
        f"given = {given!r}\n"
        "given['AccessKeyId'] += str(number)\n"
        "print(json.dumps(given))\n",
    )
    config = folder / "config"
    config.write_text(f"[profile of-a-person]\nregion = us-east-1\ncredential_process = {sys.executable} {program}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "of-a-person")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return AwsClients(endpoint_url=URL)


def signed_with(wire: Wire) -> list[str]:
    """Return the access key of each request."""
    headers = [str(request.headers["Authorization"]) for request in wire.requests]
    return [header.partition("Credential=")[2].partition("/")[0].strip("b'") for header in headers]


def test_credentials_are_renewed_in_the_middle_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # boto3 renews what ends within ten minutes before each call.
    clients = process_credentials(tmp_path, monkeypatch, gives=9, lasting=timedelta(minutes=5))
    ledger, wire = DynamoIntentLedger(clients.dynamodb, "jobs"), Wire([NOTHING])

    with wire.attached(clients.dynamodb):
        assert ledger.create(an_intent("receipts-2026-01-09-001"))
        assert ledger.create(an_intent("receipts-2026-01-09-002"))

    first, second = signed_with(wire)
    assert first.startswith("KEY-")
    assert first != second


def test_credentials_that_last_are_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clients = process_credentials(tmp_path, monkeypatch, gives=1, lasting=timedelta(hours=1))
    ledger, wire = DynamoIntentLedger(clients.dynamodb, "jobs"), Wire([NOTHING])

    with wire.attached(clients.dynamodb):
        for number in range(3):
            ledger.create(an_intent(f"receipts-2026-01-09-00{number + 1}"))

    assert signed_with(wire) == ["KEY-1"] * 3


def test_credentials_that_cannot_be_renewed_say_what_to_do_and_show_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = process_credentials(tmp_path, monkeypatch, gives=1, lasting=timedelta(seconds=-1))
    ledger, wire = DynamoIntentLedger(clients.dynamodb, "jobs"), Wire([NOTHING])

    with wire.attached(clients.dynamodb), pytest.raises(ConfigurationError, match="log in again") as caught:
        ledger.create(an_intent("receipts-2026-01-09-001"))

    assert wire.requests == []
    assert SECRET not in json.dumps([str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)])


def moment_of(request: AWSRequest) -> datetime:
    """Return when botocore signed a request."""
    return datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
