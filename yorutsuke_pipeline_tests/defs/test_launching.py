"""Launching days from the command line: which failed, which are busy, and putting runs into the queue."""

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.launching import LaunchedRun, Launchpad, launchpad
from yorutsuke_pipeline.defs.partitions import build_days
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.retrying import Half
from yorutsuke_pipeline.workloads.receipts.line import BLUEPRINT

FIRST = date(2026, 1, 1)
NINTH, TENTH, ELEVENTH = date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 11)
ROOT = Path(__file__).parents[2]


def run_manifest(instance: dg.DagsterInstance, day: date, *, fails: bool) -> None:
    @dg.asset(partitions_def=build_days(FIRST))
    def manifest() -> None:
        if fails:
            raise dg.Failure("the budget is passed\nof the day", allow_retries=False)

    dg.materialize([manifest], partition_key=day.isoformat(), instance=instance, raise_on_error=False)


def test_a_day_is_failed_until_it_has_succeeded() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        pad = Launchpad(BLUEPRINT, instance, ROOT, None)
        run_manifest(instance, NINTH, fails=True)
        run_manifest(instance, TENTH, fails=False)
        run_manifest(instance, ELEVENTH, fails=True)
        run_manifest(instance, ELEVENTH, fails=False)

        assert pad.failed_days(FIRST, ELEVENTH, first_partition=FIRST) == [NINTH]
        assert pad.failed_days(TENTH, ELEVENTH, first_partition=FIRST) == []


def test_a_day_with_a_run_that_has_not_ended_is_busy() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for day, status in ((NINTH, dg.DagsterRunStatus.NOT_STARTED), (TENTH, dg.DagsterRunStatus.SUCCESS)):
            run = dg.DagsterRun("submit_batch", tags={"dagster/partition": day.isoformat()}, status=status)
            instance.run_storage.add_run(run)

        assert Launchpad(BLUEPRINT, instance, ROOT, None).busy_days([NINTH, TENTH, ELEVENTH]) == {NINTH}


def test_a_run_that_is_waited_for_and_fails_says_why_in_a_line() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run_manifest(instance, NINTH, fails=True)
        run_manifest(instance, TENTH, fails=False)
        runs = [
            LaunchedRun(run.run_id, date.fromisoformat(run.tags["dagster/partition"]), Half.SUBMIT, "QUEUED")
            for run in instance.get_runs()
        ]

        ended = Launchpad(BLUEPRINT, instance, ROOT, None).wait(runs, lambda _done, _total: None)

    assert {run.day: (run.status, run.failure) for run in ended} == {
        NINTH: ("FAILURE", "manifest: the budget is passed"),
        TENTH: ("SUCCESS", None),
    }


def test_a_folder_without_dagsters_history_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workspace.yaml").touch()
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match=f"set DAGSTER_HOME .* in {tmp_path}"), launchpad(BLUEPRINT):
        pass

    assert Path.cwd() == tmp_path


@pytest.mark.end_to_end
def test_runs_wait_in_the_queue_of_plain_dagster_dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("workspace.yaml", "dagster.yaml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv("YORUTSUKE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    with launchpad(BLUEPRINT) as pad:
        runs = pad.launch(Half.SUBMIT, [NINTH, TENTH])
        busy = pad.busy_days([NINTH, TENTH, ELEVENTH])
        is_alive = pad.daemon_is_alive()

    assert [(run.day, run.half, run.status) for run in runs] == [
        (NINTH, Half.SUBMIT, "QUEUED"),
        (TENTH, Half.SUBMIT, "QUEUED"),
    ]
    assert busy == {NINTH, TENTH}
    assert not is_alive
    assert (tmp_path / ".dagster").is_dir()
