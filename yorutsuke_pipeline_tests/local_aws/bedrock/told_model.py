"""A model for tests that does as the prompt tells it; it runs in the service's worker processes."""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Said:
    text: str
    stop_reason: str = "end_turn"


def answer(prompt: str, images: list[bytes]) -> Said:
    order, _, rest = prompt.partition(" ")
    if order == "raise":
        raise RuntimeError("the picture says: secret")
    if order == "die":
        os._exit(3)
    if order == "filtered":
        return Said("", "content_filtered")
    if order == "note":  # note <file> <text>: leave a trace of having been asked
        path, _, text = rest.partition(" ")
        with Path(path).open("a") as file:
            file.write(f"{text}\n")
        return Said(text)
    if order == "wait":  # wait <file>: answer once that file is there
        while not Path(rest).exists():
            time.sleep(0.01)
        return Said("waited")
    return Said(rest if order == "say" else f"{prompt} with {len(images)} images")
