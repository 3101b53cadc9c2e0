"""Converse's body, the same for every model, and the form of its answer.

The body is held against botocore's own shape of the Converse request, so a bad format reads as on the wire:
`Value 'jpg' at 'messages.1.member.content.2.member.image.format' failed to satisfy constraint: ...`.
Kept out: checking the images (`prompt`), counting tokens (`tokens`).
"""

from collections.abc import Mapping
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock.completion import Completion
from yorutsuke_pipeline.local_aws.bedrock.errors import ModelInputError, SerializationError, ValidationError
from yorutsuke_pipeline.local_aws.bedrock.models import Family, Model
from yorutsuke_pipeline.local_aws.bedrock.prompt import GivenImage, Prompt, S3Image, decode_base64
from yorutsuke_pipeline.local_aws.bedrock.shapes import check_request


def read_body(body: object, model: Model) -> Prompt:
    """Turn a body into what it asks of `model`.

    Raises:
        ModelInputError: it breaks Converse's shape, or asks for what the model does not take.
    """
    if not isinstance(body, Mapping):
        raise ModelInputError("The request body must be a JSON object.")
    try:
        check_request("bedrock-runtime", "Converse", {**body, "modelId": model.model_id})
    except (ValidationError, SerializationError) as error:
        raise ModelInputError(error.message) from error
    messages = body.get("messages") or []
    if not messages or messages[0]["role"] != "user":
        raise ModelInputError("A conversation must start with a user message. Try again with a user message first.")
    texts = [block["text"] for block in body.get("system") or [] if block.get("text")]
    images: list[GivenImage] = []
    for turn, message in enumerate(messages, start=1):
        for place, block in enumerate(message["content"], start=1):
            texts += [block["text"]] if block.get("text") else []
            path = f"messages.{turn}.member.content.{place}.member.image.source"
            images += [_image(block["image"], path, model)] if block.get("image") else []
    limits = body.get("inferenceConfig") or {}
    return Prompt("\n".join(texts), tuple(images), limits.get("maxTokens"), tuple(limits.get("stopSequences") or ()))


def write_answer(completion: Completion, *, latency_ms: int) -> dict[str, Any]:
    """The answer in Converse's form."""
    return {
        "metrics": {"latencyMs": latency_ms},
        "output": {"message": {"content": [{"text": completion.text}], "role": "assistant"}},
        "stopReason": completion.stop_reason,
        "usage": {
            "inputTokens": completion.input_tokens,
            "outputTokens": completion.output_tokens,
            "totalTokens": completion.input_tokens + completion.output_tokens,
        },
    }


def _image(image: Mapping[str, Any], path: str, model: Model) -> GivenImage:
    source = image["source"]
    location = source.get("s3Location")
    if location is None:
        return GivenImage(image["format"], decode_base64(source["bytes"], path=f"{path}.bytes"))
    if model.family is not Family.NOVA:
        raise ModelInputError(f"{path}.s3Location: this model doesn't support S3 locations. Send the bytes instead.")
    return GivenImage(image["format"], S3Image(location["uri"]))
