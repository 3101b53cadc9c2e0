import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import CLAUDE, NOVA, Aws, nova_body
from yorutsuke_pipeline_tests.local_aws.bedrock.pictures import (
    base64_of,
    nova_image,
    nova_s3_image,
    picture,
)


def invoke(aws: Aws, body: object, model: str = NOVA) -> Any:  # noqa: ANN401 - an answer body
    return json.loads(aws.runtime.invoke_model(modelId=model, body=json.dumps(body))["body"].read())


def refused(aws: Aws, body: object, model: str = NOVA) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        invoke(aws, body, model)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    "model",
    [
        NOVA,
        f"arn:aws:bedrock:ap-northeast-1::foundation-model/{NOVA}",
        f"apac.{NOVA}",
        "arn:aws:bedrock:ap-northeast-1:000000000000:inference-profile/global.amazon.nova-2-lite-v1:0",
    ],
)
def test_nova_answers_in_its_own_form_by_id_arn_and_profile(aws: Aws, model: str) -> None:
    answer = invoke(aws, nova_body({"text": "say 合計"}), model)

    assert answer["output"] == {"message": {"content": [{"text": "合計"}], "role": "assistant"}}
    assert answer["stopReason"] == "end_turn"
    assert answer["usage"]["totalTokens"] == answer["usage"]["inputTokens"] + answer["usage"]["outputTokens"]


def test_token_counts_stand_in_the_headers_too(aws: Aws) -> None:
    response = aws.runtime.invoke_model(modelId=NOVA, body=json.dumps(nova_body({"text": "say hello"})))

    usage = json.loads(response["body"].read())["usage"]
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert response["contentType"] == "application/json"
    assert headers["x-amzn-bedrock-input-token-count"] == str(usage["inputTokens"])
    assert headers["x-amzn-bedrock-output-token-count"] == str(usage["outputTokens"])
    assert headers["x-amzn-requestid"]


def test_claude_answers_in_its_own_form(aws: Aws) -> None:
    image = {"type": "base64", "media_type": "image/png", "data": base64_of(picture(kind="PNG"))}
    content = [{"type": "image", "source": image}, {"type": "text", "text": "look"}]
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": content}],
    }

    answer = invoke(aws, body, CLAUDE)

    assert answer["content"] == [{"type": "text", "text": "look with 1 images"}]
    assert (answer["type"], answer["role"], answer["stop_reason"]) == ("message", "assistant", "end_turn")
    assert answer["usage"]["input_tokens"] > 0


def test_converse_takes_bytes_and_answers_alike_for_every_model(aws: Aws) -> None:
    content: Any = [{"image": {"format": "png", "source": {"bytes": picture(kind="PNG")}}}, {"text": "look"}]

    answers = [
        aws.runtime.converse(modelId=model, messages=[{"role": "user", "content": content}])
        for model in (NOVA, CLAUDE, "mistral.mistral-small-2402-v1:0")
    ]

    assert {answer["output"]["message"]["content"][0]["text"] for answer in answers} == {"look with 1 images"}
    assert answers[0]["metrics"]["latencyMs"] >= 0


def test_converse_words_a_bad_format_as_the_service_does(aws: Aws) -> None:
    content: Any = [{"text": "look"}, {"image": {"format": "jpg", "source": {"bytes": picture()}}}]

    with pytest.raises(ClientError) as caught:
        aws.runtime.converse(modelId=NOVA, messages=[{"role": "user", "content": content}])

    assert "'messages.1.member.content.2.member.image.format'" in str(caught.value)


def test_max_tokens_cuts_the_answer(aws: Aws) -> None:
    body = nova_body({"text": "say abcdefghijklmnop"}, inferenceConfig={"maxTokens": 2, "temperature": 0})

    answer = invoke(aws, body)

    assert answer["output"]["message"]["content"] == [{"text": "abcdefgh"}]
    assert answer["stopReason"] == "max_tokens"
    assert answer["usage"]["outputTokens"] == 2


def test_a_stop_sequence_ends_the_answer(aws: Aws) -> None:
    answer = invoke(aws, nova_body({"text": "say one END two"}, inferenceConfig={"stopSequences": ["END"]}))

    assert answer["output"]["message"]["content"] == [{"text": "one "}]
    assert answer["stopReason"] == "stop_sequence"


