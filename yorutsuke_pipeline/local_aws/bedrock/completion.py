"""What a model said, with what it cost: the step between the model and a family's answer form."""

from dataclasses import dataclass

from yorutsuke_pipeline.local_aws.bedrock.prompt import Prompt
from yorutsuke_pipeline.local_aws.bedrock.tokens import first_tokens, text_tokens


@dataclass(frozen=True)
class Completion:
    """A finished answer; `stop_reason` in Converse's words (`end_turn`, `max_tokens`, `stop_sequence`, ...)."""

    model_id: str
    text: str
    stop_reason: str
    input_tokens: int
    output_tokens: int


def finish(model_id: str, prompt: Prompt, *, text: str, stop_reason: str, input_tokens: int) -> Completion:
    """Cut what the model said where the request told it to stop, and count it."""
    for sequence in prompt.stop_sequences:
        before, found, _ = text.partition(sequence)
        if sequence and found:
            text, stop_reason = before, "stop_sequence"
    if prompt.max_tokens is not None:
        kept = first_tokens(text, prompt.max_tokens)
        if kept != text:
            text, stop_reason = kept, "max_tokens"
    return Completion(model_id, text, stop_reason, input_tokens, text_tokens(text))
