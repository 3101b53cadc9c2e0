"""What a comparison comes to, on readings of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.infra.comparison import ResourceDrift, State, compare
from yorutsuke_pipeline.infra.difference import Difference
from yorutsuke_pipeline.infra.intrinsics import Resource
from yorutsuke_pipeline.infra.readings.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "DescribeTable")


def resource(resource_type: str = "AWS::DynamoDB::Table", ref: str | None = "a", **properties: Any) -> Resource:  # noqa: ANN401 — a template's words
    return Resource("Mine", resource_type, properties, ref)


def drifts(*resources: Resource, found: Mapping[str, Any] | Exception | None) -> list[ResourceDrift]:
    def read(_client: object, _resource: Resource) -> Mapping[str, Any] | None:
        if isinstance(found, Exception):
            raise found
        return found

    readings = {
        each: Reading(each, "any", frozenset({"TableName", "Days", "ManagedPolicyArns", "RoleName"}), read)
        for each in ("AWS::DynamoDB::Table", "AWS::IAM::Role")
    }
    return list(compare(resources, readings, lambda service: service))


def drift(wanted: Resource, found: Mapping[str, Any] | Exception | None) -> ResourceDrift:
    (only,) = drifts(wanted, found=found)
    return only


def test_what_is_as_the_template_has_it_is_equal() -> None:
    assert drift(resource(TableName="a", Days=1), {"TableName": "a", "Days": "1"}).state is State.EQUAL


def test_what_is_not_there_is_missing() -> None:
    assert drift(resource(TableName="a"), None).state is State.MISSING


def test_what_differs_says_where() -> None:
    found = drift(resource(TableName="a", Days=1), {"TableName": "a", "Days": 2})

    assert found.state is State.DIFFERS
    assert found.differences == (Difference("Days", "1", "2"),)


def test_a_property_that_nothing_reads_back_is_named() -> None:
    found = drift(resource(TableName="a", Colour="red"), {"TableName": "a"})

    assert found.state is State.EQUAL
    assert found.not_compared == ("Colour",)


def test_a_type_that_nothing_reads_back_is_named_and_is_no_failure() -> None:
    found = drift(resource("AWS::Lambda::Function", ref=None), {})

    assert found.state is State.NOT_COMPARED
    assert "AWS::Lambda::Function" in found.why
    assert found.is_well


def test_a_resource_whose_name_only_cloudformation_knows_is_not_compared() -> None:
    assert drift(resource(ref=None), {}).state is State.NOT_COMPARED


def test_one_that_may_not_be_read_says_why_and_the_others_are_compared_all_the_same() -> None:
    found = drift(resource(TableName="a"), DENIED)

    assert found.state is State.UNREADABLE
    assert "AccessDenied" in found.why
    assert "allow it" in found.why
    assert not found.is_well


def test_a_role_has_the_policies_that_name_it_as_well_as_those_that_it_names() -> None:
    role = resource("AWS::IAM::Role", RoleName="night", ManagedPolicyArns=["arn:one"])
    policy = Resource("Theirs", "AWS::IAM::ManagedPolicy", {"Roles": ["night"]}, "arn:two")

    found = drifts(role, policy, found={"RoleName": "night", "ManagedPolicyArns": ["arn:two", "arn:one"]})

    assert found[0].state is State.EQUAL
