"""One request body in, one answer body out: the same path on demand and in a batch.

What belongs here: the order of steps (read the body, fetch and check its images, ask the model, cut, count,
write in the family's form). Kept out: each step's own rules, and where a body came from.
"""

import asyncio
import enum
import time
from dataclasses import dataclass
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock import claude, converse, nova
from yorutsuke_pipeline.local_aws.bedrock.completion import Completion, finish
from yorutsuke_pipeline.local_aws.bedrock.errors import ModelInputError
from yorutsuke_pipeline.local_aws.bedrock.models import Family, Model
from yorutsuke_pipeline.local_aws.bedrock.objects import Location, ObjectError, Objects
from yorutsuke_pipeline.local_aws.bedrock.prompt import CheckedImage, GivenImage, Prompt, check_image
from yorutsuke_pipeline.local_aws.bedrock.tokens import image_tokens, text_tokens
from yorutsuke_pipeline.local_aws.bedrock.workers import ModelWorkers

# "Total payload size 25 MB": the Nova user guide's limit for inline images, held for one image from S3 as well.
MAX_IMAGE_BYTES = 25 * 1024 * 1024


class InvocationType(str, enum.Enum):
    """Which operation's body a request carries."""

    INVOKE_MODEL = "InvokeModel"
    CONVERSE = "Converse"


@dataclass(frozen=True)
class Answer:
    """An answer body in the form that the caller asked for, and what it cost."""

    body: dict[str, Any]
    input_tokens: int
    output_tokens: int
    latency_ms: int


class Answering:
    """The model with everything around it that the service does."""

    def __init__(self, *, workers: ModelWorkers, objects: Objects) -> None:
        self._workers = workers
        self._objects = objects

    async def answer(
        self, model: Model, kind: InvocationType, body: object, *, folder: Location | None = None
    ) -> Answer:
        """Answer one body.

        Args:
            model: whom to ask.
            kind: how to read the body and how to write the answer.
            body: parsed JSON.
            folder: in a batch, the job's input folder: images may come from there alone.

        Raises:
            ModelInputError: the model does not take this body.
            ModelError: the model failed on it.
        """
        started = time.monotonic()
        prompt = await asyncio.to_thread(_read_body, model, kind, body)
        if prompt.images and not model.takes_images:
            raise ModelInputError("This model doesn't support the image content block that you provided.")
        images = [await self._objects.in_thread(self._fetch, image, folder) for image in prompt.images]
        reply = await self._workers.answer(prompt.text, [image.data for image in images])
        cost = text_tokens(prompt.text) + sum(image_tokens(model, image.width, image.height) for image in images)
        completion = finish(model.model_id, prompt, text=reply.text, stop_reason=reply.stop_reason, input_tokens=cost)
        latency_ms = round((time.monotonic() - started) * 1000)
        written = _write_answer(model, kind, completion, latency_ms)
        return Answer(written, completion.input_tokens, completion.output_tokens, latency_ms)

    def _fetch(self, image: GivenImage, folder: Location | None) -> CheckedImage:
        if isinstance(image.source, bytes):
            return check_image(image.source, image.format)
        place = Location.parse(image.source.uri)
        if folder is not None and not _is_inside(place, folder):
            raise ModelInputError(f"{place} is outside the job's input location {folder}; it must lie in that folder.")
        try:
            return check_image(self._objects.read(place, at_most=MAX_IMAGE_BYTES), image.format)
        except ObjectError as error:
            raise ModelInputError(f"The image could not be read from S3. {error}") from error


def _is_inside(place: Location, folder: Location) -> bool:
    return place.bucket == folder.bucket and place.key.startswith(folder.folder)


def _read_body(model: Model, kind: InvocationType, body: object) -> Prompt:
    if kind is InvocationType.CONVERSE:
        return converse.read_body(body, model)
    if model.family is Family.NOVA:
        return nova.read_body(body)
    if model.family is Family.CLAUDE:
        return claude.read_body(body)
    raise ModelInputError(f"The InvokeModel body of {model.model_id} is not known here; ask it by Converse.")


def _write_answer(model: Model, kind: InvocationType, completion: Completion, latency_ms: int) -> dict[str, Any]:
    if kind is InvocationType.CONVERSE:
        return converse.write_answer(completion, latency_ms=latency_ms)
    return nova.write_answer(completion) if model.family is Family.NOVA else claude.write_answer(completion)
