"""The sensor of failed days: whoever started the run, the schedule, a sensor or a person in the UI.

A plain sensor and not Dagster's `run_failure_sensor`: that one calls once for each run, and never again when
nobody could be told. The cursor is the number of the last failure, in Dagster's event log, that was told of.

Kept out: failures that mend themselves. A run that Dagster starts again, or an ingest or an order that the
completion sensor launches again, is told of only when nobody tries any more.
"""

from collections.abc import Collection, Sequence

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.run_failures import failure_reasons
from yorutsuke_pipeline.defs.sensors.completion import MOST_FAILURES
from yorutsuke_pipeline.defs.sensors.day_runs import PARTITION_TAG, WILL_RETRY_TAG, DayRuns
from yorutsuke_pipeline.defs.stop_jobs import STOP_JOBS
from yorutsuke_pipeline.engine.alerts import Alert, in_one
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.intent import Intent
from yorutsuke_pipeline.engine.ports import AlertChannel, IntentLedger
from yorutsuke_pipeline.engine.retrying import Half
from yorutsuke_pipeline.engine.terms import DEFAULT_WORKLOAD, command

# Each costs a query for its reasons; what failed beyond them comes with the next tick.
_MOST_AT_ONCE = 200
# SNS takes 256 KB, and what it refuses would be sent again for ever: 50 alerts of these in UTF-8 stay below.
_LONGEST_REASONS = 1_000


def build_failed_days_sensor(blueprints: Sequence[Blueprint], *, every_seconds: int) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds`."""

    # No list of jobs: materializations and backfills from the UI run under a job of Dagster's own.
    @dg.sensor(minimum_interval_seconds=every_seconds, default_status=dg.DefaultSensorStatus.RUNNING)
    def failed_days(
        context: dg.SensorEvaluationContext,
        product: dg.ResourceParam[Composition],
        alert_channel: dg.ResourceParam[AlertChannel],
    ) -> dg.SkipReason:
        """Tell of the runs that failed and that nothing starts again by itself; of all in one message, once."""
        told = _told(context.cursor)
        if told is None:
            # What failed before anybody listened is no news.
            context.update_cursor(str(_newest(context.instance)))
            return dg.SkipReason("from now on, failed runs are told of")
        last, runs = _failed_since(context.instance, told)
        with clear_failures():
            day_runs = DayRuns(context.instance, blueprints)
            left = _left_to_people(runs, day_runs, product.ledger)
        stops = {each.job(STOP_JOBS) for each in blueprints}
        alerts = [_alert(run, day_runs, is_stop=run.job_name in stops) for run in left]
        for alert in alerts:
            context.log.warning("%s", alert.text)
        said = f"{len(runs)} runs failed, nothing to tell"
        if alerts:
            message = in_one(alerts, others="the failed runs in Dagster")
            try:
                alert_channel.send(message)
            except YorutsukeError as error:
                # The cursor stays where it is: the next tick tries again.
                context.log.warning("the alert topic was not reached: %s", error)
                return dg.SkipReason(f"{len(alerts)} alerts could not be sent: {error}")
            said = f"told: {message.subject}"
        context.update_cursor(str(last))
        return dg.SkipReason(said)

    return failed_days


def _told(cursor: str | None) -> int | None:
    """Return the number of the last failure that was told of; None at the first tick, and for a foreign cursor."""
    try:
        return int(cursor) if cursor else None
    except ValueError:
        return None


def _newest(instance: dg.DagsterInstance) -> int:
    newest = instance.fetch_run_status_changes(dg.DagsterEventType.RUN_FAILURE, limit=1).records
    return newest[0].storage_id if newest else 0


def _failed_since(instance: dg.DagsterInstance, told: int) -> tuple[int, list[dg.DagsterRun]]:
    """Return the number of the last failure after `told` that is looked at, and the runs of all, the oldest first."""
    wanted = dg.RunStatusChangeRecordsFilter(dg.DagsterEventType.RUN_FAILURE, after_storage_id=told)
    failures = instance.fetch_run_status_changes(wanted, limit=_MOST_AT_ONCE, ascending=True).records
    if not failures:
        return told, []
    names = list(dict.fromkeys(failure.event_log_entry.run_id for failure in failures))
    runs = {run.run_id: run for run in instance.get_runs(dg.RunsFilter(run_ids=names))}
    # A run that was deleted since is nobody's any more.
    return failures[-1].storage_id, [runs[name] for name in names if name in runs]


def _left_to_people(runs: Sequence[dg.DagsterRun], day_runs: DayRuns, ledger: IntentLedger) -> list[dg.DagsterRun]:
    """Return the runs that nothing starts again."""
    final = [run for run in runs if run.tags.get(WILL_RETRY_TAG) != "true"]
    again = {half: _launched_again(half, final, day_runs, ledger) for half in Half}
    names = {name: half for half in Half for name in day_runs.names(half)}
    return [
        run for run in final if run.job_name not in names or run.tags.get(INTENT_TAG) not in again[names[run.job_name]]
    ]


def _launched_again(
    half: Half, runs: Sequence[dg.DagsterRun], day_runs: DayRuns, ledger: IntentLedger
) -> Collection[str]:
    """Return the intents for which the completion sensor launches a half once more."""
    names = day_runs.names(half)
    tried = {run.tags[INTENT_TAG] for run in runs if run.job_name in names and INTENT_TAG in run.tags}
    failed = day_runs.failures(half, tried)
    return {name for name in tried if failed[name] < MOST_FAILURES and _is_tried_again(half, ledger.intent(name))}


def _is_tried_again(half: Half, intent: Intent | None) -> bool:
    """Tell whether the sensor goes on with an intent; of a closed one the failure says how its jobs ended."""
    return intent is not None and intent.is_open and (half is Half.INGEST or intent.order is not None)


def _alert(run: dg.DagsterRun, day_runs: DayRuns, *, is_stop: bool) -> Alert:
    day = run.tags.get(PARTITION_TAG)
    # A run of several workloads names the first: `retry-failed` of each finds what is red of it.
    workload = min(filter(None, day_runs.workloads_of(run)), default=DEFAULT_WORKLOAD)
    what = "A materialization" if run.job_name.startswith("__") else run.job_name
    reasons = _cut("\n".join(failure_reasons(run, day_runs.instance)))
    subject, remedy = f"{what} failed", ""
    if day is not None and is_stop:
        # Nothing of the day is red, so there is nothing to retry.
        subject = f"jobs of {day} were not stopped"
        remedy = f"\nThey go on, and cost. Do what the reasons say, then: {command(workload, f'jobs stop {day}')}"
    elif day is not None:
        again = command(workload, f"retry-failed --from {day} --to {day}")
        subject = f"{day} failed"
        remedy = "" if again in reasons else f"\nWhen the cause is mended: {again}"
    text = f"{what} of {day or 'several days'} failed.\n{reasons}{remedy}\nThe run in Dagster: {run.run_id}"
    return Alert(f"failed {run.run_id}", subject, text)


def _cut(reasons: str) -> str:
    return reasons if len(reasons) <= _LONGEST_REASONS else f"{reasons[:_LONGEST_REASONS]} …"
