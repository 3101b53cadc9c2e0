"""Service Quotas behind the adapter, over a scripted wire: which entry is a model's, and what if there is none.

The names are those of https://docs.aws.amazon.com/general/latest/gr/bedrock.html.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.service_quotas import ServiceQuotaBook, limits_of
from yorutsuke_pipeline.engine.quotas import DOCUMENTED, SERVICE_QUOTAS, SETTINGS, SHOWN, Quotas
from yorutsuke_pipeline_tests.aws.wire import URL, Wire, answer, closed, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.awsrequest import AWSResponse

    from yorutsuke_pipeline.engine.quotas import NamedLimits

MODEL = "amazon.nova-lite-v1:0"
OF_NOVA_LITE = {
    "Minimum number of records per batch inference job for Nova Lite V1": 100,
    "Records per batch inference job for Nova Lite V1": 200_000,
    "Records per input file per batch inference job for Nova Lite V1": 150_000,
    "Batch inference input file size (in GB) for Nova Lite V1": 2,
    "Batch inference job size (in GB) for Nova Lite V1": 10,
    "Sum of in-progress and submitted batch inference jobs using a base model for Nova Lite V1": 20,
}
OF_OTHERS = {
    "Records per batch inference job for Nova Pro V1": 7,
    "Records per batch inference job for Nova 2 Lite": 7,
    "On-demand model inference tokens per minute for Amazon Nova Lite": 7,
    "(Model customization) Sum of training and validation records for a Nova Lite V1 Fine-tuning job": 7,
}

Made = tuple[ServiceQuotaBook, Wire]


def entries(values: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"QuotaName": name, "Value": value} for name, value in values.items()]


def page(values: Mapping[str, float], next_token: str | None = None) -> AWSResponse:
    more = {} if next_token is None else {"NextToken": next_token}
    return answer({"Quotas": entries(values), **more}, headers={"content-type": "application/x-amz-json-1.1"})


@pytest.fixture(scope="module")
def clients() -> AwsClients:
    return AwsClients("us-east-1", URL, placeholder_credentials=True)


@pytest.fixture
def book(clients: AwsClients) -> Iterator[Callable[..., Made]]:
    with ExitStack() as attached:

        def make(*answers: AWSResponse | Exception, overrides: NamedLimits | None = None) -> Made:
            wire = attached.enter_context(Wire(list(answers)).attached(clients.service_quotas))
            return ServiceQuotaBook(lambda: clients.service_quotas, overrides or {}), wire

        yield make


def test_all_limits_of_the_model_are_found_among_those_of_others(book: Callable[..., Made]) -> None:
    asked, wire = book(page({**OF_OTHERS, **OF_NOVA_LITE}))

    quotas = asked.quotas(MODEL)

    assert [getattr(quotas, name) for name in SHOWN] == [100, 200_000, 150_000, 1_800_000_000, 9_000_000_000, 20]
    assert {quotas.origin(name) for name in SHOWN} == {SERVICE_QUOTAS}
    assert [body["ServiceCode"] for body in wire.bodies()] == ["bedrock"]


def test_it_is_asked_once_for_a_model_and_its_profiles_page_by_page(book: Callable[..., Made]) -> None:
    asked, wire = book(page(OF_OTHERS, "more"), page(OF_NOVA_LITE))

    quotas = [asked.quotas(model) for model in (MODEL, f"us.{MODEL}", MODEL)]

    assert [each.running_jobs for each in quotas] == [20, 20, 20]
    assert len(wire.requests) == 2


def test_what_is_not_in_force_for_the_account_alone_is_read_from_the_defaults_of_all(book: Callable[..., Made]) -> None:
    mine = {"Records per batch inference job for Nova Lite V1": 300_000}
    asked, wire = book(page(mine), page(OF_NOVA_LITE))

    quotas = asked.quotas(MODEL)

    assert (quotas.most_records, quotas.running_jobs) == (300_000, 20)
    first, second = (str(request.headers["X-Amz-Target"]) for request in wire.requests)
    assert ".ListServiceQuotas" in first
    assert ".ListAWSDefaultServiceQuotas" in second


@pytest.mark.parametrize(
    "fault",
    [
        answer({"__type": "AccessDeniedException", "message": "no"}, 400),
        refusal("NoSuchResourceException"),
        refusal("ServiceException", 500),
        closed(),
    ],
)
def test_a_service_that_does_not_tell_leaves_the_documented_defaults_and_says_why(
    book: Callable[..., Made], fault: AWSResponse | Exception
) -> None:
    asked, _ = book(fault)

    quotas = asked.quotas(MODEL)

    assert quotas.origin("running_jobs") == DOCUMENTED
    assert (quotas.fewest_records, quotas.most_records, quotas.running_jobs) == (100, 100_000, 100)
    assert quotas.note is not None
    assert "Service Quotas" in quotas.note


def test_what_is_set_by_a_person_stands_whatever_the_service_says(book: Callable[..., Made]) -> None:
    asked, _ = book(page(OF_NOVA_LITE), overrides={"running_jobs": 3})

    quotas = asked.quotas(MODEL)

    assert (quotas.running_jobs, quotas.origin("running_jobs")) == (3, SETTINGS)
    assert quotas.most_records == 200_000


def test_nothing_is_asked_about_limits_that_are_all_set(book: Callable[..., Made]) -> None:
    asked, wire = book(closed(), overrides={name: getattr(Quotas(), name) for name in SHOWN})

    assert asked.quotas(MODEL).note is None
    assert wire.requests == []


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("amazon.nova-micro-v1:0", "Nova Micro V1"),
        ("amazon.nova-2-lite-v1:0", "Nova 2 Lite"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 Haiku"),
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", "Claude 3.5 Sonnet"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude 3.5 Sonnet v2"),
        ("anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "Anthropic Claude Haiku 4.5"),
    ],
)
def test_a_model_is_known_by_the_name_that_the_service_gives_it_and_by_no_other(model: str, name: str) -> None:
    others = {"Claude 3.5 Sonnet", "Claude 3.5 Sonnet v2", "Claude Sonnet 4", "Claude Sonnet 4.5", "Nova Lite V1"} - {
        name
    }
    quota = "Records per batch inference job for"

    limits = limits_of(model, entries({f"{quota} {name}": 5, **{f"{quota} {other}": 7 for other in others}}))

    assert limits == {"most_records": 5}


@pytest.mark.parametrize(
    "name",
    [
        "Batch inference input file size (in GB) for Nova Lite V1",
        "Batch inference input file size for Nova Lite V1 (in GB)",
    ],
)
def test_the_unit_of_a_size_stands_before_or_behind_the_model(name: str) -> None:
    assert limits_of(MODEL, entries({name: 1})) == {"part_bytes": 900_000_000}


@pytest.mark.parametrize("value", [None, "100", -1, 0, float("nan"), float("inf")])
def test_a_value_that_is_no_limit_is_passed_over(value: object) -> None:
    quota = {"QuotaName": "Records per batch inference job for Nova Lite V1", "Value": value}

    assert limits_of(MODEL, [quota, {}]) == {}


def test_no_slots_at_all_is_taken_at_its_word() -> None:
    name = "Sum of in-progress and submitted batch inference jobs using a base model for Nova Lite V1"

    assert limits_of(MODEL, entries({name: 0.0})) == {"running_jobs": 0}
