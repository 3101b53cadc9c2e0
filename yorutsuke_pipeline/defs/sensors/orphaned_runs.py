"""Runs whose process has vanished without a word, as after `kill -9` of everything or a power cut.

Dagster's own monitoring finds a dead run only while the code server that started it lives. A run that
a dead machine left STARTED would hold its day's place in the queue for ever.
"""

import json
import socket

import dagster as dg

_GRPC_TAG = ".dagster/grpc_info"
_ALIVE = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_PATIENCE_SECONDS = 2.0


def build_orphaned_runs_sensor(*, every_seconds: int) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds`."""

    @dg.sensor(minimum_interval_seconds=every_seconds, default_status=dg.DefaultSensorStatus.RUNNING)
    def orphaned_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        """Report runs as failed whose code server is gone; Dagster then starts them again."""
        orphans = [run for run in context.instance.get_runs(dg.RunsFilter(statuses=_ALIVE)) if is_orphan(run)]
        for run in orphans:
            context.instance.report_run_failed(run, "the process of this run is gone; it is started again")
        return dg.SkipReason(f"{len(orphans)} orphaned runs found")

    return orphaned_runs


def is_orphan(run: dg.DagsterRun) -> bool:
    """Tell whether the code server that started a run is gone. One that cannot be asked is not judged."""
    info = run.tags.get(_GRPC_TAG)
    if info is None:
        return False
    address = json.loads(info)
    try:
        if address.get("socket"):
            with socket.socket(socket.AF_UNIX) as knock:
                knock.settimeout(_PATIENCE_SECONDS)
                knock.connect(address["socket"])
        else:
            socket.create_connection((address.get("host", "localhost"), address["port"]), _PATIENCE_SECONDS).close()
    except (FileNotFoundError, ConnectionRefusedError):
        return True
    except OSError:
        return False
    return False
