"""How each family of models wants to be asked and how it answers, on Bedrock's InvokeModel bodies.

What belongs here: bodies in, texts and token counts out. What is asked, and what a good answer is,
belongs to a workload.

Sources: Amazon Nova "Complete request schema"; Anthropic "Messages API" on Bedrock.
"""

from __future__ import annotations

import base64
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.errors import ConfigurationError

# A thousand times what any model takes. A number of 39 digits would be refused by the table, with the whole day.
_MOST_TOKENS = 1_000_000_000


@dataclass(frozen=True)
class Picture:
    """An image to ask about.

    Attributes:
        format: The model's word: jpeg, png, gif or webp (never jpg).
        width: In pixels, like the height.
        content: Its bytes; empty if it is shown by its place.
        location: `s3://bucket/key` of the object with these bytes, to be read from there; None to send the bytes.
    """

    format: str
    width: int
    height: int
    content: bytes
    location: str | None = None


@dataclass(frozen=True)
class Question:
    """What one record is asked, in no model's own form."""

    system: str
    prompt: str
    max_output_tokens: int
    picture: Picture | None = None


class ModelAnswer(NamedTuple):
    """What a model said, in no model's own form.

    Every text in it can be written as UTF-8, and every count fits a table's number.

    Attributes:
        text: All text blocks, joined by newlines; empty when there was none.
        stop_reason: The model's word; None when it gave none.
        problem: Why there is no usable answer although the call went through (a filter, for instance).
    """

    text: str
    stop_reason: str | None
    usage: TokenUsage
    problem: str | None = None


class ModelFamily(Hashable, Protocol):
    """One family's way of being asked and of answering."""

    @property
    def takes_locations(self) -> bool:
        """Whether it reads an image from S3, given its place."""
        ...

    def body(self, question: Question) -> dict[str, Any]:
        """Return the body of InvokeModel, which is also a batch line's `modelInput`."""
        ...

    def answer(self, output: Any) -> ModelAnswer:  # noqa: ANN401 — whatever JSON the service wrote
        """Read the body of InvokeModel's answer, which is also a batch line's `modelOutput`."""
        ...


class Nova:
    """Amazon Nova, messages schema."""

    takes_locations = True

    def body(self, question: Question) -> dict[str, Any]:
        """Return the body; the image stands before the text, as the model wants it."""
        content: list[dict[str, Any]] = []
        if question.picture is not None:
            content.append({"image": {"format": question.picture.format, "source": _nova_source(question.picture)}})
        content.append({"text": question.prompt})
        return {
            "schemaVersion": "messages-v1",
            "system": [{"text": question.system}],
            "messages": [{"role": "user", "content": content}],
            "inferenceConfig": {"maxTokens": question.max_output_tokens, "temperature": 0, "topK": 1},
        }

    def answer(self, output: Any) -> ModelAnswer:  # noqa: ANN401 — see the protocol
        """Read an answer. A filtered one is no error line: the output itself carries an `error`."""
        body = _mapping(output)
        message = _mapping(_mapping(body.get("output")).get("message"))
        usage = _mapping(body.get("usage"))
        return ModelAnswer(
            text=_joined_text(message.get("content")),
            stop_reason=_text_or_none(body.get("stopReason")),
            usage=TokenUsage(_count(usage.get("inputTokens")), _count(usage.get("outputTokens"))),
            problem=_problem(body.get("error")),
        )


def _nova_source(picture: Picture) -> dict[str, Any]:
    # `bucketOwner` is needed only for a bucket of another account.
    if picture.location is not None:
        return {"s3Location": {"uri": picture.location}}
    return {"bytes": base64.b64encode(picture.content).decode("ascii")}


class Claude:
    """Anthropic Claude on Bedrock, messages API."""

    takes_locations = False

    def body(self, question: Question) -> dict[str, Any]:
        """Return the body; `media_type` is a MIME type here, unlike Nova's format.

        Raises:
            ConfigurationError: The image is to be shown by its place.
        """
        content: list[dict[str, Any]] = []
        if question.picture is not None:
            if question.picture.location is not None:
                raise ConfigurationError("Claude reads no image from S3; set YORUTSUKE_IMAGES=inline")
            source = {
                "type": "base64",
                "media_type": f"image/{question.picture.format}",
                "data": base64.b64encode(question.picture.content).decode("ascii"),
            }
            content.append({"type": "image", "source": source})
        content.append({"type": "text", "text": question.prompt})
        return {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": question.max_output_tokens,
            "temperature": 0,
            "system": question.system,
            "messages": [{"role": "user", "content": content}],
        }

    def answer(self, output: Any) -> ModelAnswer:  # noqa: ANN401 — see the protocol
        """Read an answer; blocks that are no text (`tool_use`) are passed over."""
        body = _mapping(output)
        usage = _mapping(body.get("usage"))
        return ModelAnswer(
            text=_joined_text(body.get("content")),
            stop_reason=_text_or_none(body.get("stop_reason")),
            usage=TokenUsage(_count(usage.get("input_tokens")), _count(usage.get("output_tokens"))),
            problem=_problem(body.get("error")),
        )


_FAMILIES: tuple[tuple[str, ModelFamily], ...] = (("amazon.nova", Nova()), ("anthropic.claude", Claude()))


def family_of(model_id: str) -> ModelFamily:
    """Return the family of a model id, an inference profile id (`us.`, `apac.`, `global.`) or an ARN.

    Raises:
        ConfigurationError: The product does not know how to ask that model.
    """
    for mark, family in _FAMILIES:
        if mark in model_id:
            return family
    known = ", ".join(f"{mark}-…" for mark, _ in _FAMILIES)
    raise ConfigurationError(f"model {model_id!r} is of no known family; set YORUTSUKE_MODEL_ID to one of: {known}")


def base_model(model_id: str) -> str:
    """Return what an id, an inference profile's id or an ARN names, without region, account or profile's prefix.

    Quotas are per base model, and the service answers with an ARN where an id was given. Of a model that the
    product does not know, the text is returned as it is.
    """
    for mark, _ in _FAMILIES:
        _, found, after = model_id.partition(mark)
        if found:
            return found + after
    return model_id


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _joined_text(blocks: object) -> str:
    if not isinstance(blocks, list):
        return ""
    texts = [block["text"] for block in blocks if isinstance(block, dict) and isinstance(block.get("text"), str)]
    return _storable("\n".join(texts))


def _text_or_none(value: object) -> str | None:
    return _storable(value) if isinstance(value, str) else None


def _storable(text: str) -> str:
    """Return a text with `?` for each half of a surrogate pair, which JSON can hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= _MOST_TOKENS else 0


def _problem(error: object) -> str | None:
    if error is None:
        return None
    message = _mapping(error).get("errorMessage") or _mapping(error).get("message")
    return _storable(message) if isinstance(message, str) else "the model's output carries an error"
