from __future__ import annotations

import pytest
import yaml  # type: ignore[import-untyped]  # as in the product

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.infra.intrinsics import Resource, resources_of
from yorutsuke_pipeline.infra.naming import NAMINGS, Account
from yorutsuke_pipeline.infra.readings import READINGS
from yorutsuke_pipeline.infra.template import Template, read_template

ACCOUNT = Account("123456789012", "ap-northeast-1")


def resolved(value: object, **parameters: str) -> object:
    """Resolve one property of a topic, beside a bucket, a queue and a role."""
    document = {
        "Parameters": {"Env": {"Type": "String", "Default": "dev"}, "Days": {"Type": "Number", "Default": 7}},
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
            "IsOther": {"Fn::Not": [{"Condition": "IsProd"}]},
            "IsBoth": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsOther"}]},
            "IsEither": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsOther"}]},
        },
        "Resources": {
            "Photos": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "photos-${Env}"}}},
            "Hints": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "hints"}},
            "Actor": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "actor", "Path": "/night/"}},
            "Nameless": {"Type": "AWS::SQS::Queue"},
            "Asked": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "asked", "Value": value}},
        },
    }
    found = resources_of(Template(yaml.safe_dump(document)), ACCOUNT, parameters, "a-stack")
    return next(resource for resource in found if resource.logical_id == "Asked").properties.get("Value")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("as it is", "as it is"),
        ({"Ref": "Env"}, "dev"),
        ({"Ref": "Days"}, 7),
        ({"Ref": "AWS::Region"}, "ap-northeast-1"),
        ({"Ref": "AWS::StackName"}, "a-stack"),
        ({"Ref": "Photos"}, "photos-dev"),
        ({"Ref": "Hints"}, "https://sqs.ap-northeast-1.amazonaws.com/123456789012/hints"),
        ({"Ref": "Asked"}, "arn:aws:sns:ap-northeast-1:123456789012:asked"),
        ({"Fn::GetAtt": ["Photos", "Arn"]}, "arn:aws:s3:::photos-dev"),
        ({"Fn::GetAtt": "Actor.Arn"}, "arn:aws:iam::123456789012:role/night/actor"),
        ({"Fn::Sub": "${Photos.Arn}/${Env}/${!literal}/*"}, "arn:aws:s3:::photos-dev/dev/${literal}/*"),
        ({"Fn::Sub": ["${Who}@${AWS::Partition}", {"Who": {"Ref": "Env"}}]}, "dev@aws"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Days"}]]}, "a-7"),
        ({"Fn::Select": [1, {"Fn::Split": [".", "one.two"]}]}, "two"),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "no"),
        ({"Fn::If": ["IsOther", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsBoth", "yes", "no"]}, "no"),
        ({"Fn::If": ["IsEither", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsProd", "there", {"Ref": "AWS::NoValue"}]}, None),
        ({"kept": 1, "gone": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        ([{"Ref": "AWS::NoValue"}, {"Ref": "Env"}], ["dev"]),
        # A policy's condition, and a statement's: not the template's.
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
    ],
)
def test_a_function_gives_what_cloudformation_would_make_of_it(value: object, expected: object) -> None:
    assert resolved(value) == expected


def test_a_parameter_that_is_given_takes_the_place_of_its_default() -> None:
    assert resolved({"Fn::If": ["IsProd", {"Ref": "Photos"}, "no"]}, Env="prod") == "photos-prod"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"Fn::Cidr": ["10.0.0.0/8", 1]}, "Fn::Cidr"),
        ({"Ref": "Nameless"}, "Nameless"),
        ({"Ref": "Nobody"}, "Nobody"),
        ({"Fn::GetAtt": ["Photos", "WebsiteURL"]}, "Photos.WebsiteURL"),
    ],
)
def test_what_only_cloudformation_knows_is_refused_by_name(value: object, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        resolved(value)


def test_a_parameter_that_the_template_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="Colour"):
        resolved("any", Colour="red")


def of(environment: str) -> dict[str, Resource]:
    found = resources_of(read_template(), ACCOUNT, {"Env": environment})
    return {resource.logical_id: resource for resource in found}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_template_resolves_whole_and_every_resource_of_it_can_be_read_back(environment: str) -> None:
    found = of(environment)

    assert {each.type for each in found.values()} <= set(READINGS)
    named = [each for each in found.values() if each.type in NAMINGS]
    assert [each.logical_id for each in named if each.ref is None or environment not in each.name] == []


@pytest.mark.parametrize(("environment", "is_protected"), [("dev", False), ("staging", True), ("prod", True)])
def test_tables_outside_dev_cannot_be_deleted_by_mistake(environment: str, *, is_protected: bool) -> None:
    tables = [each for each in of(environment).values() if each.type == "AWS::DynamoDB::Table"]

    assert {each.properties["DeletionProtectionEnabled"] for each in tables} == {is_protected}
    assert all(each.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] for each in tables)
    assert {each.properties["BillingMode"] for each in tables} == {"PAY_PER_REQUEST"}
