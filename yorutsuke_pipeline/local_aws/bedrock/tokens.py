"""How many tokens a request and an answer are: estimates by the models' published rules.

Images, Nova 1: "Image understanding" in the Nova user guide
(https://docs.aws.amazon.com/nova/latest/userguide/modalities-image.html). The image is brought to the closest
of the aspect ratios 1:1 to 1:9 and 2:3 and rescaled so that a side passes 896 px; an example in it turns
800 x 400 into 900 x 450. Its table of approximate tokens is in `_NOVA_TABLE`; between its points this module
interpolates by pixels, and outside them it stays at their ends.
Images, Claude: width x height / 750 after shrinking to 1,568 px a side
(https://docs.anthropic.com/en/docs/build-with-claude/vision).
Text: no tokenizer is published. Some 4 characters a token in Western text, one a token in Japanese and Chinese.
"""

import math

from yorutsuke_pipeline.local_aws.bedrock.models import Family, Model

# (pixels after rescaling, tokens): 900x450, 900x900, 1400x900, 1800x900, 1300x1300
_NOVA_TABLE = ((405_000, 800), (810_000, 1_300), (1_260_000, 1_800), (1_620_000, 2_400), (1_690_000, 2_600))
_NOVA_RATIOS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
_NOVA_LONG_SIDE = 900
_CLAUDE_LONG_SIDE = 1_568
_CLAUDE_MOST = 1_600
_CLAUDE_PIXELS_PER_TOKEN = 750
_CHARACTERS_PER_TOKEN = 4
_FIRST_WIDE = 0x2E80  # CJK radicals; kana, ideographs, Hangul and full-width forms all lie above


def image_tokens(model: Model, width: int, height: int) -> int:
    """The input tokens of one image of that many pixels."""
    if model.image_tokens is not None:
        return model.image_tokens
    if model.family is Family.NOVA:
        return _nova_image_tokens(width, height)
    shrink = min(1.0, _CLAUDE_LONG_SIDE / max(width, height))
    return min(_CLAUDE_MOST, max(1, round(width * height * shrink**2 / _CLAUDE_PIXELS_PER_TOKEN)))


def _nova_image_tokens(width: int, height: int) -> int:
    short, long = sorted((width, height))
    ratio = min(_NOVA_RATIOS, key=lambda candidate: abs(candidate - long / short))
    rescaled_short = max(short, _NOVA_LONG_SIDE / ratio)
    pixels = rescaled_short * rescaled_short * ratio
    before_pixels, before_tokens = _NOVA_TABLE[0]
    if pixels <= before_pixels:
        return before_tokens
    for at_pixels, at_tokens in _NOVA_TABLE[1:]:
        if pixels <= at_pixels:
            share = (pixels - before_pixels) / (at_pixels - before_pixels)
            return round(before_tokens + share * (at_tokens - before_tokens))
        before_pixels, before_tokens = at_pixels, at_tokens
    return before_tokens


def text_tokens(text: str) -> int:
    """The tokens of a text: 0 for an empty one."""
    return math.ceil(sum(_weight(character) for character in text))


def first_tokens(text: str, most: int) -> str:
    """The longest beginning of `text` that is at most that many tokens."""
    left = float(most)
    for position, character in enumerate(text):
        left -= _weight(character)
        if left < 0:
            return text[:position]
    return text


def _weight(character: str) -> float:
    return 1.0 if ord(character) >= _FIRST_WIDE else 1 / _CHARACTERS_PER_TOKEN
