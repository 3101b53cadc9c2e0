from __future__ import annotations

import asyncio
from pathlib import Path

from yorutsuke_pipeline.local_aws import server
from yorutsuke_pipeline.local_aws.front import Activity, Front
from yorutsuke_pipeline.local_aws.options import Options
from yorutsuke_pipeline_tests.local_aws.quiet_bedrock import QuietBedrock


class BusyBedrock(QuietBedrock):
    """Has a job to finish for as many questions as it is told."""

    def __init__(self, *, busy_for: int) -> None:
        self.questions_left = busy_for

    def is_busy(self) -> bool:
        self.questions_left -= 1
        return self.questions_left >= 0


async def idle_until_the_end(*, busy_for: int) -> BusyBedrock:
    bedrock = BusyBedrock(busy_for=busy_for)
    front = Front(rest=bedrock, bedrock=bedrock, instance="i", identity={})
    await asyncio.wait_for(server._stop_or_idle(front, bedrock, 0.001), timeout=30)
    return bedrock


def test_a_server_that_nobody_asks_for_anything_ends_by_itself_but_not_before_its_jobs_have() -> None:
    bedrock = asyncio.run(idle_until_the_end(busy_for=3))

    assert bedrock.questions_left == -1


def test_nobody_is_idle_while_a_request_is_open() -> None:
    assert Activity(last=-1e9, open_requests=1).idle_seconds() == 0
    assert Activity(last=-1e9, open_requests=0).idle_seconds() > 1e8


def test_what_a_server_is_started_with_survives_its_command_line() -> None:
    options = Options(
        home=Path("/a folder/with = signs"),
        instance="abc",
        port=0,
        must_have_port=False,
        region="ap-northeast-1",
        account_id="000000000000",
        environment="staging",
        idle_exit_seconds=0.5,
    )

    assert Options.from_arguments(options.to_arguments()) == options
