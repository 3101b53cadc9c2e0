"""Texts about violations over the service's own routes: the model that is behind it by default."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.local_aws.bedrock.workers import DEFAULT_MODEL
from yorutsuke_pipeline_tests.local_aws.bedrock.caller import CLAUDE, NOVA, Aws, nova_body, record
from yorutsuke_pipeline_tests.local_aws.bedrock.conftest import fresh
from yorutsuke_pipeline_tests.local_aws.bedrock.served import Served
from yorutsuke_pipeline_tests.local_aws.writer.prompts import OSHA_ROW, osha_row, prompt_about

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT = prompt_about(OSHA_ROW)


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory, s3_url: str) -> Iterator[Served]:
    served = Served(state_dir=tmp_path_factory.mktemp("writing"), s3=s3_url, model=DEFAULT_MODEL)
    served.start()
    yield served
    served.end()


@pytest.fixture
def aws(writing: Served) -> Aws:
    return fresh(writing)


def invoke(aws: Aws, body: object, model: str) -> Any:  # noqa: ANN401 - an answer body
    return json.loads(aws.runtime.invoke_model(modelId=model, body=json.dumps(body))["body"].read())


def test_nova_claude_and_converse_say_the_same_each_in_its_own_form(aws: Aws) -> None:
    claude_body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 400,
        "messages": [{"role": "user", "content": [{"type": "text", "text": PROMPT}]}],
    }

    nova = invoke(aws, nova_body({"text": PROMPT}), NOVA)["output"]["message"]["content"][0]["text"]
    claude = invoke(aws, claude_body, CLAUDE)["content"][0]["text"]
    converse = aws.runtime.converse(modelId=NOVA, messages=[{"role": "user", "content": [{"text": PROMPT}]}])

    assert nova == claude == converse["output"]["message"]["content"][0]["text"]
    assert "Ridgefen Roofing LLC" in json.loads(nova)["title"]


def test_a_text_beyond_the_token_limit_is_cut(aws: Aws) -> None:
    answer = invoke(aws, nova_body({"text": PROMPT}, inferenceConfig={"maxTokens": 20}), NOVA)

    assert answer["stopReason"] == "max_tokens"
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer["output"]["message"]["content"][0]["text"])


def test_a_batch_job_writes_about_each_row(aws: Aws) -> None:
    rows = {f"RECORD{n:05d}": osha_row(company=f"Ridgefen {n} LLC") for n in range(40)}
    aws.put("in/a.jsonl", *[record(record_id, prompt_about(row)) for record_id, row in rows.items()])

    job = aws.run("texts", "in/")

    assert (job["status"], job["successRecordCount"]) == ("Completed", 40)
    for line in aws.lines(job["jobArn"], "a.jsonl.out"):
        text = json.loads(line["modelOutput"]["output"]["message"]["content"][0]["text"])
        assert rows[line["recordId"]]["company"] in text["description"]


def test_faults_of_jobs_spoil_texts_as_they_spoil_readings(aws: Aws) -> None:
    aws.put("in/a.jsonl", *[record(f"RECORD{n:05d}", PROMPT) for n in range(20)])
    aws.set_faults(jobs=[{"ending": "partial", "fraction": 0.5, "error_rate": 0.4, "doubled_lines": 2}])

    job = aws.run("spoiled", "in/")

    lines = aws.lines(job["jobArn"], "a.jsonl.out")
    assert job["status"] == "PartiallyCompleted"
    assert len(lines) == 10 + 2
    assert {"error" in line for line in lines} == {True, False}
