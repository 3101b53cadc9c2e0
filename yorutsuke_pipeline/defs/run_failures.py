"""Why a run failed, by Dagster's event log, in words that may be shown and sent.

What is kept out: text of errors that are not the product's, which may quote what a receipt says.
"""

from collections.abc import Iterator

import dagster as dg


def failure_reasons(run: dg.DagsterRun, instance: dg.DagsterInstance) -> Iterator[str]:
    """Yield what each failed step said: the product's own sentence, or of a foreign error only its kind."""
    steps = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    for step in (record.event_log_entry.get_dagster_event() for record in steps):
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
