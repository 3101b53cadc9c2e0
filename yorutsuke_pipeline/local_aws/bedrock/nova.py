"""Amazon Nova's InvokeModel body (`messages-v1`) and the form of its answer.

Source: "Complete request schema" in the Nova user guide
(https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html). Its errors are worded as the
service words them: `Malformed input request: #: required key [messages] not found, ...`.
Kept out: checking the images (`prompt`), counting tokens (`tokens`).
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from yorutsuke_pipeline.local_aws.bedrock.completion import Completion
from yorutsuke_pipeline.local_aws.bedrock.errors import ModelInputError
from yorutsuke_pipeline.local_aws.bedrock.prompt import GivenImage, Prompt, S3Image, decode_base64

_CONTENT_FILTERED = "The generated text has been blocked by our content filters."


class _Strict(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class _S3Location(_Strict):
    uri: str = Field(pattern=r"^s3://[^/]+/.+")
    bucket_owner: str | None = Field(default=None, pattern=r"^[0-9]{12}$")


class _Source(_Strict):
    bytes: str | None = None
    s3_location: _S3Location | None = None


class _Image(_Strict):
    format: Literal["png", "jpeg", "gif", "webp"]
    source: _Source


class _CachePoint(_Strict):
    type: Literal["default"]


class _Block(_Strict):
    text: str | None = None
    image: _Image | None = None
    cache_point: _CachePoint | None = None
    tool_use: dict[str, Any] | None = None
    tool_result: dict[str, Any] | None = None
    reasoning_content: dict[str, Any] | None = None


class _Message(_Strict):
    role: Literal["user", "assistant"]
    content: list[_Block] = Field(min_length=1)


class _InferenceConfig(_Strict):
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=1)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=0, le=128)
    stop_sequences: list[str] = Field(default_factory=list)
    reasoning_config: dict[str, Any] | None = None


class _SystemBlock(_Strict):
    text: str | None = None
    cache_point: _CachePoint | None = None


class _Body(_Strict):
    schema_version: Literal["messages-v1"] | None = None
    system: list[_SystemBlock] = Field(default_factory=list)
    messages: list[_Message] = Field(min_length=1)
    inference_config: _InferenceConfig = Field(default_factory=_InferenceConfig)
    tool_config: dict[str, Any] | None = None


def read_body(body: object) -> Prompt:
    """Turn a body into what it asks. Raises ModelInputError, worded by the path of the first fault."""
    try:
        parsed = _Body.model_validate(body)
    except ValidationError as error:
        raise ModelInputError(_malformed(error)) from error
    if parsed.messages[0].role != "user":
        raise ModelInputError("A conversation must start with a user message. Try again with a user message first.")
    texts = [block.text for block in parsed.system if block.text]
    images: list[GivenImage] = []
    for turn, message in enumerate(parsed.messages):
        for place, block in enumerate(message.content):
            path = f"#/messages/{turn}/content/{place}"
            _check_one_kind(block, path)
            texts += [block.text] if block.text else []
            images += [_image(block.image, path)] if block.image else []
    config = parsed.inference_config
    return Prompt("\n".join(texts), tuple(images), config.max_tokens, tuple(config.stop_sequences))


def write_answer(completion: Completion) -> dict[str, Any]:
    """The answer in Nova's form; one that its filters held back carries an `error` beside its output."""
    answer: dict[str, Any] = {
        "output": {"message": {"content": [{"text": completion.text}], "role": "assistant"}},
        "stopReason": completion.stop_reason,
        "usage": {
            "inputTokens": completion.input_tokens,
            "outputTokens": completion.output_tokens,
            "totalTokens": completion.input_tokens + completion.output_tokens,
            "cacheReadInputTokenCount": 0,
            "cacheWriteInputTokenCount": 0,
        },
    }
    if completion.stop_reason == "content_filtered":
        answer["error"] = _CONTENT_FILTERED
    return answer


def _check_one_kind(block: _Block, path: str) -> None:
    given = [name for name in _Block.model_fields if getattr(block, name) is not None]
    if len(given) != 1:
        raise ModelInputError(
            f"Malformed input request: {path}: exactly one of [text, image, ...] is needed, found "
            f"[{', '.join(map(to_camel, given))}], please reformat your input and try again."
        )


def _image(image: _Image, path: str) -> GivenImage:
    source = image.source
    if (source.bytes is None) == (source.s3_location is None):
        raise ModelInputError(
            f"Malformed input request: {path}/image/source: exactly one of [bytes, s3Location] is needed, "
            "please reformat your input and try again."
        )
    if source.s3_location is not None:
        return GivenImage(image.format, S3Image(source.s3_location.uri))
    return GivenImage(image.format, decode_base64(source.bytes or "", path=f"{path}/image/source/bytes"))


def _malformed(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    *parents, last = first["loc"] or ("",)
    path = "/".join(["#", *map(str, parents)])
    if first["type"] == "missing":
        fault = f"{path}: required key [{last}] not found"
    elif first["type"] == "extra_forbidden":
        fault = f"{path}: extraneous key [{last}] is not permitted"
    elif first["type"] == "literal_error":
        fault = f"{path}/{last}: {str(first['input'])[:50]} is not a valid enum value"
    else:
        fault = f"{path}/{last}: {first['msg']}"
    return f"Malformed input request: {fault}, please reformat your input and try again."
