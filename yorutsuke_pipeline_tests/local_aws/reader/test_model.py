from __future__ import annotations

import io
import json
from functools import lru_cache

import pytest
from PIL import Image, ImageDraw

from yorutsuke_pipeline.local_aws.reader.model import WHO_I_AM, answer
from yorutsuke_pipeline.local_aws.samples.fonts import Face, load_face

PROMPT = "Read this receipt and answer with one JSON object."

RECEIPT = (
    ("スズランストア", ""),
    ("本町店", ""),
    ("TEL 03-0123-4567", ""),
    ("2026年1月9日(金) 18:05", ""),
    ("領収証", ""),
    ("ボールペン黒", "¥132"),
    ("クリアファイル", "¥220"),
    ("合計", "¥352"),
    ("お預り", "¥1,000"),
    ("お釣り", "¥648"),
)


@lru_cache(maxsize=1)
def drawn_receipt() -> Image.Image:
    """The receipt in black on white, as a scanner sees it: 620 x 700 pixels."""
    font = load_face(Face.SANS, 34)
    image = Image.new("RGB", (620, 700), "white")
    draw = ImageDraw.Draw(image)
    for row, (left, right) in enumerate(RECEIPT):
        draw.text((50, 50 + 60 * row), left, font=font, fill="black")
        draw.text((570, 50 + 60 * row), right, font=font, fill="black", anchor="ra")
    return image


def file_of(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


@pytest.mark.ocr
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_receipt_is_read_from_whichever_side_it_was_photographed(turned: int) -> None:
    image = drawn_receipt().rotate(turned, expand=True)

    said = answer(PROMPT, [file_of(image)])

    assert said.stop_reason == "end_turn"
    assert json.loads(said.text) == {
        "amount": 352,
        "currency": "JPY",
        "type": "expense",
        "date": "2026-01-09",
        "merchant": "スズランストア",
        "category": "purchase",
        "description": "ボールペン黒, クリアファイル",
        "lines_total": 352,
    }


@pytest.mark.ocr
def test_a_blank_sheet_is_unreadable() -> None:
    said = json.loads(answer(PROMPT, [file_of(Image.new("RGB", (400, 600), "white"))]).text)

    assert said == {"unreadable": True, "reason": "no text could be found in the picture"}


@pytest.mark.ocr
def test_the_first_readable_of_several_images_is_answered() -> None:
    said = json.loads(answer(PROMPT, [b"not an image", file_of(drawn_receipt())]).text)

    assert said["amount"] == 352


@pytest.mark.ocr
def test_a_prompt_about_something_else_is_told_the_text_that_stands_in_the_picture() -> None:
    said = answer("Describe this photo.", [file_of(drawn_receipt())]).text

    assert said.startswith(WHO_I_AM)
    assert "スズランストア" in said


def test_bytes_that_are_no_image_are_unreadable_with_the_reason() -> None:
    said = json.loads(answer(PROMPT, [b"%PDF-1.4"]).text)

    assert said == {"unreadable": True, "reason": "the bytes are not a JPEG, PNG, GIF or WebP image"}


def test_a_prompt_without_an_image_is_told_what_this_model_can_do() -> None:
    assert answer("Write a poem about the sea.", []).text == WHO_I_AM
