"""Figures in CloudWatch: under the names and dimensions that the template's alarms watch."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.cloudwatch_metrics import NAMESPACE, CloudWatchMetrics
from yorutsuke_pipeline.engine.figures import IntentFigures
from yorutsuke_pipeline.infra.template import read_template
from yorutsuke_pipeline_tests.aws.wire import URL

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.aws.places import Place

MINUTE = timedelta(minutes=1)


def figures(name: str, **changes: Any) -> IntentFigures:  # noqa: ANN401 — any attribute
    some = {
        "workload": name,
        "closed_at": datetime.now(timezone.utc),
        "success_count": 94,
        "failure_count": 6,
        "dead_letter_count": 2,
        "processing": 70 * timedelta(seconds=1),
    }
    return IntentFigures(**{**some, **changes})


@pytest.fixture(params=["moto", "embedded"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


def stored(place: Place, metric: str, workload: str) -> dict[str, float]:
    """Return sum, average and maximum of the last hour; empty where there is no figure."""
    now = datetime.now(timezone.utc)
    answer = place.clients.cloudwatch.get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=[{"Name": "Env", "Value": "dev"}, {"Name": "Workload", "Value": workload}],
        StartTime=now - 60 * MINUTE,
        EndTime=now + MINUTE,
        Period=7200,
        Statistics=["Sum", "Average", "Maximum"],
    )
    return {name: point[name] for point in answer["Datapoints"] for name in ("Sum", "Average", "Maximum")}


def test_the_four_figures_of_an_intent_are_there_under_its_deployment_and_workload(place: Place, name: str) -> None:
    CloudWatchMetrics(lambda: place.clients.cloudwatch, "dev").send(figures(name))

    assert stored(place, "SuccessCount", name)["Sum"] == 94
    assert stored(place, "FailureCount", name)["Sum"] == 6
    assert stored(place, "DLQDepth", name)["Maximum"] == 2
    assert stored(place, "ProcessingTime", name)["Maximum"] == 70


# moto leaves Counts out of an average.
@pytest.mark.parametrize("place", ["embedded"], indirect=True)
def test_the_average_of_failures_is_their_share_of_all_records_of_all_intents(place: Place, name: str) -> None:
    metrics = CloudWatchMetrics(lambda: place.clients.cloudwatch, "dev")

    metrics.send(figures(name, success_count=97, failure_count=0))
    metrics.send(figures(name, success_count=0, failure_count=3))

    assert stored(place, "FailureCount", name) == {"Sum": 3.0, "Average": 0.03, "Maximum": 1.0}


def test_an_intent_without_any_record_or_time_sends_zeros_and_no_time(place: Place, name: str) -> None:
    nothing = figures(name, success_count=0, failure_count=0, dead_letter_count=0, processing=None)

    CloudWatchMetrics(lambda: place.clients.cloudwatch, "dev").send(nothing)

    assert stored(place, "FailureCount", name)["Sum"] == 0
    assert stored(place, "ProcessingTime", name) == {}


def test_figures_that_cannot_be_sent_are_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Refusing:
        def put_metric_data(self, **_: object) -> None:
            clients = AwsClients("us-east-1", URL, placeholder_credentials=True)
            raise clients.cloudwatch.exceptions.ClientError(
                {"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutMetricData"
            )

    with caplog.at_level(logging.WARNING):
        CloudWatchMetrics(Refusing, "dev").send(figures("receipts"))  # type: ignore[arg-type]  # one call of it

    assert "could not send the figures of an intent of receipts" in caplog.text


def test_the_templates_alarms_watch_what_is_sent() -> None:
    alarms = read_template().properties_of("AWS::CloudWatch::Alarm").values()

    watched = {
        alarm["MetricName"]: {each["Name"] for each in alarm["Dimensions"]}
        for alarm in alarms
        if alarm["Namespace"] == NAMESPACE
    }

    sent: dict[str, set[str]] = {}

    class Listening:
        def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803 — boto3's
            assert Namespace == NAMESPACE
            sent.update((each["MetricName"], {one["Name"] for one in each["Dimensions"]}) for each in MetricData)

    CloudWatchMetrics(Listening, "dev").send(figures("receipts"))  # type: ignore[arg-type]  # one call of it
    assert set(sent) == {"SuccessCount", "FailureCount", "ProcessingTime", "DLQDepth"}
    assert watched.items() <= sent.items()
    assert len(watched) == 3
