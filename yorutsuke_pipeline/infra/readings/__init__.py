"""Every type of resource that can be read back. One that is added to the template gets a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.infra.readings.alarm import ALARM
from yorutsuke_pipeline.infra.readings.bucket import BUCKET, BUCKET_POLICY
from yorutsuke_pipeline.infra.readings.log_group import LOG_GROUP
from yorutsuke_pipeline.infra.readings.queue import QUEUE, QUEUE_POLICY
from yorutsuke_pipeline.infra.readings.role import MANAGED_POLICY, ROLE
from yorutsuke_pipeline.infra.readings.rule import RULE
from yorutsuke_pipeline.infra.readings.table import TABLE
from yorutsuke_pipeline.infra.readings.table_bucket import TABLE_BUCKET
from yorutsuke_pipeline.infra.readings.topic import SUBSCRIPTION, TOPIC, TOPIC_POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.infra.readings.reading import Reading

READINGS: Mapping[str, Reading] = {
    reading.resource_type: reading
    for reading in (
        ALARM,
        BUCKET,
        BUCKET_POLICY,
        LOG_GROUP,
        MANAGED_POLICY,
        QUEUE,
        QUEUE_POLICY,
        ROLE,
        RULE,
        SUBSCRIPTION,
        TABLE,
        TABLE_BUCKET,
        TOPIC,
        TOPIC_POLICY,
    )
}
