"""Whose credentials they are, and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.examination.caller import Caller, examine_clock, examine_credentials, who_calls
from yorutsuke_pipeline.aws.examination.finding import State
from yorutsuke_pipeline_tests.aws.examination.conftest import ACCOUNT, told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

NOW = datetime(2026, 1, 9, 17, 0, tzinfo=timezone.utc)
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/yorutsuke-operator-prod/mai"
CALLER = Caller(SESSION, ACCOUNT, NOW, NOW)


def test_the_services_clock_is_that_of_its_answer(clients: AwsClients) -> None:
    with told(clients.sts) as stub:
        headers = {"HTTPHeaders": {"date": "Fri, 09 Jan 2026 17:00:00 GMT"}}
        stub.add_response(
            "get_caller_identity", {"Arn": SESSION, "Account": ACCOUNT, "UserId": "mai", "ResponseMetadata": headers}
        )
        caller = who_calls(clients.sts, NOW)

    assert caller == CALLER


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, State.GOOD), (-20, State.GOOD), (90, State.LOOK), (-90, State.LOOK), (600, State.MEND)]
)
def test_a_clock_is_judged_by_how_far_it_is_off_in_either_direction(seconds: int, state: State) -> None:
    caller = replace(CALLER, asked_at=NOW + timedelta(seconds=seconds))

    assert examine_clock(caller).state is state


def test_a_service_that_tells_no_time_says_nothing_about_the_clock() -> None:
    assert examine_clock(replace(CALLER, told_at=None)).state is State.ABSENT


@pytest.mark.parametrize(
    ("arn", "source"),
    [
        (SESSION, f"arn:aws:iam::{ACCOUNT}:role/yorutsuke-operator-prod"),
        (f"arn:aws:iam::{ACCOUNT}:user/mai", f"arn:aws:iam::{ACCOUNT}:user/mai"),
    ],
)
def test_the_policies_that_count_are_those_of_the_role_behind_a_session(arn: str, source: str) -> None:
    assert replace(CALLER, arn=arn).policy_source == source


def test_the_root_of_a_real_account_is_worth_a_look() -> None:
    root = replace(CALLER, arn=f"arn:aws:iam::{ACCOUNT}:root")

    assert examine_credentials(root, is_embedded=False).state is State.LOOK
    assert examine_credentials(root, is_embedded=True).state is State.GOOD
    assert examine_credentials(CALLER, is_embedded=False).state is State.GOOD
