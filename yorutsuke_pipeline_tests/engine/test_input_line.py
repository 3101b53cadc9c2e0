"""Lines of a part, byte for byte, and that rendering what is around a picture once changes none of them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.input_line import input_line
from yorutsuke_pipeline.engine.model_family import Claude, ModelFamily, Nova, Picture, Question

RECORD_ID = "0123456789abcdef01234567"
ASKED = Question("be brief", "which 店?", 1_000, Picture("jpeg", 10, 20, b"\xff\xd8"))
PLACE = f"s3://receipts/batch-input/a/images/{RECORD_ID}.jpeg"
BEFORE = f'{{"recordId":"{RECORD_ID}","modelInput":'
NOVA_BEFORE = (
    f'{BEFORE}{{"schemaVersion":"messages-v1","system":[{{"text":"be brief"}}],"messages":[{{"role":"user","content":['
)
NOVA_AFTER = '{"text":"which \\u5e97?"}]}],"inferenceConfig":{"maxTokens":1000,"temperature":0,"topK":1}}}\n'

CLAUDE_LINE = (
    f'{BEFORE}{{"anthropic_version":"bedrock-2023-05-31","max_tokens":1000,"temperature":0,"system":"be brief",'
    '"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg",'
    '"data":"/9g="}},{"type":"text","text":"which \\u5e97?"}]}]}}\n'
)


@pytest.mark.parametrize(
    ("asked", "family", "place", "line"),
    [
        (
            ASKED,
            Nova(),
            None,
            f'{NOVA_BEFORE}{{"image":{{"format":"jpeg","source":{{"bytes":"/9g="}}}}}},{NOVA_AFTER}',
        ),
        (
            ASKED,
            Nova(),
            PLACE,
            f'{NOVA_BEFORE}{{"image":{{"format":"jpeg","source":{{"s3Location":{{"uri":"{PLACE}"}}}}}}}},{NOVA_AFTER}',
        ),
        (replace(ASKED, picture=None), Nova(), None, f"{NOVA_BEFORE}{NOVA_AFTER}"),
        (
            ASKED,
            Claude(),
            None,
            CLAUDE_LINE,
        ),
    ],
)
def test_a_line_is_these_bytes(asked: Question, family: ModelFamily, place: str | None, line: str) -> None:
    made = input_line(RECORD_ID, asked, family, None if place is None else place.encode())

    assert b"".join(made).decode("ascii") == line
    assert made.size() == len(line)


@given(st.text(), st.text() | st.just("dGhlIHBpY3R1cmU="), st.sampled_from(["jpeg", "png"]), st.binary(max_size=20))
def test_by_its_place_a_picture_is_in_the_body_that_the_family_makes(
    system: str, prompt: str, picture_format: str, content: bytes
) -> None:
    asked = Question(system, prompt, 10, Picture(picture_format, 1, 1, content))

    line = b"".join(input_line(RECORD_ID, asked, Nova(), PLACE.encode()))

    located = replace(asked, picture=Picture(picture_format, 1, 1, b"", PLACE))
    assert json.loads(line) == {"recordId": RECORD_ID, "modelInput": Nova().body(located)}
