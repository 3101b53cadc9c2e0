"""Credentials that expire in the middle of a day: the person is told, renews them, and the same command goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
from yorutsuke_pipeline.settings import AwsEnvironment

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline_tests.security.days import Place

# One after the other, at which call of a day everything begins to be refused: once in each stage at least.
AT_CALLS = [2, 9, 14, 20, 26, 33, 40]


@pytest.mark.parametrize("count", [4, 2], ids=["by batch", "on demand"])
def test_a_day_whose_credentials_expire_at_any_stage_goes_on_with_new_ones(
    place: Place, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = place.new_day()
    images = {place.put(day, number) for number in range(count)}
    with FaultProxy(place.world.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        product = Composition(place.product().settings, AwsEnvironment(None, ("AWS_ENDPOINT_URL",)))
        told = [said for at in AT_CALLS if (said := told_from(at, proxy, place, day, product))]
        proxy.set_faults([])
        for _ in range(3):
            place.run(day, product)

    assert len(told) > 4
    assert [said for said in told if "credentials are refused" not in said or "renew them" not in said] == []
    assert set(place.transactions(day)) == images
    assert {place.image(identity)["status"] for identity in images} == {"processed"}
    jobs = place.world.bedrock.list_model_invocation_jobs(nameContains=f"receipts-{day}")["invocationJobSummaries"]
    assert len(jobs) == (1 if count >= 3 else 0)


def told_from(at: int, proxy: FaultProxy, place: Place, day: date, product: Composition) -> str:
    """Run the day with credentials that expire at a call; return what a person is told, if anything."""
    proxy.reset()
    proxy.set_faults([Fault(kind=FaultKind.EXPIRED_TOKEN, call=at, times=None)])
    try:
        place.run(day, product)
    except ConfigurationError as error:
        return str(error)
    return ""
