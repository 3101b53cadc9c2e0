import pytest

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.models import find_model
from yorutsuke_pipeline.local_aws.bedrock.tokens import first_tokens, image_tokens, text_tokens


def tokens(model_id: str, width: int, height: int) -> int:
    return image_tokens(find_model(model_id, Account("us-east-1", "0" * 12)), width, height)


@pytest.mark.parametrize(
    ("width", "height", "documented"),
    [(900, 450, 800), (800, 400, 800), (900, 900, 1300), (1400, 900, 1800), (1800, 900, 2400), (1300, 1300, 2600)],
)
def test_novas_image_tokens_are_those_of_its_guide(width: int, height: int, documented: int) -> None:
    assert tokens("amazon.nova-lite-v1:0", width, height) == pytest.approx(documented, rel=0.06)
    assert tokens("amazon.nova-lite-v1:0", height, width) == tokens("amazon.nova-lite-v1:0", width, height)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 8000), (8000, 8000), (3024, 4032)])
def test_novas_image_tokens_stay_within_their_bounds(width: int, height: int) -> None:
    assert 800 <= tokens("amazon.nova-pro-v1:0", width, height) <= 2600


def test_a_larger_image_never_costs_less() -> None:
    costs = [tokens("amazon.nova-lite-v1:0", side * 3, side * 4) for side in range(10, 600, 10)]

    assert costs == sorted(costs)


def test_nova_2_has_a_flat_rate_and_claude_counts_pixels() -> None:
    assert tokens("global.amazon.nova-2-lite-v1:0", 4000, 3000) == 230
    assert tokens("anthropic.claude-3-haiku-20240307-v1:0", 750, 1000) == 1000


def test_japanese_costs_a_token_a_character_and_english_a_quarter() -> None:
    assert text_tokens("領収書") == 3
    assert text_tokens("receipts") == 2
    assert text_tokens("") == 0


def test_a_text_is_cut_at_whole_characters() -> None:
    assert first_tokens("領収書", 2) == "領収"
    assert first_tokens("receipts", 1) == "rece"
    assert first_tokens("short", 99) == "short"
