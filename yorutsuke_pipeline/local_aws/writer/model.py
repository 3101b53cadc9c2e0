"""The local writer's only door: a prompt in, the text of an answer out, as Nova would give it.

Kept out: Nova's envelope, token counts and stop reasons of its service (the embedded Bedrock adds them).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from yorutsuke_pipeline.local_aws.writer.question import find_row
from yorutsuke_pipeline.local_aws.writer.row import RowError, read_row
from yorutsuke_pipeline.local_aws.writer.tags import tags_of
from yorutsuke_pipeline.local_aws.writer.text import write_description, write_title


@dataclass(frozen=True)
class WrittenAnswer:
    """What the model says. ``stop_reason`` is in Nova's words; this model always ends its turn."""

    text: str
    stop_reason: str = "end_turn"


def answer(prompt: str) -> WrittenAnswer | None:
    """Writes about the row in the prompt; None where it holds no ``<violation>`` block.

    The same prompt gets the same text; another prompt about the same row, such as one that tells why the last
    answer was not taken, gets another.

    Returns:
        A JSON object with ``title``, ``description`` (two to four sentences) and ``tags``; plain text that says what
        is missing where the row is no violation. Bad input never raises.
    """
    values = find_row(prompt)
    if values is None:
        return None
    try:
        row = read_row(values)
    except RowError as error:
        return WrittenAnswer(f"I cannot write about this row: {error}.")
    # Seeded by text, chance is the same in every process.
    rng = random.Random(prompt)
    written = {"title": write_title(row, rng), "description": write_description(row, rng), "tags": tags_of(row)}
    return WrittenAnswer(json.dumps(written, ensure_ascii=False))
