"""Launching days from the command line: which failed, which are busy, and putting runs into the queue."""

from datetime import date, datetime, timezone
from pathlib import Path

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.launching import LaunchedRun, Launchpad, launchpad
from yorutsuke_pipeline.defs.partitions import build_days
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.retrying import Half
from yorutsuke_pipeline.workloads.receipts.line import BLUEPRINT

FIRST = date(2026, 1, 1)
NINTH, TENTH, ELEVENTH = date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 11)
ROOT = Path(__file__).parents[2]


def run_manifest(instance: dg.DagsterInstance, day: date, *, fails: bool, only: str | None = None) -> None:
    @dg.asset(partitions_def=build_days(FIRST))
    def manifest() -> None:
        if fails:
            raise dg.Failure("the budget is passed\nof the day", allow_retries=False)

    tags = {} if only is None else {INTENT_TAG: only}
    dg.materialize([manifest], partition_key=day.isoformat(), instance=instance, raise_on_error=False, tags=tags)


def an_intent(name: str, day: date = NINTH, status: IntentStatus = IntentStatus.MANIFESTED) -> Intent:
    made = datetime(2026, 1, 10, tzinfo=timezone.utc)
    return Intent(name, "receipts", day, "a-model", "1", "trace", created_at=made, status=status)


def failed_days(instance: dg.DagsterInstance, *open_intents: Intent) -> list[date]:
    pad = Launchpad(BLUEPRINT, instance, ROOT, None)
    return pad.failed_days(FIRST, TENTH, first_partition=FIRST, open_intents=open_intents)


def test_a_day_is_failed_until_it_has_succeeded() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        pad = Launchpad(BLUEPRINT, instance, ROOT, None)
        run_manifest(instance, NINTH, fails=True)
        run_manifest(instance, TENTH, fails=False)
        run_manifest(instance, ELEVENTH, fails=True)
        run_manifest(instance, ELEVENTH, fails=False)

        assert pad.failed_days(FIRST, ELEVENTH, first_partition=FIRST, open_intents=[]) == [NINTH]
        assert pad.failed_days(TENTH, ELEVENTH, first_partition=FIRST, open_intents=[]) == []


@pytest.mark.parametrize("own", [True, False], ids=["its own run", "a run of its whole day"])
def test_a_day_that_another_intents_run_turned_green_is_failed_while_an_intents_last_run_is(*, own: bool) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run_manifest(instance, NINTH, fails=True, only="one" if own else None)
        run_manifest(instance, NINTH, fails=False, only="two")

        assert failed_days(instance) == []
        assert failed_days(instance, an_intent("two"), an_intent("one")) == [NINTH]
        assert failed_days(instance, an_intent("one", ELEVENTH)) == []

        run_manifest(instance, NINTH, fails=False, only="one")
        assert failed_days(instance, an_intent("two"), an_intent("one")) == []


@pytest.mark.parametrize("job", ["submit_batch", "__ASSET_JOB"])
def test_answers_that_could_not_be_read_are_not_forgotten_for_a_submission_that_succeeded(job: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        partition = {"dagster/partition": NINTH.isoformat()}
        failure, success = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS
        instance.add_run(dg.DagsterRun("ingest_results", status=failure, tags={**partition, INTENT_TAG: "one"}))
        chosen = frozenset({dg.AssetKey(["manifest"])})
        instance.add_run(dg.DagsterRun(job, status=success, tags=partition, asset_selection=chosen))

        assert failed_days(instance, an_intent("one", status=IntentStatus.SUBMITTED)) == [NINTH]
        assert failed_days(instance, an_intent("one", status=IntentStatus.MANIFESTED)) == []


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
