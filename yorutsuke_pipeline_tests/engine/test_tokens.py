"""Estimates of tokens are not too low."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.model_family import Picture, Question
from yorutsuke_pipeline.engine.tokens import image_tokens, question_tokens, text_tokens

LITE = "apac.amazon.nova-lite-v1:0"
HAIKU = "global.anthropic.claude-haiku-4-5-20251001-v1:0"


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [(900, 450, 800), (900, 900, 1_300), (1_400, 900, 1_800), (1_800, 900, 2_400), (8_000, 8_000, 2_600), (1, 1, 800)],
)
def test_nova_counts_an_image_as_its_guide_says(width: int, height: int, tokens: int) -> None:
    assert image_tokens(LITE, width, height) == tokens


def test_nova_2_counts_every_image_alike() -> None:
    assert image_tokens("global.amazon.nova-2-lite-v1:0", 8_000, 8_000) == 230


def test_claude_counts_pixels_after_shrinking_the_longer_side() -> None:
    assert image_tokens(HAIKU, 750, 1_000) == 1_000
    assert image_tokens(HAIKU, 8_000, 8_000) == image_tokens(HAIKU, 1_568, 1_568)


@given(st.text())
def test_a_text_is_never_free_and_never_more_tokens_than_characters(text: str) -> None:
    assert (len(text) + 3) // 4 <= text_tokens(text) <= len(text)


def test_japanese_counts_a_token_for_each_character() -> None:
    assert text_tokens("領収書") == 3
    assert text_tokens("receipts") == 2


def test_a_question_counts_its_picture_and_both_texts() -> None:
    picture = Picture("jpeg", 900, 450, b"")

    assert question_tokens(LITE, Question("abcd", "領収", 100, picture)) == 800 + 1 + 2
    assert question_tokens(LITE, Question("abcd", "領収", 100)) == 1 + 2
