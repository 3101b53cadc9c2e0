"""The figures of intents in CloudWatch, under the names that the alarms of infra/template.yaml watch.

By PutMetricData: one call an intent works from any machine. Figures written into a log (the embedded
metric format) would need an agent there that reads them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import YorutsukeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

    from yorutsuke_pipeline.engine.figures import IntentFigures

NAMESPACE = "Yorutsuke"
_TARGET = Target(f"CloudWatch, namespace {NAMESPACE}", "YORUTSUKE_METRICS")
_log = logging.getLogger(__name__)


class CloudWatchMetrics:
    """Implements `Metrics`.

    Args:
        client: Returns CloudWatch's; called when there is something to send, as making one takes its time.
        env: The deployment, as the dimension `Env`; the other one is `Workload`.
    """

    def __init__(self, client: Callable[[], CloudWatchClient], env: str) -> None:
        self._client = client
        self._env = env

    def send(self, figures: IntentFigures) -> None:
        """Send an intent's figures in one call; what cannot be sent is logged and lost, and never an error."""
        try:
            with calling(_TARGET, f"send the figures of an intent of {figures.workload}"):
                self._client().put_metric_data(Namespace=NAMESPACE, MetricData=list(self._data(figures)))
        except YorutsukeError as error:
            _log.warning("%s", error)

    def _data(self, figures: IntentFigures) -> Iterator[MetricDatumTypeDef]:
        counts = (("SuccessCount", figures.success_count), ("FailureCount", figures.failure_count))
        total = figures.success_count + figures.failure_count
        for name, count in counts:
            yield {**self._head(name, figures), "Unit": "Count", **_ones_and_zeros(count, total - count)}
        yield {**self._head("DLQDepth", figures), "Unit": "Count", "Value": figures.dead_letter_count}
        if figures.processing is not None:
            seconds = figures.processing.total_seconds()
            yield {**self._head("ProcessingTime", figures), "Unit": "Seconds", "Value": max(seconds, 0.0)}

    def _head(self, name: str, figures: IntentFigures) -> MetricDatumTypeDef:
        return {
            "MetricName": name,
            "Timestamp": figures.closed_at,
            "Dimensions": [{"Name": "Env", "Value": self._env}, {"Name": "Workload", "Value": figures.workload}],
        }


def _ones_and_zeros(ones: int, zeros: int) -> MetricDatumTypeDef:
    """Return a value for each record: their sum is how many there were, their average the share of all records.

    So one plain alarm on the average tells more than 5 % failures, over as many intents as its period holds.
    """
    pairs = [(value, count) for value, count in ((1.0, ones), (0.0, zeros)) if count]
    if not pairs:
        return {"Value": 0.0}  # type: ignore[typeddict-item]  # the part of a datum that holds its value
    return {"Values": [value for value, _ in pairs], "Counts": [float(count) for _, count in pairs]}  # type: ignore[typeddict-item]  # as above
