"""The sensor of failed days: whoever started the run, the schedule, a sensor or a person in the UI.

Kept out: failures that mend themselves. A run that Dagster starts again, or an ingest that the completion
sensor launches again, is told of only when nobody tries any more.
"""

from collections.abc import Iterator

import dagster as dg

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.sensors.completion import MOST_FAILED_INGESTS
from yorutsuke_pipeline.defs.sensors.day_runs import PARTITION_TAG, WILL_RETRY_TAG, DayRuns
from yorutsuke_pipeline.engine.alerts import Alert
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.ports import AlertChannel, IntentLedger


def build_failed_days_sensor(*, every_seconds: int) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds`."""

    # No list of jobs: materializations and backfills from the UI run under a job of Dagster's own.
    @dg.run_failure_sensor(minimum_interval_seconds=every_seconds, default_status=dg.DefaultSensorStatus.RUNNING)
    def failed_days(
        context: dg.RunFailureSensorContext,
        ledger: dg.ResourceParam[IntentLedger],
        alert_channel: dg.ResourceParam[AlertChannel],
    ) -> dg.SkipReason:
        """Tell of a run that failed, when nothing starts it again by itself."""
        run = context.dagster_run
        try:
            if _is_started_again(run, context.instance, ledger):
                return dg.SkipReason(f"run {run.run_id} failed and is started again")
            alert = _alert(run, "\n".join(_reasons(context)))
            context.log.warning("%s", alert.text)
            alert_channel.send(alert)
        except YorutsukeError as error:
            # Dagster would not call again for this run; its day is red all the same, and this is in the log.
            context.log.warning("could not tell of the failed run %s: %s", run.run_id, error)
            return dg.SkipReason(f"run {run.run_id} failed; nobody could be told: {error}")
        return dg.SkipReason(f"told: {alert.subject}")

    return failed_days


def _is_started_again(run: dg.DagsterRun, instance: dg.DagsterInstance, ledger: IntentLedger) -> bool:
    if run.tags.get(WILL_RETRY_TAG) == "true":
        return True
    name = run.tags.get(INTENT_TAG)
    if name is None or run.job_name != "ingest_results":
        return False
    intent = ledger.intent(name)
    if intent is None or not intent.is_open:
        # It did all it could: the intent is closed, and the failure says how its jobs ended.
        return False
    return DayRuns(instance).failed_ingests([name])[name] < MOST_FAILED_INGESTS


def _reasons(context: dg.RunFailureSensorContext) -> Iterator[str]:
    """Yield what each failed step said: the product's own sentence, or of a foreign error only its kind."""
    steps = context.get_step_failure_events()
    for step in steps:
        failure = step.step_failure_data
        if failure.user_failure_data is not None and failure.user_failure_data.description:
            yield f"{step.step_key}: {failure.user_failure_data.description}"
        else:
            yield f"{step.step_key}: {_kind(step)}"
    if not steps:
        yield "The run ended before any of its steps failed: its process could not start, or is gone."


def _kind(step: dg.DagsterEvent) -> str:
    """Return the class of a failure's first cause; never its text, which may quote what a receipt says."""
    error = step.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.cls_name) if error is not None else "no reason was given"


def _alert(run: dg.DagsterRun, reasons: str) -> Alert:
    day = run.tags.get(PARTITION_TAG)
    what = "A materialization" if run.job_name.startswith("__") else run.job_name
    subject, remedy = f"{what} failed", ""
    if day is not None:
        command = f"yorutsuke retry-failed --from {day} --to {day}"
        subject = f"{day} failed"
        remedy = "" if command in reasons else f"\nWhen the cause is mended: {command}"
    text = f"{what} of {day or 'several days'} failed.\n{reasons}{remedy}\nThe run in Dagster: {run.run_id}"
    return Alert(f"failed {run.run_id}", subject, text)
