"""Anthropic Claude's InvokeModel body (`bedrock-2023-05-31`) and the form of its answer.

Source: "Anthropic Claude Messages API" in the Bedrock user guide
(https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html).
Its errors are worded as that API words them: `messages.0.content.0.text: Field required`.
Kept out: checking the images (`prompt`), counting tokens (`tokens`).
"""

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from yorutsuke_pipeline.local_aws.bedrock.completion import Completion
from yorutsuke_pipeline.local_aws.bedrock.errors import ModelInputError
from yorutsuke_pipeline.local_aws.bedrock.prompt import GivenImage, Prompt, decode_base64

# "5 MB per image" through the API: https://docs.anthropic.com/en/docs/build-with-claude/vision
MAX_IMAGE_BYTES = 5 * 1024 * 1024


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Base64Source(_Strict):
    type: Literal["base64"]
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp"]
    data: str


class _Text(_Strict):
    type: Literal["text"]
    text: str = Field(min_length=1)
    cache_control: dict[str, Any] | None = None
    citations: Any = None


class _Image(_Strict):
    type: Literal["image"]
    source: _Base64Source
    cache_control: dict[str, Any] | None = None


class _OtherBlock(BaseModel):
    """Blocks of a longer conversation, which the model behind this service has no use for."""

    model_config = ConfigDict(extra="allow")
    type: Literal["tool_use", "tool_result", "document", "thinking", "redacted_thinking", "search_result"]


_Block = Annotated[_Text | _Image | _OtherBlock, Field(discriminator="type")]


class _Message(_Strict):
    role: Literal["user", "assistant"]
    content: list[_Block]

    @field_validator("content", mode="before")
    @classmethod
    def _text_is_a_block(cls, content: object) -> object:
        return [{"type": "text", "text": content}] if isinstance(content, str) else content


class _Body(_Strict):
    anthropic_version: Literal["bedrock-2023-05-31"]
    max_tokens: int = Field(ge=1)
    messages: list[_Message] = Field(min_length=1)
    system: str | list[_Text] | None = None
    temperature: float | None = Field(default=None, ge=0, le=1)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    stop_sequences: list[str] = Field(default_factory=list)
    anthropic_beta: list[str] | None = None
    metadata: dict[str, Any] | None = None
    output_config: dict[str, Any] | None = None
    thinking: dict[str, Any] | None = None
    tool_choice: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None


def read_body(body: object) -> Prompt:
    """Turn a body into what it asks. Raises ModelInputError, worded by the path of the first fault."""
    try:
        parsed = _Body.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ModelInputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if parsed.messages[0].role != "user":
        raise ModelInputError('messages: first message must use the "user" role')
    texts = _system_texts(parsed.system)
    images: list[GivenImage] = []
    for turn, message in enumerate(parsed.messages):
        for place, block in enumerate(message.content):
            if isinstance(block, _Text):
                texts.append(block.text)
            elif isinstance(block, _Image):
                images.append(_image(block, f"messages.{turn}.content.{place}.image.source.base64.data"))
    return Prompt("\n".join(texts), tuple(images), parsed.max_tokens, tuple(parsed.stop_sequences))


def write_answer(completion: Completion) -> dict[str, Any]:
    """The answer in Claude's form."""
    digest = hashlib.sha256(f"{completion.text}{completion.input_tokens}".encode("utf-8", "replace")).hexdigest()
    return {
        "model": completion.model_id.removeprefix("anthropic.").split("-v1:")[0],
        "id": f"msg_bdrk_{digest[:24]}",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": completion.text}],
        "stop_reason": completion.stop_reason,
        "stop_sequence": None,
        "usage": {
            "input_tokens": completion.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": completion.output_tokens,
        },
    }


def _system_texts(system: str | list[_Text] | None) -> list[str]:
    if isinstance(system, str):
        return [system]
    return [block.text for block in system or []]


def _image(block: _Image, path: str) -> GivenImage:
    data = decode_base64(block.source.data, path=path)
    if len(data) > MAX_IMAGE_BYTES:
        raise ModelInputError(f"{path}: image exceeds 5 MB maximum: {len(data)} bytes > {MAX_IMAGE_BYTES} bytes")
    return GivenImage(block.source.media_type.removeprefix("image/"), data)
