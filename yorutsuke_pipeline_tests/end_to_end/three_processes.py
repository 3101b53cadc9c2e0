"""Webserver, daemon and code server as processes of their own, configured by the committed files in deploy/."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import boto3

from yorutsuke_pipeline_tests.end_to_end.dagster_dev import CHECKOUT, DagsterDev, until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from yorutsuke_pipeline_tests.end_to_end.postgres import Postgres

_LOGS_BUCKET = "compute-logs-of-a-test"
_REGION = "us-east-1"  # the embedded AWS's own, unless it is told another
NAMES = ("code", "daemon", "webserver")


class ThreeProcesses(DagsterDev):
    """One PostgreSQL, one embedded AWS, and the three processes, each of which can be killed and started again."""

    def __init__(self, folder: Path, settings: Mapping[str, str], postgres: Postgres) -> None:
        super().__init__(folder, settings, configuration=CHECKOUT / "deploy")
        # The one change to the committed file: a person waits half a minute, a test does not.
        instance = folder / "dagster.yaml"
        text, changed = re.subn(r"poll_interval_seconds: 30", "poll_interval_seconds: 2", instance.read_text())
        assert changed == 1
        instance.write_text(text)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._port, self._code_port = _free_ports(2)
        self.environment.update(
            postgres.environment(),
            DAGSTER_CODE_HOST="127.0.0.1",
            DAGSTER_CODE_PORT=str(self._code_port),
            DAGSTER_COMPUTE_LOGS_BUCKET=_LOGS_BUCKET,
            # Dagster's own S3 client, unlike ours, does not know the embedded AWS without being told.
            AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test",
            AWS_DEFAULT_REGION=_REGION,
        )

    def make_logs_bucket(self, endpoint: str) -> None:
        """Make the bucket that the processes write Dagster's logs to."""
        self._s3(endpoint).create_bucket(Bucket=_LOGS_BUCKET)

    def logs(self, endpoint: str) -> list[str]:
        """Return the keys of what was written to that bucket."""
        return [each["Key"] for each in self._s3(endpoint).list_objects_v2(Bucket=_LOGS_BUCKET).get("Contents", [])]

    def start(self) -> None:
        """Start all three, and wait until the webserver shows what the code server has loaded."""
        # Three that make the tables at once get in each other's way, and one of them dies of it.
        subprocess.run(
            [sys.executable, "-m", "dagster", "instance", "migrate"],
            cwd=self.folder,
            env=self.environment,
            check=True,
            capture_output=True,
        )
        for name in NAMES:
            self.start_one(name)
        self.wait_until_up()

    def start_one(self, name: str) -> None:
        """Start a process; as under systemd and compose, whoever comes too early tries again."""
        host = ("-h", "127.0.0.1")
        command = {
            "code": ("dagster", "api", "grpc", "-m", "yorutsuke_pipeline.definitions", *host, "-p", self._code_port),
            "daemon": ("dagster._daemon", "run", "-w", "workspace.yaml"),
            "webserver": ("dagster_webserver", "-w", "workspace.yaml", *host, "-p", self._port),
        }[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", *map(str, command)],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_up(self) -> None:
        """Wait until the webserver answers with the assets."""
        until(self._is_up, "the webserver shows the assets", seconds=90)

    def kill_one(self, name: str) -> None:
        """SIGKILL a process and its children, as the end of a container or of systemd's unit does."""
        process = self._processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_runs(self) -> int:
        """SIGKILL the processes of the runs under way, and nothing else; return how many there were."""
        code = self._processes["code"].pid
        runs = [pid for pid in _children(code) if "spawn_main" in _words(pid)]
        for pid in runs:
            os.kill(pid, signal.SIGKILL)
        return len(runs)

    def kill(self) -> None:
        """End all of it at once."""
        for name in list(self._processes):
            self.kill_one(name)

    def output(self, name: str) -> str:
        """Return the last of what a process said."""
        return (self.folder / f"{name}.log").read_text()[-4000:]

    def _is_up(self) -> bool:
        process = self._processes["webserver"]
        assert process.poll() is None, self.output("webserver")
        with suppress(OSError, ValueError, KeyError, AssertionError):
            return "ranges" in self._asset("manifest", "2026-01-01")["assetPartitionStatuses"]
        return False

    def _s3(self, endpoint: str) -> S3Client:
        return boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=_REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _children(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def _words(pid: int) -> str:
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False)
    return listed.stdout.decode()
