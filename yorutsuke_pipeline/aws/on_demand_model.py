"""Bedrock's runtime: one record asked about, once.

There is no token here that makes asking twice harmless, so only what was certainly turned away is tried
again. An answer of the service that says the call failed is an answer, for that record; no answer at all
is a doubt. A wrong model id is refused with the same code as a picture that cannot be read, and must not cost
every record an attempt: so a model that has answered nothing yet is asked something harmless as well.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from yorutsuke_pipeline.aws.failures import Target, code_of, is_throttling, message_of, status_of, translated
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.engine.errors import ConfigurationError, InDoubtError, ThrottledError, TransientError
from yorutsuke_pipeline.engine.model_family import Question, family_of
from yorutsuke_pipeline.engine.ports import ModelRefusedError

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

_PATIENCE = Patience(deadline=120.0, first_wait=0.5, longest_wait=15.0)
# Said before a model is asked: by the service when it is busy, and when the account's quota is used up.
_NOT_BEGUN = frozenset({"ServiceUnavailableException", "ServiceQuotaExceededException"})
# Said of a body, and also of a model id that is unknown, or served through an inference profile only.
_INVALID = "ValidationException"
# What no model has a reason to refuse.
_HARMLESS = Question(system="Answer in one word.", prompt="Say yes.", max_output_tokens=10)
_BAD_GATEWAY = 502


class BedrockModel:
    """Implements `OnDemandModel`.

    Args:
        client: One that never asks twice by itself (`AwsClients.bedrock_runtime`).
        patience: For calls that were turned away for their rate.
    """

    def __init__(self, client: BedrockRuntimeClient, patience: Patience = _PATIENCE) -> None:
        self._client = client
        self._patience = patience
        self._has_answered = False

    def invoke(self, model_id: str, body: bytes) -> dict[str, Any]:
        """Ask about one record; return the model's output.

        Raises:
            ModelRefusedError: The service answered that it has no answer to this record.
            ThrottledError: Turned away for its rate until patience ended; certainly not asked.
            InDoubtError: It was asked, and the answer got lost.
            ConfigurationError: Nothing can be asked: credentials, region, access to the model.
        """
        return self._patience.repeat(lambda: self._invoke(model_id, body), on=ThrottledError)

    def _invoke(self, model_id: str, body: bytes) -> dict[str, Any]:
        target = Target(f"model {model_id}", "YORUTSUKE_MODEL_ID")
        try:
            answer = self._client.invoke_model(
                modelId=model_id,
                body=body,
                contentType="application/json",
                accept="application/json",
            )
            content = answer["body"].read()
        except ClientError as error:
            if is_throttling(error) or code_of(error) in _NOT_BEGUN:
                raise ThrottledError(f"could not ask {target.name}: {code_of(error)}; try again later") from error
            general = translated(error, target, "ask it")
            if isinstance(general, ConfigurationError):
                raise general from error
            if code_of(error) == _INVALID and not self._has_answered:
                self._check_model(model_id)
            raise ModelRefusedError(status_of(error), f"{code_of(error)}: {message_of(error)}") from error
        except (BotoCoreError, ResponseParserError) as error:
            general = translated(error, target, "ask it")
            if isinstance(general, TransientError):
                raise InDoubtError(
                    f"{general}; it may have been asked, so this record is not asked again now"
                ) from error
            raise general from error
        self._has_answered = True
        return _output(content)

    def _check_model(self, model_id: str) -> None:
        """Ask something harmless, some twenty tokens.

        Raises:
            ConfigurationError: The model does not take that either.
        """
        body = json.dumps(family_of(model_id).body(_HARMLESS)).encode()
        try:
            self._client.invoke_model(modelId=model_id, body=body)["body"].close()
        except ClientError as error:
            if code_of(error) == _INVALID:
                raise ConfigurationError(
                    f"model {model_id} cannot be asked anything: {message_of(error)}; set YORUTSUKE_MODEL_ID to a "
                    "model, or an inference profile, that this region offers",
                ) from error
        except (BotoCoreError, ResponseParserError):
            # No answer proves nothing; the record's own answer stands.
            return


def _output(content: bytes) -> dict[str, Any]:
    try:
        output = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelRefusedError(_BAD_GATEWAY, "the model's output is no JSON") from error
    if not isinstance(output, dict):
        raise ModelRefusedError(_BAD_GATEWAY, "the model's output is no JSON object")
    return output
