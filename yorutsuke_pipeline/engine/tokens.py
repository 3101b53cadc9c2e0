"""How many tokens a question will be counted as, before it is asked.

An estimate that holds budgets must not be too low: between two points of a published table the higher
one is taken. What was really used comes back with each answer.

Sources: Amazon Nova user guide, "Image understanding" (approximate tokens by size); Anthropic,
"Vision" (width x height / 750 after shrinking to 1,568 pixels); Nova 2: 230 tokens an image.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.model_family import Question

# (pixels, tokens): 900 x 450, 900 x 900, 1400 x 900, 1800 x 900; anything larger is counted as the last.
_NOVA_TABLE = ((405_000, 800), (810_000, 1_300), (1_260_000, 1_800), (1_620_000, 2_400))
_NOVA_MOST = 2_600
_NOVA_2 = 230
_CLAUDE_SIDE = 1_568
_CLAUDE_PIXELS_A_TOKEN = 750
_WESTERN_CHARACTERS_A_TOKEN = 4
_LAST_WESTERN = 0x2E7F


def question_tokens(model_id: str, question: Question) -> int:
    """Return the estimated input tokens of a question to a model."""
    picture = question.picture
    of_picture = 0 if picture is None else image_tokens(model_id, picture.width, picture.height)
    return of_picture + text_tokens(question.system) + text_tokens(question.prompt)


def image_tokens(model_id: str, width: int, height: int) -> int:
    """Return the estimated tokens of an image of that many pixels a side."""
    if "claude" in model_id:
        shrink = min(1.0, _CLAUDE_SIDE / max(width, height))
        return math.ceil(width * height * shrink**2 / _CLAUDE_PIXELS_A_TOKEN)
    if "nova-2" in model_id:
        return _NOVA_2
    return next((tokens for pixels, tokens in _NOVA_TABLE if width * height <= pixels), _NOVA_MOST)


# Nearly every record of a day is asked with the same two texts.
@lru_cache(maxsize=64)
def text_tokens(text: str) -> int:
    """Return the estimated tokens of a text: one for each Japanese character, one for four Western ones."""
    japanese = sum(ord(sign) > _LAST_WESTERN for sign in text)
    return japanese + math.ceil((len(text) - japanese) / _WESTERN_CHARACTERS_A_TOKEN)
