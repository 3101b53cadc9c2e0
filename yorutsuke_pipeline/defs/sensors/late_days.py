"""The sensor of what takes too long: days past their deadline, jobs that wait.

What is too long is `engine/lateness.py`. The cursor holds what was said, so that it is said once.
"""

import json
from collections.abc import Sequence

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.engine.alerts import in_one
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.terms import command

# A tick is kept for days, and a person reads only the first few.
_NAMED = 10


def build_late_days_sensor(blueprints: Sequence[Blueprint], *, every_seconds: int, is_on: bool) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds`, from the beginning or when a person turns it on."""
    others = "; ".join(command(each.name, "jobs --open") for each in blueprints)
    status = dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED

    @dg.sensor(
        minimum_interval_seconds=every_seconds,
        default_status=status,
        required_resource_keys={"alert_channel", *(each.name for each in blueprints)},
    )
    def late_days(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        """Tell of days that are not closed by their deadline, and of jobs that wait too long; of each once."""
        with clear_failures():
            late = [alert for each in blueprints for alert in stages_of(context, each).lateness.alerts()]
        said = _said(context.cursor)
        unsaid = [alert for alert in late if alert.key not in said]
        for alert in unsaid:
            context.log.warning("%s", alert.text)
        if unsaid:
            try:
                context.resources.alert_channel.send(in_one(unsaid, others=others))
            except YorutsukeError as error:
                # Not noted as said: the next tick tries again.
                context.log.warning("the alert topic was not reached: %s", error)
                return dg.SkipReason(f"{len(unsaid)} alerts could not be sent: {error}")
        # What is no longer late is forgotten, so the cursor stays small.
        context.update_cursor(json.dumps([alert.key for alert in late]))
        subjects = "; ".join(alert.subject for alert in late[:_NAMED])
        return dg.SkipReason(
            f"{len(late)} late, {len(unsaid)} of these told now: {subjects}" if late else "none is late"
        )

    return late_days


def _said(cursor: str | None) -> set[str]:
    """Return the keys of what was said; none at the first tick, and for a cursor that is not ours."""
    try:
        keys = json.loads(cursor or "[]")
    except ValueError:
        return set()
    return {key for key in keys if isinstance(key, str)} if isinstance(keys, list) else set()