def test_an_answer_that_was_filtered_carries_an_error_and_is_none(aws: Aws) -> None:
    answer = invoke(aws, nova_body({"text": "filtered"}))

    assert answer["stopReason"] == "content_filtered"
    assert "content filters" in answer["error"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (nova_image(picture(), "jpg"), "#/messages/0/content/0/image/format: jpg is not a valid enum value"),
        (nova_image(picture(), "png"), "does not match the specified image format"),
        (nova_image(b"%PDF-1.7 no picture"), "no readable image"),
        (nova_image(picture()[:200]), "no readable image"),
        (nova_image(picture(8001, 2)), "8001x2 pixels"),
        (nova_image(b""), "empty"),
        ({"image": {"format": "jpeg", "source": {"bytes": "not base64!"}}}, "not valid base64"),
        ({"image": {"format": "jpeg", "source": {}}}, "exactly one of [bytes, s3Location]"),
        ({"picture": {}}, "#/messages/0/content/0: extraneous key [picture] is not permitted"),
        ({}, "exactly one of"),
    ],
)
def test_an_image_that_the_model_does_not_take_is_refused_by_its_place(
    aws: Aws, content: dict[str, object], named: str
) -> None:
    code, message = refused(aws, nova_body(content, {"text": "look"}))

    assert code == "ValidationException"
    assert named in message


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "#: required key [messages] not found"),
        ({"messages": []}, "#/messages"),
        ({"messages": [{"role": "assistant", "content": [{"text": "x"}]}]}, "start with a user message"),
        (nova_body({"text": "x"}, schemaVersion="messages-v9"), "#/schemaVersion: messages-v9"),
        (nova_body({"text": "x"}, inferenceConfig={"temperature": 7}), "#/inferenceConfig/temperature"),
        (nova_body({"text": "x"}, max_tokens=5), "#: extraneous key [max_tokens] is not permitted"),
        ([], "Malformed input request"),
    ],
)
def test_a_body_that_nova_does_not_take_is_refused_by_its_path(aws: Aws, body: object, named: str) -> None:
    code, message = refused(aws, body)

    assert code == "ValidationException"
    assert named in message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"anthropic_version": None}, "anthropic_version"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"model": "claude"}, "model: Extra inputs are not permitted"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 'must use the "user" role'),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "s3Location"}}]}]},
            "messages.0.content.0.image.source.type",
        ),
    ],
)
def test_a_body_that_claude_does_not_take_is_refused_by_its_path(
    aws: Aws, change: dict[str, object], named: str
) -> None:
    good = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "x"}],
    }

    code, message = refused(aws, {**good, **change}, CLAUDE)

    assert code == "ValidationException"
    assert named in message


def test_an_image_may_lie_in_s3_for_nova(aws: Aws) -> None:
    aws.s3.put_object(Bucket=aws.bucket, Key="photo.jpg", Body=picture())
    here, nowhere = f"s3://{aws.bucket}/photo.jpg", f"s3://{aws.bucket}/none.jpg"

    answer = invoke(aws, nova_body(nova_s3_image(here), {"text": "look"}))

    assert answer["output"]["message"]["content"][0]["text"] == "look with 1 images"
    assert nowhere in refused(aws, nova_body(nova_s3_image(nowhere), {"text": "look"}))[1]


def test_in_a_batch_images_in_s3_must_lie_in_the_input_folder(aws: Aws) -> None:
    for key in ("in/photo.jpg", "elsewhere/photo.jpg"):
        aws.s3.put_object(Bucket=aws.bucket, Key=key, Body=picture())
    inside = nova_body(nova_s3_image(f"s3://{aws.bucket}/in/photo.jpg"), {"text": "look"})
    outside = nova_body(nova_s3_image(f"s3://{aws.bucket}/elsewhere/photo.jpg"), {"text": "look"})
    aws.put("in/a.jsonl", {"recordId": "INSIDE", "modelInput": inside}, {"recordId": "OUT", "modelInput": outside})

    by_folder = aws.lines(aws.run("by-folder", "in/")["jobArn"], "a.jsonl.out")
    by_file = aws.lines(aws.run("by-file", "in/a.jsonl")["jobArn"], "a.jsonl.out")

    assert {line["recordId"]: "error" in line for line in by_folder} == {"INSIDE": False, "OUT": True}
    assert {line["recordId"]: "error" in line for line in by_file} == {"INSIDE": True, "OUT": True}


def test_a_model_without_eyes_refuses_images(aws: Aws) -> None:
    body = nova_body(nova_image(picture()), {"text": "look"})

    assert "doesn't support the image" in refused(aws, body, "amazon.nova-micro-v1:0")[1]


def test_a_request_over_25_mb_is_refused(aws: Aws) -> None:
    assert "at most 26214400" in refused(aws, nova_body({"text": "x" * 26_300_000}))[1]


def test_an_unknown_model_and_a_stream_are_clear_errors(aws: Aws) -> None:
    body = json.dumps(nova_body({"text": "x"}))

    assert refused(aws, {}, "acme.imagined-v1:0")[1] == "The provided model identifier is invalid."
    with pytest.raises(ClientError, match="whole messages only"):
        aws.runtime.invoke_model_with_response_stream(modelId=NOVA, body=body)


def test_a_model_that_raises_is_an_error_without_a_word_of_what_it_read(aws: Aws) -> None:
    code, message = refused(aws, nova_body({"text": "raise"}))

    assert code == "ModelErrorException"
    assert "RuntimeError" in message
    assert "secret" not in message


def test_a_model_process_that_dies_fails_its_request_and_is_replaced(aws: Aws) -> None:
    code, _ = refused(aws, nova_body({"text": "die"}))

    assert code == "ModelErrorException"
    assert invoke(aws, nova_body({"text": "say alive"}))["output"]["message"]["content"] == [{"text": "alive"}]


def test_the_model_is_asked_in_a_process_of_its_own(aws: Aws, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.touch()

    assert invoke(aws, nova_body({"text": f"wait {gate}"}))["output"]["message"]["content"] == [{"text": "waited"}]
