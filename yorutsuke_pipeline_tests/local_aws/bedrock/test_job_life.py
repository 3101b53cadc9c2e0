import json
from typing import Any

import pytest

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import CLAUDE, Aws, record
from yorutsuke_pipeline_tests.local_aws.bedrock.served import until


def text_of(line: dict[str, Any]) -> str:
    text: str = line["modelOutput"]["output"]["message"]["content"][0]["text"]
    return text


def test_a_job_ends_completed_with_a_shuffled_line_for_every_record_and_a_true_manifest(aws: Aws) -> None:
    sent = [record(f"RECORD{n:05d}", f"say answer {n}") for n in range(40)]
    aws.put("in/part-0001.jsonl", *sent, {"recordId": "BADRECORD01", "modelInput": {"prompt": "?"}})

    job = aws.run("whole", "in/")

    lines = aws.lines(job["jobArn"], "part-0001.jsonl.out")
    good = {line["recordId"]: line for line in lines if "modelOutput" in line}
    bad = [line for line in lines if "error" in line]
    usage = [line["modelOutput"]["usage"] for line in good.values()]
    assert job["status"] == "Completed"
    assert {name: text_of(line) for name, line in good.items()} == {f"RECORD{n:05d}": f"answer {n}" for n in range(40)}
    assert [good[one["recordId"]]["modelInput"] for one in sent] == [one["modelInput"] for one in sent]
    assert [line["recordId"] for line in lines] != sorted(line["recordId"] for line in lines)
    assert bad[0]["recordId"] == "BADRECORD01"
    assert bad[0]["error"]["errorCode"] == 400
    assert "messages" in bad[0]["error"]["errorMessage"]
    assert json.loads(aws.output(job["jobArn"])["manifest.json.out"]) == {
        "totalRecordCount": 41,
        "processedRecordCount": 41,
        "successRecordCount": 40,
        "errorRecordCount": 1,
        "inputTokenCount": sum(one["inputTokens"] for one in usage),
        "outputTokenCount": sum(one["outputTokens"] for one in usage),
    }
    assert (job["totalRecordCount"], job["successRecordCount"], job["errorRecordCount"]) == (41, 40, 1)


def test_a_job_shows_each_state_in_turn(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"))
    arn = ""
    seen = []
    for state in ["Submitted", "Validating", "Scheduled", "InProgress"]:
        aws.set_faults(jobs=[{"hang_in": state}])
        arn = arn or aws.create("states", "in/")
        seen.append(until(lambda: shows(aws, arn, state), state))  # noqa: B023 - called at once

    aws.set_faults()
    assert seen == [0, 0, 1, 1]  # totalRecordCount: known once it is validated
    assert aws.ended(arn)["status"] == "Completed"


def shows(aws: Aws, arn: str, status: str) -> Any:  # noqa: ANN401 - a count, once the state is reached
    job = aws.bedrock.get_model_invocation_job(jobIdentifier=arn)
    return Counted(job["totalRecordCount"]) if job["status"] == status else None


class Counted(int):
    """A count that is true even when it is 0."""

    def __bool__(self) -> bool:
        return True


def test_fewer_records_than_the_minimum_fail_in_validating_without_output(aws: Aws) -> None:
    aws.set_faults(quotas={})
    aws.put("in/a.jsonl", *[record(f"RECORD{n:05d}") for n in range(99)])

    job = aws.run("too-few", "in/")

    assert job["status"] == "Failed"
    assert "contains less records (99) than the required minimum of: 100" in job["message"]
    assert aws.output(job["jobArn"]) == {}


@pytest.mark.parametrize(
    ("quota", "told"),
    [
        ({"max_records_per_job": 3}, "more records"),
        ({"max_records_per_file": 1}, "more records"),
        ({"max_file_bytes": 100}, "bytes"),
        ({"max_job_bytes": 300}, "bytes"),
    ],
)
def test_input_over_a_quota_fails_the_job(aws: Aws, quota: dict[str, int], told: str) -> None:
    aws.set_faults(quotas={"min_records": 1, **quota})
    aws.put("in/a.jsonl", record("RECORD00001"), record("RECORD00002"))
    aws.put("in/b.jsonl", record("RECORD00003"), record("RECORD00004"))

    job = aws.run("too-much", "in/")

    assert job["status"] == "Failed"
    assert told in job["message"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{not json}\n", "line 2"),
        ('{"recordId": "X", "modelInput": {"a": NaN}}\n', "line 2"),
        ('\ufeff{"recordId": "X", "modelInput": {}}\n', "line 2"),
        ("[1]\n", "modelInput"),
        ('{"recordId": "X"}\n', "modelInput"),
        ('{"recordId": 7, "modelInput": {}}\n', "recordId"),
        (f'{{"recordId": "X", "modelInput": {"[" * 100_000}}}\n', "line 2"),
    ],
)
def test_a_line_that_is_no_record_fails_the_job_by_its_number(aws: Aws, line: str, told: str) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"), line)

    job = aws.run("bad-line", "in/")

    assert job["status"] == "Failed"
    assert told in job["message"]


