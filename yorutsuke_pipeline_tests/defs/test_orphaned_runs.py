"""Orphaned runs: which are judged dead, and which are left in peace."""

from __future__ import annotations

import json
import socket
import tempfile
from pathlib import Path

import dagster as dg

from yorutsuke_pipeline.defs.sensors.orphaned_runs import is_orphan
from yorutsuke_pipeline_tests.defs.code_server import code_server
from yorutsuke_pipeline_tests.defs.days import definitions


def _run_of(
    address: dict[str, object],
    run_id: str | None = None,
    status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED,
) -> dg.DagsterRun:
    tags = {".dagster/grpc_info": json.dumps(address)}
    return dg.DagsterRun(job_name="submit_batch", run_id=run_id, status=status, tags=tags)


def test_a_run_whose_code_server_listens_lives() -> None:
    # A socket's path may have some hundred characters only, which pytest's own folders pass.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = str(Path(folder) / "grpc")
        server.bind(path)
        server.listen()

        assert not is_orphan(_run_of({"host": "localhost", "socket": path}))


def test_a_run_whose_code_server_is_gone_is_an_orphan(tmp_path: Path) -> None:
    assert is_orphan(_run_of({"host": "localhost", "socket": str(tmp_path / "gone")}))


def test_a_run_whose_code_server_left_its_port_is_an_orphan() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert is_orphan(_run_of({"host": "127.0.0.1", "port": port}))


def test_a_run_that_the_code_server_at_its_port_has_lives() -> None:
    with code_server("a-run") as address:
        assert not is_orphan(_run_of(address, "a-run"))


def test_a_run_whose_code_server_was_started_anew_at_the_same_port_is_an_orphan() -> None:
    with code_server("another-run") as address:
        assert is_orphan(_run_of(address, "a-run"))


def test_a_run_that_is_being_handed_to_its_code_server_is_not_judged() -> None:
    with code_server() as address:
        assert not is_orphan(_run_of(address, "a-run", dg.DagsterRunStatus.STARTING))


def test_a_run_whose_code_server_listens_and_does_not_answer_is_not_judged() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        assert not is_orphan(_run_of({"host": "127.0.0.1", "port": server.getsockname()[1]}))


def test_a_run_that_says_nothing_of_its_server_is_not_judged() -> None:
    assert not is_orphan(dg.DagsterRun(job_name="submit_batch", status=dg.DagsterRunStatus.STARTED))


def test_an_orphan_is_reported_failed_so_that_dagster_starts_it_again(tmp_path: Path) -> None:
    sensor = definitions().get_repository_def().get_sensor_def("orphaned_runs")
    with dg.DagsterInstance.ephemeral() as instance:
        orphan = _run_of({"socket": str(tmp_path / "gone")})
        instance.add_run(orphan)

        sensor(dg.build_sensor_context(instance=instance))

        found = instance.get_run_by_id(orphan.run_id)
        assert found is not None
        assert found.status is dg.DagsterRunStatus.FAILURE
