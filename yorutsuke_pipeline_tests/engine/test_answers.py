"""From a model's text to one JSON object: one meaning for each odd case."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.answers import check_complete, find_object
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.model_family import ModelAnswer
from yorutsuke_pipeline.engine.record import RecordRejectedError

JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
JSON_OBJECTS = st.dictionaries(st.text(max_size=9), JSON_VALUES, max_size=4)


@pytest.mark.parametrize(
    "text",
    [
        '{"amount": 1500}',
        '```json\n{"amount": 1500}\n```',
        'Here is the receipt:\n{"amount": 1500}\nAnything else?',
        '\ufeff{"amount": 1500}',
        '{"amount":\r\n1500}\r\n',
        'As {asked}: {"amount": 1500}',
        '{"amount": 1500}\n{"amount": 1500}',
        '{"amount": 1500, "amount": 1500}',
        '{"amount": 1500} {"amount": 1500.0}',
    ],
    ids=["bare", "fenced", "preamble", "BOM", "CRLF", "braces before", "said twice", "key twice, alike", "with zeros"],
)
def test_the_one_object_is_found_whatever_is_around_it(text: str) -> None:
    assert find_object(text) == {"amount": 1500}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "answer_empty"),
        (" \n\t", "answer_empty"),
        ("I cannot read this.", "answer_not_json"),
        ("[1, 2]", "answer_not_json"),
        ('{"amount": NaN}', "answer_not_json"),
        ('{"amount": Infinity}', "answer_not_json"),
        ('{"amount": -Infinity}', "answer_not_json"),
        ('{"amount": 0x10}', "answer_not_json"),
        ('{"amount": 1500', "answer_not_json"),
        ("{'amount': 1500}", "answer_not_json"),
        ('{"amount": 1e99999999999999999999}', "answer_not_json"),
        ('{"amount": ' + "9" * 5_000 + "}", "answer_not_json"),
        ("{" * 200, "answer_not_json"),
        ('{"a":' * 60 + "[" + "1," * 49_000 + ' x {"amount": 1}', "answer_not_json"),
        ('{"amount": 1500} {"amount": 1501}', "answer_ambiguous"),
        ('{"amount": 1500, "amount": 1501}', "answer_contradicts"),
        ('{"x": {"amount": 1, "amount": 2}}', "answer_contradicts"),
        ('{"amount": true, "amount": 1}', "answer_contradicts"),
        ('{"amount": [1], "amount": [true]}', "answer_contradicts"),
        ('{"amount": 1} {"amount": true}', "answer_ambiguous"),
        ('{"amount": [1, 2]} {"amount": [1]}', "answer_ambiguous"),
        ('{"a": {"b": 1}} {"a": {"c": 1}}', "answer_ambiguous"),
        ('{"a": ' + "[" * 10_000 + "]" * 10_000 + "}", "answer_too_deep"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "answer_too_deep"),
        ('{"a": "' + "x" * 400_000 + '"}', "answer_too_long"),
    ],
)
def test_what_is_not_one_object_is_rejected_by_name(text: str, kind: str) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        find_object(text)

    assert caught.value.reject.kind == kind


def test_more_objects_than_are_tried_are_never_taken_for_the_first() -> None:
    with pytest.raises(RecordRejectedError):
        find_object('{"amount": 1}' * 100 + '{"amount": 2}')


def test_an_answer_cut_at_the_token_limit_says_so() -> None:
    with pytest.raises(RecordRejectedError, match="cut at the token limit"):
        find_object('{"amount": 15', "max_tokens")


def test_a_whole_object_counts_even_if_the_text_after_it_was_cut() -> None:
    assert find_object('{"amount": 1500} The receipt sho', "max_tokens") == {"amount": 1500}


def test_fractions_are_decimals_to_the_last_digit() -> None:
    found = find_object('{"amount": 0.1, "large": 1e400}')

    assert found == {"amount": Decimal("0.1"), "large": Decimal("1e400")}
    assert isinstance(found["amount"], Decimal)


def test_integers_above_64_bits_keep_their_value() -> None:
    assert find_object('{"amount": 18446744073709551617}') == {"amount": 18446744073709551617}


def test_half_a_surrogate_pair_and_a_null_byte_are_values_for_the_workload_to_clean() -> None:
    assert find_object(r'{"merchant": "a\ud800b\u0000"}') == {"merchant": "a\ud800b\x00"}


@pytest.mark.parametrize("stop_reason", ["content_filtered", "guardrail_intervened", "refusal"])
def test_a_withheld_answer_is_rejected_even_if_it_has_text(stop_reason: str) -> None:
    with pytest.raises(RecordRejectedError, match=stop_reason):
        check_complete(ModelAnswer('{"amount": 1}', stop_reason, TokenUsage()))


def test_asking_for_a_tool_is_no_answer_unless_a_text_came_with_it() -> None:
    check_complete(ModelAnswer('{"amount": 1}', "tool_use", TokenUsage()))
    with pytest.raises(RecordRejectedError, match="tool"):
        check_complete(ModelAnswer("", "tool_use", TokenUsage()))


@given(JSON_OBJECTS, st.sampled_from(["{}", "```json\n{}\n```", "Sure!\n{}", "\ufeff{}\r\n"]))
def test_any_object_survives_any_wrapping(document: dict[str, Any], wrapping: str) -> None:
    assert find_object(wrapping.replace("{}", json.dumps(document))) == document


def object_or_kind(text: str) -> dict[str, Any] | str:
    try:
        return find_object(text)
    except RecordRejectedError as error:
        return error.reject.kind


@given(st.text(alphabet=st.sampled_from(list('{}[]":,0123456789.eE+-nulltrefasNI \\ud8\n')), max_size=200))
def test_any_text_is_an_object_or_a_named_reject(text: str) -> None:
    found = object_or_kind(text)

    assert isinstance(found, dict) or found.startswith("answer_")


@given(st.integers(1, 3_000), st.sampled_from(["[]", "{}"]), st.integers(1, 2))
def test_any_depth_of_nesting_is_an_object_or_a_named_reject(depth: int, form: str, times: int) -> None:
    opening, closing = ("[", "]") if form == "[]" else ('{"a":', "}")
    text = '{"x": ' + opening * depth + "1" + closing * depth + "}"

    found = object_or_kind(text * times)

    assert found == "answer_too_deep" or "x" in found
