"""Changes to input that keep its form: a JSON tree with an odd value in it, an answer in another wrapping.

Bytes changed at random hardly ever get past the first brace. One generator makes every change, so the same
seed gives the same input.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.fakes.model import RECEIPT, nova_output
from yorutsuke_pipeline_tests.fuzz import seeds

if TYPE_CHECKING:
    from random import Random

_NAMES = (
    *RECEIPT, "lines_total", "unreadable", "reason", "recordId", "modelOutput", "error", "errorCode",
    "errorMessage", "output", "message", "content", "text", "usage", "inputTokens", "outputTokens", "input_tokens",
    "output_tokens", "stopReason", "stop_reason", "imageId", "userId", "s3Key", "uploadedAt",
)  # fmt: skip


def change_document(data: bytes, random: Random) -> bytes:
    """Return JSON bytes with some places changed; of what is no JSON, a seed in its place."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = json.loads(random.choice(_DOCUMENTS))
    tokens: dict[str, str] = {}
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        document = _changed(document, random, tokens)
    try:
        text = json.dumps(document, ensure_ascii=random.random() < 0.5)  # half of them
    except (ValueError, RecursionError):
        return data
    for mark, token in tokens.items():
        text = text.replace(f'"{mark}"', token)
    return text.encode("utf-8", "surrogatepass")


def change_answer(data: bytes, random: Random) -> bytes:
    """Return a model's text with its object changed, in some wrapping."""
    text = data.decode("utf-8", "replace")
    start, end = text.find("{"), text.rfind("}") + 1
    inner = change_document(text[start:end].encode() or seeds.GOOD.encode(), random)
    wrapping = random.choice(seeds.WRAPPINGS)
    other = change_document(inner, random) if random.random() < 0.1 else inner  # now and then two differ
    return wrapping.encode().replace(b"%s", inner, 1).replace(b"%s", other)


def change_line(data: bytes, random: Random) -> bytes:
    """Return a line of output with its envelope changed, or what the model says in it."""
    if random.random() < 0.5:  # half of them
        return change_document(data, random)
    said = change_answer(random.choice(_ANSWERS), random).decode("utf-8", "surrogatepass")
    output = random.choice((nova_output, seeds.claude_output))(said)
    return json.dumps({"recordId": "abc", "modelOutput": output}).encode()


def change_image(data: bytes, random: Random) -> bytes:
    """Return a picture's header with a marker, a length or a size changed, or with segments put in."""
    content = bytearray(data or random.choice(seeds.images()))
    for _ in range(random.choice((1, 2, 4))):
        at = random.randrange(min(len(content), 64) + 1)
        odd = random.choice(
            (b"\x00\x00", b"\xff\xff", b"\xff\xc0\x00\x11\x08", b"\xff\xe1\x00\x02", b"\x1f\x41", b"\xff\xda")
        )
        content[at : at + random.choice((0, len(odd)))] = odd
    return bytes(content[: random.choice((len(content), len(content), random.randrange(len(content) + 1)))])


_DOCUMENTS = [json.dumps(document) for document in (RECEIPT, *seeds.outputs())] + [seeds.rows()[0].decode()]
_ANSWERS = [text.encode("utf-8", "surrogatepass") for text in seeds.answers() if len(text) < 2_000]  # quick


def _changed(value: Any, random: Random, tokens: dict[str, str]) -> Any:  # noqa: ANN401 — any JSON
    """Return the value with one place in it changed, further in the more often the deeper it is."""
    if isinstance(value, dict) and value and random.random() < 0.8:  # mostly inside
        return _changed_object(value, random, tokens)
    if isinstance(value, list) and value and random.random() < 0.8:  # mostly inside
        at = random.randrange(len(value))
        return [*value[:at], _changed(value[at], random, tokens), *value[at + random.choice((0, 1)) :]]
    if random.random() < 0.3:  # what no JSON writer would write
        mark = f"@@{len(tokens)}@@"
        tokens[mark] = random.choice(seeds.RAW)
        return mark
    if isinstance(value, str) and value and random.random() < 0.5:  # half of them
        at = random.randrange(len(value))
        return value[:at] + chr(random.choice((0, 10, 27, 48, 0x2C, 0xD800, 0xFF11, 0x5E74, 0x202E))) + value[at:]
    return random.choice(seeds.ODD_VALUES)


def _changed_object(value: dict[str, Any], random: Random, tokens: dict[str, str]) -> dict[str, Any]:
    name = random.choice(list(value))
    choice = random.random()
    if choice < 0.1:  # a value is missing
        return {key: member for key, member in value.items() if key != name}
    if choice < 0.2:  # a value more, or in another's place
        return {**value, random.choice(_NAMES): value[name]}
    return {**value, name: _changed(value[name], random, tokens)}
