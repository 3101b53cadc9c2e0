import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws, record
from yorutsuke_pipeline_tests.local_aws.bedrock.served import Served, until


@pytest.fixture
def ten(aws: Aws) -> Aws:
    """A service with ten good records waiting in `in/`."""
    aws.put("in/a.jsonl", *[record(f"RECORD{n:05d}") for n in range(10)])
    return aws


@pytest.mark.parametrize(
    ("ending", "status", "lines"),
    [
        ("partial", "PartiallyCompleted", 7),
        ("partial", "PartiallyCompleted", 0),
        ("fail_midway", "Failed", 7),
        ("expire_midway", "Expired", 7),
    ],
)
def test_a_job_cut_midway_writes_what_was_answered(ten: Aws, ending: str, status: str, lines: int) -> None:
    ten.set_faults(jobs=[{"ending": ending, "fraction": lines / 10, "message": "told so"}])

    job = ten.run("cut", "in/")

    manifest = json.loads(ten.output(job["jobArn"])["manifest.json.out"])
    assert (job["status"], job["message"]) == (status, "told so")
    assert ten.output(job["jobArn"]).get("a.jsonl.out", "").count("\n") == lines
    assert (manifest["totalRecordCount"], manifest["processedRecordCount"]) == (10, lines)


@pytest.mark.parametrize(("ending", "status"), [("fail_validating", "Failed"), ("expire", "Expired")])
def test_a_job_that_never_began_writes_nothing(ten: Aws, ending: str, status: str) -> None:
    ten.set_faults(jobs=[{"name_contains": "doomed", "ending": ending}])

    doomed, other = ten.run("doomed", "in/"), ten.run("other", "in/")

    assert doomed["status"] == status
    assert ten.output(doomed["jobArn"]) == {}
    assert other["status"] == "Completed"


def test_records_fail_at_the_error_rate(ten: Aws) -> None:
    ten.set_faults(jobs=[{"error_rate": 1}])

    job = ten.run("errors", "in/")

    lines = ten.lines(job["jobArn"], "a.jsonl.out")
    assert {line["error"]["errorCode"] for line in lines} == {500}
    assert (job["status"], job["errorRecordCount"]) == ("Completed", 10)


def test_lines_can_be_missing_doubled_unknown_and_cut(ten: Aws) -> None:
    ten.set_faults(jobs=[{"missing_lines": 2, "doubled_lines": 3, "unknown_lines": 1, "cut_last_line": True}])

    job = ten.run("spoiled", "in/")

    *whole, last = ten.output(job["jobArn"])["a.jsonl.out"].split("\n")
    ids = [json.loads(line)["recordId"] for line in whole]
    assert len(ids) == 8 + 3
    assert len(set(ids)) == 8
    with pytest.raises(json.JSONDecodeError):
        json.loads(last)


@pytest.mark.parametrize(("manifest", "total"), [("none", None), ("lies", 17)])
def test_the_manifest_can_be_absent_or_lie(ten: Aws, manifest: str, total: int | None) -> None:
    ten.set_faults(jobs=[{"manifest": manifest}])

    written = ten.output(ten.run("manifest", "in/")["jobArn"])

    assert json.loads(written.get("manifest.json.out", "{}")).get("totalRecordCount") == total


def test_counts_can_be_absent_and_a_status_unknown(ten: Aws) -> None:
    ten.set_faults(
        jobs=[{"hang_in": "InProgress", "show_status": {"InProgress": "Quarantined"}, "without_counts": True}]
    )
    arn = ten.create("strange", "in/")

    def shown() -> dict[str, Any]:
        return dict(ten.bedrock.get_model_invocation_job(jobIdentifier=arn))

    until(lambda: shown()["status"] == "Quarantined", "the status is shown as Quarantined")
    (listed,) = ten.bedrock.list_model_invocation_jobs(nameContains="strange")["invocationJobSummaries"]
    assert "totalRecordCount" not in shown()
    assert dict(listed)["status"] == "Quarantined"
    ten.set_faults()
    assert ten.ended(arn)["totalRecordCount"] == 10


def test_a_job_can_vanish(ten: Aws) -> None:
    arn = ten.run("vanishing", "in/")["jobArn"]
    ten.set_faults(jobs=[{"name_contains": "vanishing", "vanished": True}])

    with pytest.raises(ClientError, match="ResourceNotFound"):
        ten.bedrock.get_model_invocation_job(jobIdentifier=arn)
    assert ten.bedrock.list_model_invocation_jobs(nameContains="vanishing")["invocationJobSummaries"] == []


def test_a_job_expires_when_its_hours_are_over_before_it_begins(ten: Aws) -> None:
    ten.set_faults(timing={"scheduled": 60, "hour": 0.001, "submitted": 0, "validating": 0})

    job = ten.run("late", "in/", timeoutDurationInHours=24)

    assert job["status"] == "Expired"


def test_a_job_whose_hours_end_midway_is_partially_completed(served: Served, ten: Aws) -> None:
    ten.set_faults(jobs=[{"hang_in": "InProgress"}])
    arn = ten.create("midway", "in/")
    until(lambda: ten.bedrock.get_model_invocation_job(jobIdentifier=arn)["status"] == "InProgress", "InProgress")
    two_days_ago = datetime.now(timezone.utc) - timedelta(days=2)
    served.run(served.service._parts.jobs.change(arn[-12:], submit_time=two_days_ago))
    ten.set_faults()

    job = ten.ended(arn)

    assert (job["status"], job["successRecordCount"]) == ("PartiallyCompleted", 0)
    assert "manifest.json.out" in ten.output(arn)
