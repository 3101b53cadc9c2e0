"""The examination as a whole: who is asked, and who is not once nothing more can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.examination.doctor import Doctor
from yorutsuke_pipeline.aws.examination.finding import State
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.policy import Policy
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline_tests.aws.examination.conftest import told
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices
from yorutsuke_pipeline_tests.fakes.spending_book import FakeSpendingBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.aws.clients import AwsClients

POLICY = Policy(model_id="amazon.nova-lite-v1:0", role_arn="arn:aws:iam::123456789012:role/batch")


def nothing_set() -> NoReturn:
    raise ConfigurationError("no role is set: set YORUTSUKE_ROLE_ARN to the stack's output BedrockRoleArn")


@pytest.mark.parametrize("policy", [lambda: POLICY, nothing_set], ids=["all set", "nothing set"])
def test_without_credentials_nobody_else_is_asked(clients: AwsClients, policy: Callable[[], Policy]) -> None:
    with told(clients.sts) as stub:
        stub.add_client_error("get_caller_identity", "ExpiredToken", http_status_code=403)
        doctor = Doctor(
            clients,
            policy,
            lambda: "receipts",
            {},
            str,
            FixedPrices(),
            SystemClock(),
            FixedQuotas(POLICY.quotas),
            FakeSpendingBook(),
        )
        found = list(doctor.findings())

    assert [finding.check for finding in found] == ["settings", "credentials"]
    assert found[1].state is State.MEND
    assert found[1].remedy.startswith("renew them")
    assert (found[0].state is State.MEND) == (policy is nothing_set)