@pytest.mark.parametrize("source", ["in/", "in", "in/missing.jsonl", "in/data.json"])
def test_a_location_without_jsonl_fails_the_job(aws: Aws, source: str) -> None:
    aws.put("in/data.json", record("RECORD00001"))

    job = aws.run("nothing", source)

    assert job["status"] == "Failed"
    assert f"s3://{aws.bucket}/{source}" in job["message"]


def test_every_jsonl_below_the_prefix_is_read_and_nothing_else(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD0000A"))
    aws.put("in/deep/er/b.jsonl", record("RECORD0000B"))
    aws.put("in/notes.txt", "not for the model\n")
    aws.put("in/a.jsonl.out", "an old output\n")
    aws.put("inner/c.jsonl", record("RECORD0000C"))

    job = aws.run("folder", "in")

    assert sorted(aws.output(job["jobArn"])) == ["a.jsonl.out", "b.jsonl.out", "manifest.json.out"]


def test_files_of_one_name_in_two_folders_do_not_overwrite_each_other(aws: Aws) -> None:
    aws.put("in/x/part.jsonl", record("RECORD0000X"))
    aws.put("in/y/part.jsonl", record("RECORD0000Y"))

    job = aws.run("same-names", "in/")

    assert sorted(aws.output(job["jobArn"])) == ["manifest.json.out", "x/part.jsonl.out", "y/part.jsonl.out"]


def test_a_single_file_is_read_alone_and_blank_lines_and_crlf_in_it_are_no_records(aws: Aws) -> None:
    aws.put("in/a.jsonl", "\n", json.dumps(record("RECORD0000A")) + "\r\n", "  \n", json.dumps(record("RECORD0000B")))
    aws.put("in/b.jsonl", record("RECORD0000C"))

    job = aws.run("single", "in/a.jsonl")

    assert sorted(line["recordId"] for line in aws.lines(job["jobArn"], "a.jsonl.out")) == [
        "RECORD0000A",
        "RECORD0000B",
    ]
    assert job["totalRecordCount"] == 2


def test_a_record_without_an_id_is_given_one(aws: Aws) -> None:
    aws.put("in/a.jsonl", {"modelInput": record("")["modelInput"]})

    job = aws.run("no-id", "in/")

    (line,) = aws.lines(job["jobArn"], "a.jsonl.out")
    assert len(line["recordId"]) == 11
    assert line["recordId"].isalnum()


def test_the_output_location_may_lack_its_slash_or_be_a_whole_bucket(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001"))
    config = {"s3OutputDataConfig": {"s3Uri": f"s3://{aws.bucket}"}}

    job = aws.run("to-the-bucket", "in/", outputDataConfig=config)

    found = aws.s3.list_objects_v2(Bucket=aws.bucket, Prefix=job["jobArn"][-12:])["Contents"]
    assert {item["Key"].partition("/")[2] for item in found} == {"a.jsonl.out", "manifest.json.out"}


def test_claude_and_converse_jobs_answer_in_their_own_forms(aws: Aws) -> None:
    claude = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "say bonjour"}],
    }
    converse = {"messages": [{"role": "user", "content": [{"text": "say hallo"}]}]}
    aws.put("claude/a.jsonl", {"recordId": "CLAUDE00001", "modelInput": claude})
    aws.put("converse/a.jsonl", {"recordId": "CONVERSE001", "modelInput": converse})

    of_claude = aws.run("claude", "claude/", modelId=CLAUDE)
    of_converse = aws.run("converse", "converse/", modelId=CLAUDE, modelInvocationType="Converse")

    (line,) = aws.lines(of_claude["jobArn"], "a.jsonl.out")
    assert line["modelOutput"]["content"] == [{"type": "text", "text": "bonjour"}]
    assert line["modelOutput"]["stop_reason"] == "end_turn"
    (line,) = aws.lines(of_converse["jobArn"], "a.jsonl.out")
    assert text_of(line) == "hallo"


def test_input_changed_after_validation_is_not_seen(aws: Aws) -> None:
    aws.put("in/a.jsonl", record("RECORD00001", "say before"))
    aws.set_faults(jobs=[{"hang_in": "Scheduled"}])
    arn = aws.create("pinned", "in/")
    until(lambda: shows(aws, arn, "Scheduled"), "Scheduled")
    aws.put("in/a.jsonl", record("RECORD00001", "say after"))
    aws.set_faults()

    aws.ended(arn)

    assert text_of(aws.lines(arn, "a.jsonl.out")[0]) == "before"


def test_text_that_utf_8_cannot_hold_comes_back_escaped(aws: Aws) -> None:
    aws.put("in/a.jsonl", '{"recordId": "SURROGATE01", "modelInput": {"messages": "\\ud800 領収書"}}\n')

    job = aws.run("surrogate", "in/")

    (line,) = aws.lines(job["jobArn"], "a.jsonl.out")
    assert line["modelInput"] == {"messages": "\ud800 領収書"}
