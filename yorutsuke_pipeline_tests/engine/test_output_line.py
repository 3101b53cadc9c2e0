"""One line of a job's output: bytes in, a value or a named reject out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.model_family import Nova
from yorutsuke_pipeline.engine.output_line import OutputLine, Refusal, excerpt, read_output_line
from yorutsuke_pipeline.engine.record import Reject
from yorutsuke_pipeline_tests.engine.test_answers import JSON_VALUES
from yorutsuke_pipeline_tests.fakes.model import nova_output


def read(line: bytes, longest: int = 1_000_000) -> OutputLine | Reject:
    return read_output_line(line, Nova(), longest=longest)


def line_of(**members: object) -> bytes:
    return json.dumps({"recordId": "abc", **members}).encode()


def test_an_answer_is_read_with_its_usage_and_without_the_echo() -> None:
    found = read(line_of(modelInput={"big": "x" * 1000}, modelOutput=nova_output("hello")))

    assert isinstance(found, OutputLine)
    assert found.answer is not None
    assert (found.record_id, found.answer.text, found.answer.stop_reason) == ("abc", "hello", "end_turn")
    assert (found.answer.usage.input_tokens, found.answer.usage.output_tokens) == (1000, 100)


def test_an_error_line_is_a_refusal_with_code_and_message() -> None:
    found = read(line_of(error={"errorCode": 400, "errorMessage": "bad image", "retryable": False}))

    assert found == OutputLine("abc", None, Refusal("400", "bad image"))


def test_an_error_that_is_no_object_is_still_a_refusal() -> None:
    assert read(line_of(error="overloaded")) == OutputLine("abc", None, Refusal("unknown", "overloaded"))


def test_a_filtered_nova_answer_is_a_refusal_although_it_is_no_error_line() -> None:
    found = read(line_of(modelOutput={"error": {"errorMessage": "blocked by a filter"}}))

    assert found == OutputLine("abc", None, Refusal("model", "blocked by a filter"))


def test_a_byte_order_mark_is_dropped() -> None:
    assert isinstance(read(b"\xef\xbb\xbf" + line_of(modelOutput={})), OutputLine)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b'{"recordId": "abc", "modelOut', "line_not_json"),
        (b"not json", "line_not_json"),
        (b"\xef\xbb\xbf", "line_not_json"),
        (b'{"recordId": "abc", "modelOutput": NaN}', "line_not_json"),
        (b'{"recordId": "abc", "modelOutput": {"a": Infinity}}', "line_not_json"),
        (b'{"recordId": "abc", "modelOutput": ' + b"9" * 5_000 + b"}", "line_not_json"),
        (b'{"recordId": "abc", "modelOutput": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "line_not_json"),
        (b'{"recordId": "abc", "error": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "line_not_json"),
        (b'{"recordId": "\xff"}', "line_not_utf8"),
        ("{}".encode("utf-16"), "line_not_utf8"),
        (b"[]", "line_without_record_id"),
        (b"null", "line_without_record_id"),
        (b'{"recordId": 12}', "line_without_record_id"),
        (b'{"recordId": null, "modelOutput": {}}', "line_without_record_id"),
        (b'{"modelOutput": {}}', "line_without_record_id"),
        (b'{"recordId": "abc"}', "line_without_output"),
        (b"x" * 1_000_001, "line_too_long"),
    ],
)
def test_a_line_that_cannot_be_read_is_rejected_by_name(line: bytes, kind: str) -> None:
    found = read(line)

    assert isinstance(found, Reject)
    assert found.kind == kind


def test_a_reject_never_quotes_the_line() -> None:
    found = read(b'{"recordId": "abc", "secret receipt": ')

    assert isinstance(found, Reject)
    assert "secret" not in found.reason


def test_an_excerpt_is_short_text_even_of_bytes_that_are_no_text() -> None:
    assert excerpt(b"\xff\xfe" + b"a" * 10_000).startswith("\\xff\\xfeaaa")
    assert len(excerpt(b"a" * 10_000)) == 2_000


@given(st.binary(max_size=300))
def test_any_bytes_are_a_line_or_a_reject(line: bytes) -> None:
    assert isinstance(read(line), (OutputLine, Reject))


@given(JSON_VALUES, JSON_VALUES)
def test_any_json_in_any_place_is_a_line_or_a_reject(record_id: object, output: object) -> None:
    for members in ({"modelOutput": output}, {"error": output}, {"modelOutput": {"output": output, "usage": output}}):
        line = json.dumps({"recordId": record_id, **members}).encode()

        found = read(line)

        assert isinstance(found, OutputLine) == (
            isinstance(record_id, str) and ("error" not in members or output is not None)
        )


@given(st.binary(min_size=1, max_size=6), st.integers(0, 200))
def test_a_good_line_with_some_bytes_changed_is_a_line_or_a_reject(junk: bytes, at: int) -> None:
    good = line_of(modelOutput=nova_output('{"amount": 1500}'))

    assert isinstance(read(good[:at] + junk + good[at + len(junk) :]), (OutputLine, Reject))
