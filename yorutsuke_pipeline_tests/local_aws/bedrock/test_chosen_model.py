"""Which model answers in the embedded Bedrock."""

import pytest

from yorutsuke_pipeline.local_aws.bedrock.workers import DEFAULT_MODEL, UnknownModelError, model_from_environment
from yorutsuke_pipeline_tests.local_aws.bedrock.served import TOLD_MODEL


@pytest.mark.parametrize(("named", "model"), [("", DEFAULT_MODEL), (" ", DEFAULT_MODEL), (TOLD_MODEL, TOLD_MODEL)])
def test_our_own_model_answers_unless_another_is_named(named: str, model: str) -> None:
    assert model_from_environment({"YORUTSUKE_BEDROCK_MODEL": named}) == model


def test_our_own_model_answers_where_nothing_is_set() -> None:
    assert model_from_environment({}) == DEFAULT_MODEL


@pytest.mark.parametrize("name", ["poems.model:answer", "yorutsuke_pipeline.poems:answer", "json.poems.model:answer"])
def test_a_model_that_is_nowhere_is_refused_before_anything_is_served(name: str) -> None:
    with pytest.raises(UnknownModelError, match=f"is {name}, and there is no module"):
        model_from_environment({"YORUTSUKE_BEDROCK_MODEL": name})
