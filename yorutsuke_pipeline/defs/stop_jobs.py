"""stop_jobs: a person's way in the UI to stop what Bedrock still does for a day. Nothing launches it by itself."""

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.jobs import WORKLOAD_TAG
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.defs.tables import markdown_table
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.stopping import StopOutcome

STOP_JOBS = "stop_jobs"


def build_stop_jobs(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.JobDefinition:
    """Return the job over `days`."""

    @dg.op(name=blueprint.job("stop_open_jobs"), required_resource_keys={blueprint.name})
    def stop_open_jobs(context: dg.OpExecutionContext) -> None:
        """Have every job of the day stopped that has not ended; the completion sensor does the rest."""
        stopper = stages_of(context, blueprint).stopper
        with clear_failures():
            stops = stopper.stop(stopper.of_day(parse_day(context.partition_key)))
        rows = [
            {"job": stop.job.job_id or stop.job.job_name, "became": stop.outcome, "why": stop.reason} for stop in stops
        ]
        context.add_output_metadata({"jobs": markdown_table(rows, ["job", "became", "why"])})
        left = [row for row, stop in zip(rows, stops, strict=True) if stop.must_be_seen_to]
        if left:
            said = "; ".join(f"{row['job']}: {row['why']}" for row in left)
            raise dg.Failure(description=f"{len(left)} of {len(stops)} jobs were not stopped: {said}")
        for stop in stops:
            if stop.outcome is StopOutcome.LEFT:
                # Asked on demand: no failure, since no other run of this job could stop it either.
                context.log.warning("%s goes on: %s", stop.job.job_name, stop.reason)
        context.log.info("%d jobs: %s", len(stops), rows)

    @dg.job(
        name=blueprint.job(STOP_JOBS),
        tags={WORKLOAD_TAG: blueprint.name},
        partitions_def=days,
        description="Stop a day's open jobs at Bedrock. What they answered is kept, the rest goes back in line.",
    )
    def stop_jobs() -> None:
        stop_open_jobs()

    return stop_jobs
