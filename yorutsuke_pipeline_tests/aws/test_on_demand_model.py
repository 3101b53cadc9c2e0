"""Bedrock's runtime behind the adapter, over a scripted wire: never asked twice by itself."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ReadTimeoutError

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.on_demand_model import BedrockModel
from yorutsuke_pipeline.engine.errors import ConfigurationError, InDoubtError, ThrottledError
from yorutsuke_pipeline.engine.ports import ModelRefusedError
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT, UNHURRIED, URL, Wire, answer, closed, refusal
from yorutsuke_pipeline_tests.fakes.model import nova_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSResponse
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

    from yorutsuke_pipeline.aws.patience import Patience

NOVA = "amazon.nova-lite-v1:0"


Made = tuple[BedrockModel, Wire]


@pytest.fixture(scope="module")
def client() -> BedrockRuntimeClient:
    return AwsClients("us-east-1", URL, placeholder_credentials=True).bedrock_runtime


@pytest.fixture
def model(client: BedrockRuntimeClient) -> Iterator[Callable[..., Made]]:
    with ExitStack() as attached:

        def make(*answers: AWSResponse | Exception, patience: Patience = UNHURRIED) -> Made:
            return BedrockModel(client, patience), attached.enter_context(Wire(list(answers)).attached(client))

        yield make


def test_the_body_goes_as_it_is_and_the_output_comes_back(model: Callable[..., Made]) -> None:
    nova, wire = model(answer(nova_output("{}")))

    assert nova.invoke(NOVA, b'{"messages":[]}') == nova_output("{}")

    assert wire.requests[0].body == b'{"messages":[]}'
    assert wire.requests[0].url.endswith("/model/amazon.nova-lite-v1%3A0/invoke")


@pytest.mark.parametrize(
    "busy",
    [
        refusal("ThrottlingException", 429),
        refusal("ModelNotReadyException", 429),
        refusal("ServiceUnavailableException", 503),
        refusal("ServiceQuotaExceededException", 400),
    ],
)
def test_what_was_turned_away_is_asked_again(model: Callable[..., Made], busy: AWSResponse) -> None:
    nova, wire = model(busy, answer(nova_output("{}")))

    assert nova.invoke(NOVA, b"{}") == nova_output("{}")

    assert len(wire.requests) == 2


def test_turned_away_for_too_long_it_was_certainly_not_asked(model: Callable[..., Made]) -> None:
    nova, _ = model(refusal("ThrottlingException", 429), patience=IMPATIENT)

    with pytest.raises(ThrottledError, match=NOVA):
        nova.invoke(NOVA, b"{}")


@pytest.mark.parametrize("fault", [closed(), ReadTimeoutError(endpoint_url=URL)])
def test_a_lost_answer_is_a_doubt_and_nothing_is_asked_again(model: Callable[..., Made], fault: Exception) -> None:
    nova, wire = model(fault)

    with pytest.raises(InDoubtError):
        nova.invoke(NOVA, b"{}")

    assert len(wire.requests) == 1


def test_half_an_answer_is_a_doubt(model: Callable[..., Made]) -> None:
    nova, _ = model(answer(b'{"output":', headers={"content-length": "500"}))

    with pytest.raises(InDoubtError):
        nova.invoke(NOVA, b"{}")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ModelTimeoutException", 408),
        ("ModelErrorException", 424),
        ("InternalServerException", 500),
    ],
)
def test_a_call_that_failed_by_the_services_own_word_is_an_answer_for_that_record(
    model: Callable[..., Made], code: str, status: int
) -> None:
    nova, wire = model(refusal(code, status, "no such image"))

    with pytest.raises(ModelRefusedError, match="no such image") as caught:
        nova.invoke(NOVA, b"{}")

    assert caught.value.code == status
    assert len(wire.requests) == 1


def test_a_picture_that_the_model_does_not_take_is_refused_for_that_record(model: Callable[..., Made]) -> None:
    nova, wire = model(refusal("ValidationException", 400, "no such image"), answer(nova_output("yes")))

    with pytest.raises(ModelRefusedError, match="no such image"):
        nova.invoke(NOVA, b"{}")

    assert len(wire.requests) == 2
    assert b"image" not in (wire.requests[1].body or b"")


def test_a_model_that_takes_no_question_at_all_is_a_matter_of_configuration(model: Callable[..., Made]) -> None:
    nova, _ = model(refusal("ValidationException", 400, "The provided model identifier is invalid."))

    with pytest.raises(ConfigurationError, match="YORUTSUKE_MODEL_ID"):
        nova.invoke(NOVA, b"{}")


@pytest.mark.parametrize(("code", "status"), [("AccessDeniedException", 403), ("ResourceNotFoundException", 404)])
def test_a_model_that_cannot_be_asked_is_a_matter_of_configuration(
    model: Callable[..., Made], code: str, status: int
) -> None:
    nova, _ = model(refusal(code, status))

    with pytest.raises(ConfigurationError, match="YORUTSUKE_MODEL_ID"):
        nova.invoke(NOVA, b"{}")


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_an_output_that_is_no_object_is_refused_for_that_record(model: Callable[..., Made], content: bytes) -> None:
    nova, _ = model(answer(content))

    with pytest.raises(ModelRefusedError, match="output is no JSON"):
        nova.invoke(NOVA, b"{}")
