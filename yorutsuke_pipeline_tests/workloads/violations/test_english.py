"""Which words are English, and that the list knows its own endings."""

from __future__ import annotations

import pytest

from yorutsuke_pipeline.workloads.violations.english import is_english

WORDS = (
    "a the company companies fined filing badly workers largest unguarded noncompliance stopped cited wastewater "
    "untreated forklift employees inspectors penalties guardrails"
)


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_is_english_with_its_endings_and_beginnings(word: str) -> None:
    assert is_english(word)


@pytest.mark.parametrize(
    "word", ["walmart", "exxon", "empresa", "multada", "unternehmen", "toit", "zxcv", "caídas", "会社"]
)
def test_a_name_or_a_foreign_word_is_not(word: str) -> None:
    assert not is_english(word)


@pytest.mark.parametrize("ending", ["s", "ing", "es", "er", "re", "un"])
def test_a_word_of_nothing_but_endings_is_looked_up_and_not_english(ending: str) -> None:
    assert not is_english(ending * 20_000)
