"""The composition root: which adapter fills which port, for which settings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yorutsuke_pipeline.aws.alert_topic import SnsAlerts
from yorutsuke_pipeline.aws.cloudwatch_metrics import CloudWatchMetrics
from yorutsuke_pipeline.aws.hint_queue import SqsHintQueue
from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.engine.alerts import NO_ALERTS
from yorutsuke_pipeline.engine.cost import Price
from yorutsuke_pipeline.engine.figures import NO_METRICS
from yorutsuke_pipeline.engine.hints import NO_HINTS
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline.trial_stages import trials
from yorutsuke_pipeline.workloads.receipts.line import assemble
from yorutsuke_pipeline_tests.aws.wire import URL

ELSEWHERE = AwsEnvironment("us-east-1", ("AWS_ENDPOINT_URL",))
REAL = {"YORUTSUKE_AWS": "real"}
QUEUE = {"YORUTSUKE_EVENTS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"}
TOPIC = {"YORUTSUKE_ALERTS_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:t"}


def product(environment: dict[str, str]) -> Composition:
    return Composition(load_settings(environment), ELSEWHERE)


@pytest.fixture(autouse=True)
def _an_endpoint_that_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", URL)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_the_embedded_aws_has_queue_topic_and_figures_without_a_setting() -> None:
    embedded = product({})

    assert isinstance(embedded.hints, SqsHintQueue)
    assert isinstance(embedded.alerts, SnsAlerts)
    assert isinstance(embedded.metrics, CloudWatchMetrics)


def test_a_real_account_has_the_queue_and_the_topic_that_are_set_and_no_others() -> None:
    assert product(REAL).hints is NO_HINTS
    assert product(REAL).alerts is NO_ALERTS
    assert product({**REAL, **QUEUE}).events_queue_url == QUEUE["YORUTSUKE_EVENTS_QUEUE_URL"]
    assert isinstance(product({**REAL, **TOPIC}).alerts, SnsAlerts)


@pytest.mark.parametrize("environment", [{}, {**REAL, **QUEUE}])
def test_who_always_polls_reads_no_queue_and_who_wants_no_figures_sends_none(environment: dict[str, str]) -> None:
    without = product({**environment, "YORUTSUKE_POLL_SECONDS": "0", "YORUTSUKE_METRICS": "false"})

    assert without.hints is NO_HINTS
    assert without.metrics is NO_METRICS


def test_services_that_nobody_sends_anywhere_are_not_asked_on_the_real_aws_instead() -> None:
    elsewhere = AwsEnvironment("us-east-1", ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3"))
    some = Composition(load_settings({}), elsewhere)

    assert (some.hints, some.alerts, some.metrics) == (NO_HINTS, NO_ALERTS, NO_METRICS)


def test_a_deployment_that_tags_its_runs_can_be_put_together() -> None:
    tagged = product({**REAL, "YORUTSUKE_RUN_TAGS": '{"submit_batch": {"ecs/cpu": "256"}}'})

    assert tagged.quota_book is product(REAL).quota_book


def test_a_price_of_ones_own_is_that_of_the_configured_model_and_of_no_other() -> None:
    prices = product({**REAL, "YORUTSUKE_PRICE_INPUT": "1", "YORUTSUKE_PRICE_OUTPUT": "2"}).prices

    assert prices.price("amazon.nova-lite-v1:0") == Price(Decimal(1), Decimal(2))
    assert prices.price("anthropic.claude-3-opus-20240229-v1:0") == Price(Decimal(15), Decimal(75))
    assert prices.price("amazon.nova-unheard-of-v1:0") is None


def test_without_a_price_of_ones_own_the_published_ones_hold() -> None:
    assert product(REAL).prices.price("amazon.nova-lite-v1:0") == Price(Decimal("0.06"), Decimal("0.24"))


def test_a_trial_is_one_intent_however_small_those_of_a_night_are() -> None:
    line = assemble(product({"YORUTSUKE_INTENT_RECORDS": "5"}))

    assert Stages(line).manifest_writer.policy.intent_records == 5
    assert trials(line).writer.policy.intent_records > 10**9
