"""How each family is asked and how its answers are read, whatever JSON comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.model_family import Claude, ModelFamily, Nova, Picture, Question, family_of
from yorutsuke_pipeline_tests.engine.test_answers import JSON_VALUES

ASKED = Question("be brief", "what is this?", 1_000, Picture("jpeg", 10, 20, b"\xff\xd8picture"))


def test_nova_is_asked_in_its_messages_schema_with_the_image_first() -> None:
    assert Nova().body(ASKED) == {
        "schemaVersion": "messages-v1",
        "system": [{"text": "be brief"}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"image": {"format": "jpeg", "source": {"bytes": "/9hwaWN0dXJl"}}},
                    {"text": "what is this?"},
                ],
            },
        ],
        "inferenceConfig": {"maxTokens": 1_000, "temperature": 0, "topK": 1},
    }


def test_claude_is_asked_in_its_messages_api_with_a_mime_type() -> None:
    body = Claude().body(ASKED)

    source = {"type": "base64", "media_type": "image/jpeg", "data": "/9hwaWN0dXJl"}
    assert body["anthropic_version"] == "bedrock-2023-05-31"
    assert body["messages"][0]["content"] == [
        {"type": "image", "source": source},
        {"type": "text", "text": "what is this?"},
    ]


def test_a_question_without_a_picture_has_only_text() -> None:
    asked = Question("s", "p", 10)

    assert Nova().body(asked)["messages"][0]["content"] == [{"text": "p"}]
    assert Claude().body(asked)["messages"][0]["content"] == [{"type": "text", "text": "p"}]


def test_several_text_blocks_are_one_answer_and_other_blocks_are_passed_over() -> None:
    nova = {"output": {"message": {"content": [{"text": "a"}, {"toolUse": {}}, {"text": "b"}]}}}
    claude = {
        "content": [{"type": "text", "text": "a"}, {"type": "tool_use", "input": {}}, {"type": "text", "text": "b"}]
    }

    assert Nova().answer(nova).text == "a\nb"
    assert Claude().answer(claude).text == "a\nb"


def test_claude_counts_tokens_under_its_own_names() -> None:
    answer = Claude().answer({"stop_reason": "max_tokens", "usage": {"input_tokens": 7, "output_tokens": 9}})

    assert (answer.stop_reason, answer.usage) == ("max_tokens", TokenUsage(7, 9))


@pytest.mark.parametrize("count", [True, -1, "12", 1.5, None, [3], 10**9 + 1, 10**38])
def test_a_token_count_that_is_none_is_counted_as_nothing(count: object) -> None:
    assert Nova().answer({"usage": {"inputTokens": count, "outputTokens": 2}}).usage == TokenUsage(0, 2)


def test_half_a_surrogate_pair_is_replaced_since_no_file_or_table_can_hold_it() -> None:
    nova = {"output": {"message": {"content": [{"text": "a\ud800b"}]}}, "stopReason": "\udfff", "error": "x\ud800"}

    answer = Nova().answer(nova | {"error": {"errorMessage": "x\ud800"}})

    assert (answer.text, answer.stop_reason, answer.problem) == ("a?b", "?", "x?")


@given(st.sampled_from([Nova(), Claude()]), JSON_VALUES)
def test_any_json_is_read_as_an_answer(family: ModelFamily, value: object) -> None:
    for output in (value, {"output": value}, {"output": {"message": value}}, {"content": value, "usage": value}):
        answer = family.answer(output)

        assert isinstance(answer.text, str)
        assert answer.usage.input_tokens >= 0


@pytest.mark.parametrize(
    ("model_id", "family"),
    [
        ("amazon.nova-lite-v1:0", Nova),
        ("apac.amazon.nova-lite-v1:0", Nova),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", Claude),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", Nova),
    ],
)
def test_a_model_is_known_by_id_profile_or_arn(model_id: str, family: type) -> None:
    assert isinstance(family_of(model_id), family)


def test_an_unknown_model_names_the_setting_to_change() -> None:
    with pytest.raises(ConfigurationError, match="YORUTSUKE_MODEL_ID"):
        family_of("meta.llama3-8b-instruct-v1:0")
