import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws, record
from yorutsuke_pipeline_tests.local_aws.bedrock.conftest import fresh
from yorutsuke_pipeline_tests.local_aws.bedrock.served import Served, free_port, listens, until


def test_a_stopped_job_writes_what_was_answered(aws: Aws, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    quick = [record(f"QUICK{n:06d}") for n in range(3)]
    aws.put("in/a.jsonl", *quick, *[record(f"SLOW{n:07d}", f"wait {gate}") for n in range(5)])
    arn = aws.create("stopped", "in/")
    # Not all three: two records are under way at once, and a slow one may overtake the last quick one.
    until(lambda: processed(aws, arn) >= 2, "two answers")

    aws.bedrock.stop_model_invocation_job(jobIdentifier=arn)
    stopping = aws.bedrock.get_model_invocation_job(jobIdentifier=arn)
    aws.bedrock.stop_model_invocation_job(jobIdentifier=arn)
    gate.touch()
    job = aws.ended(arn)

    lines = aws.lines(arn, "a.jsonl.out")
    assert (stopping["status"], job["status"]) == ("Stopping", "Stopped")
    assert 2 <= len(lines) < 8  # what was under way when the stop came is finished, the rest is not begun
    assert json.loads(aws.output(arn)["manifest.json.out"])["processedRecordCount"] == len(lines)


def test_a_job_stopped_before_it_began_has_no_output(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"))
    aws.set_faults(jobs=[{"hang_in": "Scheduled"}])
    arn = aws.create("stopped-early", "in/")
    until(lambda: aws.bedrock.get_model_invocation_job(jobIdentifier=arn)["status"] == "Scheduled", "Scheduled")

    aws.bedrock.stop_model_invocation_job(jobIdentifier=arn)

    assert aws.ended(arn)["status"] == "Stopped"
    assert aws.output(arn) == {}


def test_a_job_goes_on_where_it_was_after_an_orderly_restart(own_service: Served) -> None:
    aws = fresh(own_service)
    aws.put("in/a.jsonl", record("RECORD00001"))
    aws.set_faults(jobs=[{"hang_in": "Scheduled"}])
    arn = aws.create("interrupted", "in/")
    until(lambda: aws.bedrock.get_model_invocation_job(jobIdentifier=arn)["status"] == "Scheduled", "Scheduled")
    assert own_service.service.is_busy()

    own_service.restart()
    aws.set_faults()

    assert aws.ended(arn)["status"] == "Completed"
    until(lambda: not own_service.service.is_busy(), "the service is idle again")


def test_copies_of_input_that_a_dead_process_left_are_removed_at_the_start(own_service: Served) -> None:
    leftover = own_service.state_dir / "bedrock-jobs" / "abcdefghijkl"
    leftover.mkdir(parents=True)
    (leftover / "0.jsonl").write_text("{}")

    own_service.restart()

    assert not leftover.exists()


def test_after_a_kill_in_mid_job_no_answered_record_is_asked_again(tmp_path: Path, s3_url: str) -> None:
    gate, notes, state = tmp_path / "gate", tmp_path / "notes", tmp_path / "state"
    port = free_port()
    aws = Aws(f"http://127.0.0.1:{port}", s3_url, f"killed{os.getpid()}")
    aws.s3.create_bucket(Bucket=aws.bucket, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    quick = [record(f"QUICK{n}", f"note {notes} QUICK{n}") for n in range(5)]
    slow = [record(f"SLOW{n}", f"wait {gate}") for n in range(3)]
    aws.put("in/a.jsonl", *quick, *slow)

    with running_alone(port, state, s3_url) as first:
        aws.set_faults()
        arn = aws.create("killed", "in/")
        until(lambda: processed(aws, arn) >= 4, "four answers")
        (worker,) = workers_of(first.pid)
        first.send_signal(signal.SIGKILL)
        until(lambda: not Path(f"/proc/{worker}").exists(), "the worker follows its server")
    answered = answered_records(state)
    gate.touch()
    with running_alone(port, state, s3_url):
        job = aws.ended(arn)

    asked = Counter(notes.read_text().split())
    assert (job["status"], job["successRecordCount"]) == ("Completed", 8)
    assert {line["recordId"] for line in aws.lines(arn, "a.jsonl.out")} == {
        *(f"QUICK{n}" for n in range(5)),
        *(f"SLOW{n}" for n in range(3)),
    }
    assert len(answered) >= 4
    assert {name: asked[name] for name in answered} == dict.fromkeys(answered, 1)


def processed(aws: Aws, arn: str) -> int:
    return aws.bedrock.get_model_invocation_job(jobIdentifier=arn)["processedRecordCount"]


def answered_records(state: Path) -> set[str]:
    """What a dead service had stored, read from its file."""
    with contextlib.closing(sqlite3.connect(state / "bedrock.sqlite3")) as connection:
        return {row[0] for row in connection.execute("SELECT record_id FROM records WHERE outcome IS NOT NULL")}


@contextlib.contextmanager
def running_alone(port: int, state: Path, s3_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The service as a process of its own, which is gone when the block ends, however it ends."""
    command = [sys.executable, "-m", "yorutsuke_pipeline_tests.local_aws.bedrock.serve_alone"]
    with subprocess.Popen([*command, str(port), str(state), s3_url], cwd=Path(__file__).parents[3]) as process:
        try:
            until(lambda: listens(port), "the service listens")
            yield process
        finally:
            process.kill()


def workers_of(server: int) -> list[int]:
    """The model's processes: children of the server that were spawned, without multiprocessing's tracker."""
    listings = [path.read_text() for path in Path(f"/proc/{server}/task").glob("*/children")]
    children = " ".join(listings).split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]
