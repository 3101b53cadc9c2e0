"""Runs whose process has vanished without a word, as after `kill -9` of everything or a power cut.

Dagster's own monitoring finds a dead run only while the code server that started it lives. A run that
a dead machine left STARTED would hold its day's place in the queue for ever. A code server on a port
of its own (deploy/) is back at the same address moments later: so it is asked whether the run is its.
Runs that have a pod or a task of their own carry no address of a code server, and are not judged here.
"""

import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from yorutsuke_pipeline.defs.jobs import AssetJob
from yorutsuke_pipeline.defs.sensors.forsaken_runs import requests_for_forsaken

_GRPC_TAG = ".dagster/grpc_info"
_ALIVE = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_PATIENCE_SECONDS = 2.0


def build_orphaned_runs_sensor(
    submissions: Sequence[AssetJob], ingests: Sequence[AssetJob], *, every_seconds: int
) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds` at the runs of all workloads' jobs."""
    names = [job.name for job in submissions]

    @dg.sensor(
        jobs=[*submissions, *ingests],
        minimum_interval_seconds=every_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def orphaned_runs(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        """Report runs as failed whose code server is gone; start again what Dagster will not."""
        alive = context.instance.get_runs(dg.RunsFilter(statuses=_ALIVE))
        orphans = [run for run in alive if is_orphan(run) and _is_unchanged(context.instance, run)]
        for run in orphans:
            context.instance.report_run_failed(run, "the process of this run is gone; it is started again")
        again = list(requests_for_forsaken(context.instance, names))
        reason = None if again else dg.SkipReason(f"{len(orphans)} orphaned runs found")
        return dg.SensorResult(run_requests=again, skip_reason=reason)

    return orphaned_runs


def is_orphan(run: dg.DagsterRun) -> bool:
    """Tell whether the code server that started a run is gone, or another. One that cannot be asked is not judged."""
    info = run.tags.get(_GRPC_TAG)
    if info is None:
        return False
    address = json.loads(info)
    try:
        if address.get("socket"):
            with socket.socket(socket.AF_UNIX) as knock:
                knock.settimeout(_PATIENCE_SECONDS)
                knock.connect(address["socket"])
            return False
        socket.create_connection((address.get("host", "localhost"), address["port"]), _PATIENCE_SECONDS).close()
    except (FileNotFoundError, ConnectionRefusedError):
        return True
    except OSError:
        return False
    # A run is known to its server before it is STARTED; Dagster itself gives the other two states a time limit.
    return run.status is dg.DagsterRunStatus.STARTED and not _is_known(address, run.run_id)


def _is_known(address: Mapping[str, Any], run_id: str) -> bool:
    """Tell whether the code server at `address` has the process of a run; one that does not answer may have it."""
    # Dagster's own run launcher asks in this way, and there is no public one. Loads gRPC, which no run needs.
    from dagster._core.errors import DagsterUserCodeUnreachableError  # noqa: PLC0415 — as above
    from dagster._grpc.client import DagsterGrpcClient  # noqa: PLC0415 — as above
    from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult  # noqa: PLC0415 — as above
    from dagster._serdes import deserialize_value  # noqa: PLC0415 — as above

    client = DagsterGrpcClient(
        host=address.get("host", "localhost"), port=address["port"], use_ssl=bool(address.get("use_ssl"))
    )
    try:
        answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id), timeout=int(_PATIENCE_SECONDS))
    except DagsterUserCodeUnreachableError:
        return True
    return deserialize_value(answer, CanCancelExecutionResult).can_cancel


def _is_unchanged(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Tell whether a run that nobody knows is not simply over: its end is written down before its process ends."""
    now = instance.get_run_by_id(run.run_id)
    return now is not None and now.status is run.status
