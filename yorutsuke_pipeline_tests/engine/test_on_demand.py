"""On demand: the same bodies, the same form of output, and nothing asked twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yorutsuke_pipeline.engine.errors import ConfigurationError, ThrottledError, TransientError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.ports import ModelRefusedError
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, Night, night_of, pictured
from yorutsuke_pipeline_tests.fakes.model import FakeModel

JOB_ID = f"ondemand-{FIRST}-001-dev"
OUTPUT = f"batch-output/{JOB_ID}/part-0001.jsonl.out"


def few(*failures: Exception, after_effect: bool = False) -> Night:
    """Return a night of two images, whose model first fails like that."""
    night = night_of(2)
    night.model = FakeModel(night.say, failures=failures, after_effect=after_effect)
    return night


def sealed_few() -> Night:
    night = few()
    night.stages().manifest.write(DAY)
    return night


def asked(night: Night) -> list[str]:
    return sorted(pictured(body) for body in night.model.asked)


def test_answers_are_written_like_a_batch_job_writes_them() -> None:
    night = few()

    night.submit()

    (summary,) = night.lines_of(f"batch-output/{JOB_ID}/manifest.json.out")
    assert [sorted(line) for line in night.lines_of(OUTPUT)] == [["modelInput", "modelOutput", "recordId"]] * 2
    assert summary == {
        "totalRecordCount": 2,
        "processedRecordCount": 2,
        "successRecordCount": 2,
        "inputTokenCount": 2_000,
        "outputTokenCount": 200,
    }
    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED
    assert night.service.asked_count == 0


def test_a_refused_record_becomes_an_error_line_and_the_others_go_on() -> None:
    night = few(ModelRefusedError(400, "the image cannot be read"))

    night.submit()

    errors = [line["error"] for line in night.lines_of(OUTPUT) if "error" in line]
    assert errors == [{"errorCode": 400, "errorMessage": "the image cannot be read"}]
    assert sum("modelOutput" in line for line in night.lines_of(OUTPUT)) == 1


def test_what_is_throttled_was_not_asked_and_is_asked_by_the_next_run() -> None:
    night = few(ThrottledError("slow down"))
    with pytest.raises(ThrottledError):
        night.submit()

    night.run_until_settled()

    assert asked(night) == ["img-1", "img-2"]
    assert len(night.table.rows) == 2


def test_a_wrong_setting_costs_no_record_an_attempt() -> None:
    night = few(ConfigurationError("no access to the model"))
    with pytest.raises(ConfigurationError):
        night.submit()

    night.run_until_settled()

    assert asked(night) == ["img-1", "img-2"]
    assert len(night.ledger.intents) == 1


def test_a_wrong_model_that_was_never_asked_is_given_up_for_the_right_one() -> None:
    night = few(*[ConfigurationError("no such model")] * 2)
    with pytest.raises(ConfigurationError):
        night.submit()
    night.model = FakeModel(night.say)
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0")

    night.run_until_settled()

    assert asked(night) == ["img-1", "img-2"]
    assert [(intent.model_id, intent.record_count) for intent in night.ledger.intents.values()] == [
        (POLICY.model_id, 0),
        ("amazon.nova-pro-v1:0", 2),
    ]
    check_settled(night)


def test_a_record_whose_answer_got_lost_is_not_asked_again_by_the_same_intent() -> None:
    night = few(TransientError("timeout"), after_effect=True)
    with pytest.raises(TransientError):
        night.submit()

    report = night.run()

    assert asked(night) == ["img-1", "img-2"]
    assert report.results.rejects == {"no_answer": 1}
    waiting = [row for row in night.pending.rows.values() if row["status"] == "pending"]
    assert [(row["attempts"], "intentId" in row) for row in waiting] == [(1, False)]
    night.run_until_settled()
    check_settled(night)


def test_answers_that_were_kept_are_used_by_the_run_after_one_that_died() -> None:
    night, quiet = sealed_few(), Calls()
    sealed_few().stages(quiet.watch).submitter.submit(DAY)
    dying = Calls(quiet.number_of("written"), Interruption.KILL)
    with pytest.raises(Killed):
        night.stages(dying.watch).submitter.submit(DAY)
    assert (asked(night), OUTPUT in night.objects.contents) == (["img-1", "img-2"], False)

    night.run_until_settled()

    assert asked(night) == ["img-1", "img-2"]
    assert len(night.table.rows) == 2
    assert len(night.ledger.intents) == 1


def test_a_model_changed_in_the_middle_does_not_throw_away_what_was_paid_for() -> None:
    night = few(TransientError("timeout"), after_effect=True)
    with pytest.raises(TransientError):
        night.submit()
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0")

    night.submit()

    assert asked(night) == ["img-1", "img-2"]
    assert list(night.ledger.intents) == [FIRST]


def test_an_answer_that_is_no_json_is_an_error_line_and_stops_nothing() -> None:
    night = night_of(2)
    night.model = FakeModel(lambda body: {"score": float("nan")} if pictured(body) == "img-1" else night.say(body))

    report = night.run()

    assert report.results.endings == {"accepted": 1, "rejected": 1}
    assert report.results.rejects == {"refused": 1}


def test_answers_that_are_paid_for_are_kept_when_the_part_was_changed_midway() -> None:
    night, quiet = sealed_few(), Calls()
    sealed_few().stages(quiet.watch).submitter.submit(DAY)
    second_mark = quiet.names.index("create", quiet.number_of("invoke")) + 2
    with pytest.raises(Killed):
        night.stages(Calls(second_mark, Interruption.KILL).watch).submitter.submit(DAY)
    night.objects.contents[f"batch-input/{FIRST}/part-0001.jsonl"] = b"something else\n"

    first, *_ = night.run_until_settled()

    check_settled(night)
    assert first.results.endings == {"accepted": 1, "missing": 1}
    assert [job.status for job in first.archive.bad_endings] == ["PartiallyCompleted"]
    assert asked(night) == ["img-1", "img-2"]
