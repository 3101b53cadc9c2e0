"""On-demand inference: InvokeModel and Converse of `bedrock-runtime`.

What belongs here: their headers and the limits of one request. Kept out: reading and answering a body, which is
the same as in a batch (`answering`).
"""

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.answering import Answering, InvocationType
from yorutsuke_pipeline.local_aws.bedrock.errors import SerializationError, ValidationError
from yorutsuke_pipeline.local_aws.bedrock.models import find_model
from yorutsuke_pipeline.local_aws.bedrock.wire import Response, json_response, parse_json

# "The total payload can't exceed 25 MB": Nova user guide, image understanding. Base64 counts as sent.
MAX_BODY_BYTES = 25 * 1024 * 1024


class RuntimeApi:
    """The operations that answer at once."""

    def __init__(self, *, answering: Answering, account: Account) -> None:
        self._answering = answering
        self._account = account

    async def invoke(self, model_id: str, body: bytes) -> Response:
        """InvokeModel: the answer's body is the model family's own."""
        return await self._answer(model_id, InvocationType.INVOKE_MODEL, body)

    async def converse(self, model_id: str, body: bytes) -> Response:
        """Converse."""
        return await self._answer(model_id, InvocationType.CONVERSE, body)

    async def _answer(self, model_id: str, kind: InvocationType, body: bytes) -> Response:
        model = find_model(model_id, self._account)
        if len(body) > MAX_BODY_BYTES:
            raise ValidationError(f"The request has {len(body)} bytes, at most {MAX_BODY_BYTES} are taken.")
        try:
            value = parse_json(body)
        except SerializationError as error:
            raise ValidationError(
                f"Malformed input request: {error.message}, please reformat your input and try again."
            ) from error
        answer = await self._answering.answer(model, kind, value)
        headers = {
            "x-amzn-bedrock-invocation-latency": str(answer.latency_ms),
            "x-amzn-bedrock-input-token-count": str(answer.input_tokens),
            "x-amzn-bedrock-output-token-count": str(answer.output_tokens),
        }
        is_invoke = kind is InvocationType.INVOKE_MODEL
        return json_response(answer.body, headers=headers if is_invoke else None)
