from __future__ import annotations

from yorutsuke_pipeline.infra.template import read_template, template_path

# CloudFormation takes no longer text in a call; beyond it `aws cloudformation deploy` asks for a bucket to put it in.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LONGEST = 51_200


def test_the_template_can_be_deployed_without_a_bucket_to_put_it_in() -> None:
    assert len(template_path().read_bytes()) <= LONGEST


def test_each_parameter_says_what_it_is_for_and_what_it_may_be() -> None:
    parameters = read_template().document["Parameters"]
    bounds = {"AllowedValues", "AllowedPattern", "MinValue"}

    assert [name for name, told in parameters.items() if not told.get("Description")] == []
    assert [name for name, told in parameters.items() if not bounds & told.keys()] == []
