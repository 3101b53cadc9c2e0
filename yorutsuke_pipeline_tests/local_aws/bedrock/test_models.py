import pytest

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.errors import ValidationError
from yorutsuke_pipeline.local_aws.bedrock.models import Family, find_model


@pytest.mark.parametrize(
    ("model_id", "family", "base"),
    [
        ("amazon.nova-lite-v1:0", Family.NOVA, "amazon.nova-lite-v1:0"),
        ("us.amazon.nova-premier-v1:0", Family.NOVA, "amazon.nova-premier-v1:0"),
        ("amazon.nova-lite-v1:0:300k", Family.NOVA, "amazon.nova-lite-v1:0:300k"),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", Family.CLAUDE, "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", Family.CLAUDE, "anthropic.claude-3-5-sonnet-20240620-v1:0"),
        ("us.meta.llama3-2-11b-instruct-v1:0", Family.CONVERSE_ONLY, "meta.llama3-2-11b-instruct-v1:0"),
    ],
)
def test_a_model_is_known_by_its_family(model_id: str, family: Family, base: str) -> None:
    model = find_model(model_id, Account("us-east-1", "1" * 12))

    assert (model.family, model.model_id) == (family, base)
    assert find_model(model.arn, Account("us-east-1", "1" * 12)) == model


@pytest.mark.parametrize(
    "model_id",
    [
        "",
        "nova",
        "amazon.nova-lite",
        "amazon.nova-canvas-v1:0",
        "mars.amazon.nova-lite-v1:0",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "amazon.nova-premier-v1:0",
    ],
)
def test_what_is_no_model_or_needs_a_profile_is_refused(model_id: str) -> None:
    with pytest.raises(ValidationError):
        find_model(model_id, Account("us-east-1", "1" * 12))
