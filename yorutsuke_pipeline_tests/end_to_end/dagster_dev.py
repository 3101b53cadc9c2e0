"""A `dagster dev` of its own for a test: its processes, its GraphQL, and how to kill all of it.

It runs in a folder with copies of the committed workspace.yaml and dagster.yaml, so what is tried is
what a user starts.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHECKOUT = Path(__file__).resolve().parents[2]
_REPOSITORY = {"repositoryLocationName": "yorutsuke_pipeline", "repositoryName": "__repository__"}
_LAUNCH = """mutation Launch($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_RUNS = """query Runs($filter: RunsFilter) { runsOrError(filter: $filter) {
  __typename ... on Runs { results { runId status jobName } } ... on PythonError { message } } }"""
_ASSET = """query Asset($key: AssetKeyInput!, $partitions: [String!]) {
  assetNodeOrError(assetKey: $key) { __typename ... on AssetNode {
    latestMaterializationByPartition(partitions: $partitions) { runId metadataEntries { __typename label
      ... on IntMetadataEntry { intValue } ... on TextMetadataEntry { text } } }
    assetPartitionStatuses { __typename ... on TimePartitionStatuses { ranges { status startKey endKey } } } } } }"""
_FAILURES = """query Failures($run: ID!) { runOrError(runId: $run) { ... on Run { eventConnection {
  events { __typename ... on ExecutionStepFailureEvent { stepKey error { message } } } } } } }"""
_BACKFILL = """mutation Backfill($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""

Found = TypeVar("Found")


class DagsterDev:
    """One folder, one embedded AWS, one `dagster dev` at a time."""

    def __init__(self, folder: Path, settings: Mapping[str, str], *, configuration: Path = CHECKOUT) -> None:
        self.folder = folder
        for name in ("workspace.yaml", "dagster.yaml"):
            shutil.copy(configuration / name, folder / name)
        # Of PYTHON*: without bytecode on disk each of the many processes would compile all of it again.
        foreign = ("YORUTSUKE_", "AWS_", "DAGSTER_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.environment = {
            **kept,
            # What is tried is this checkout, whichever one the environment has installed.
            "PYTHONPATH": str(CHECKOUT),
            "DAGSTER_HOME": str(folder),
            "YORUTSUKE_HOME": str(folder / "aws"),
            "YORUTSUKE_SAMPLES": "false",
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def start(self) -> None:
        """Start it and wait until it has loaded the code."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        log = (self.folder / "dagster-dev.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(self._port)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        until(self._is_up, "dagster dev answers", seconds=90)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End every process of it at once, runs included, without a word."""
        self._end(signal.SIGKILL)

    def kill_embedded_aws(self) -> None:
        """End the embedded AWS without a word."""
        endpoint = json.loads((self.folder / "aws" / "endpoint.json").read_text())
        os.kill(endpoint["pid"], signal.SIGKILL)

    def command(self, *words: str) -> dict[str, Any]:
        """Run `yorutsuke` in the same surroundings; return its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "yorutsuke_pipeline.cli", *words, "--json"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
        return dict(json.loads(done.stdout))

    def launch(self, job: str, day: str, *, location: str = "yorutsuke_pipeline") -> str:
        """Launch a job of a code location for a day; return the run's id."""
        params = {
            "selector": {**_REPOSITORY, "repositoryLocationName": location, "jobName": job},
            "runConfigData": {},
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": day}]},
        }
        answer = self._ask(_LAUNCH, params=params)["launchPipelineExecution"]
        return str(answer["run"]["runId"])

    def backfill(self, job: str, days: list[str]) -> None:
        """Launch a backfill of a job over days."""
        selector = {"partitionSetName": f"{job}_partition_set", "repositorySelector": _REPOSITORY}
        params = {"selector": selector, "partitionNames": days}
        answer = self._ask(_BACKFILL, params=params)["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer

    def runs(self, day: str) -> list[dict[str, str]]:
        """Return the runs of a day, the newest first."""
        wanted = {"tags": [{"key": "dagster/partition", "value": day}]}
        return list(self._ask(_RUNS, filter=wanted)["runsOrError"]["results"])

    def status(self, asset: str, day: str) -> str | None:
        """Return the status of an asset's partition, or None while it has none."""
        node = self._asset(asset, day)
        for span in node["assetPartitionStatuses"].get("ranges", []):
            if span["startKey"] <= day <= span["endKey"]:
                return str(span["status"])
        return None

    def metadata(self, asset: str, day: str) -> dict[str, Any]:
        """Return the numbers and texts of the latest materialization of a day."""
        (latest,) = self._asset(asset, day)["latestMaterializationByPartition"]
        return {entry["label"]: entry.get("intValue", entry.get("text")) for entry in latest["metadataEntries"]}

    def failure(self, run_id: str) -> str:
        """Return what the failed step of a run said."""
        events = self._ask(_FAILURES, run=run_id)["runOrError"]["eventConnection"]["events"]
        return "\n".join(event["error"]["message"] for event in events if event.get("error"))

    def _asset(self, asset: str, day: str) -> dict[str, Any]:
        return dict(self._ask(_ASSET, key={"path": [asset]}, partitions=[day])["assetNodeOrError"])

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "dagster-dev.log").read_text()[-3000:]
        with suppress(OSError, ValueError, KeyError):
            return "ranges" in self._asset("manifest", "2026-01-01")["assetPartitionStatuses"]
        return False

    def _ask(self, query: str, **variables: object) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/graphql",
            body,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 — as above
            answer = json.load(response)
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=30)
        # Runs and the code server outlive Ctrl-C for a while; a test must leave nothing behind.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


def until(look: Callable[[], Found | None], what: str, *, seconds: float) -> Found:
    """Look again until what is seen is true; fail, saying what was waited for, after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")
