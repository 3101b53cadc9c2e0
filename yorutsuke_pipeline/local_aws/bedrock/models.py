"""Which model a modelId names, which body it takes, and how the service writes its ARN.

Kept out: the bodies themselves (`nova`, `claude`, `converse`) and what tokens cost (`tokens`).
"""

import enum
import re
from dataclasses import dataclass

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.errors import ValidationError


class Family(str, enum.Enum):
    """Whose body and answer form a model has on InvokeModel."""

    NOVA = "nova"
    CLAUDE = "claude"
    CONVERSE_ONLY = "converse only"


@dataclass(frozen=True)
class Model:
    """One model as named by a caller.

    Attributes:
        model_id: the foundation model's id, without a profile's prefix: `amazon.nova-lite-v1:0`.
        arn: what Get and List show for it.
        family: whose body it takes.
        takes_images: Nova Micro reads text only.
        image_tokens: the flat rate of an image, where the model has one.
    """

    model_id: str
    arn: str
    family: Family
    takes_images: bool = True
    image_tokens: int | None = None


# Families, not single versions: a new version of a model should not need a change here.
_NOVA = re.compile(r"amazon\.nova-(?:(?:micro|lite|pro|premier)-v\d+|2-[a-z]+-v\d+)(?::\d+[a-z0-9:]*)?")
_CLAUDE = re.compile(r"anthropic\.claude-[a-z0-9.-]+(?::\d+[a-z0-9:]*)?")
_CONVERSE_ONLY = re.compile(
    r"(?:ai21|cohere|deepseek|google|meta|minimax|mistral|moonshot|nvidia|openai|qwen|writer|zai)\.[a-z0-9.:-]+"
    r"|amazon\.titan-text-[a-z0-9.:-]+"
)
_PROFILE_PREFIX = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.(?=[a-z0-9]+\.)")
# Served through inference profiles alone: their "supported Regions" pages list no plain model id.
_PROFILE_ONLY = re.compile(r"amazon\.nova-2-|amazon\.nova-premier-|anthropic\.claude-(?:3-7-|[a-z]+-\d)")
_ARN = re.compile(r"arn:[^:]+:bedrock:[^:]*:\d*:(?P<kind>[a-z-]+)/(?P<name>.+)")

# Nova 2 bills an image at a flat rate: nova2-userguide, using-multimodal-models, "Image-token estimation".
NOVA_2_IMAGE_TOKENS = 230


def find_model(model_id: str, account: Account) -> Model:
    """The model behind an id, an inference profile's id (`us.`, `apac.`, `global.`) or an ARN of either.

    Raises:
        ValidationError: nothing is known by that name, or it is served through inference profiles only.
    """
    arn = _ARN.fullmatch(model_id)
    name = arn["name"] if arn else model_id
    prefix = _PROFILE_PREFIX.match(name)
    base = name[prefix.end() :] if prefix else name
    family = _family(base)
    if family is None:
        raise ValidationError("The provided model identifier is invalid.")
    if prefix is None and _PROFILE_ONLY.match(base):
        raise ValidationError(
            f"Invocation of model ID {base} with on-demand throughput isn't supported. Retry your request with "
            "the ID or ARN of an inference profile that contains this model."
        )
    return Model(
        model_id=base,
        arn=model_id if arn else account.model_arn(name, is_profile=prefix is not None),
        family=family,
        takes_images="nova-micro" not in base,
        image_tokens=NOVA_2_IMAGE_TOKENS if "nova-2-" in base else None,
    )


def _family(base: str) -> Family | None:
    if _NOVA.fullmatch(base):
        return Family.NOVA
    if _CLAUDE.fullmatch(base):
        return Family.CLAUDE
    return Family.CONVERSE_ONLY if _CONVERSE_ONLY.fullmatch(base) else None
