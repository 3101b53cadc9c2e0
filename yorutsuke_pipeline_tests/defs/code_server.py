"""A code server that runs nothing: it answers which runs it has, on a port of loopback."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]  # as below: what gRPC generates has no types
from dagster._grpc.__generated__ import dagster_api_pb2
from dagster._grpc.__generated__.dagster_api_pb2_grpc import DagsterApiServicer, add_DagsterApiServicer_to_server
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value, serialize_value

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Servicer(DagsterApiServicer):
    def __init__(self, run_ids: frozenset[str]) -> None:
        self._run_ids = run_ids

    def CanCancelExecution(self, request: Any, context: object) -> Any:  # noqa: ANN401, ARG002, N802 — gRPC's signature
        asked = deserialize_value(request.serialized_can_cancel_execution_request, CanCancelExecutionRequest)
        answer = CanCancelExecutionResult(can_cancel=asked.run_id in self._run_ids)
        return dagster_api_pb2.CanCancelExecutionReply(serialized_can_cancel_execution_result=serialize_value(answer))


@contextmanager
def code_server(*run_ids: str) -> Iterator[dict[str, object]]:
    """Run one that has these runs; yield its address as Dagster writes it on a run."""
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    add_DagsterApiServicer_to_server(_Servicer(frozenset(run_ids)), server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield {"host": "127.0.0.1", "port": port}
    finally:
        server.stop(grace=None).wait()
