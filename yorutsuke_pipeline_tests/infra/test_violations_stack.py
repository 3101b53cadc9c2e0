"""What infra/violations.yaml adds to the roles of infra/template.yaml: the table of violations, and nothing besides."""

from __future__ import annotations

from typing import Any

import pytest

from yorutsuke_pipeline.infra.template import read_template
from yorutsuke_pipeline_tests.deploy.ecs_template import load_template, resolved

RESOURCES = resolved(load_template("violations.yaml")["Resources"])
POLICIES = {name: found["Properties"] for name, found in RESOURCES.items() if found["Type"].endswith("ManagedPolicy")}


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = POLICIES[policy]["PolicyDocument"]["Statement"]
    return found


def actions(policy: str) -> set[str]:
    return {action for statement in statements(policy) for action in statement["Action"]}


@pytest.mark.parametrize("policy", POLICIES)
def test_each_role_that_gets_a_policy_is_one_of_the_other_stack(policy: str) -> None:
    roles = {
        properties["RoleName"]["Fn::Sub"].replace("${Env}", "prod")
        for properties in read_template().properties_of("AWS::IAM::Role").values()
    }

    assert set(POLICIES[policy]["Roles"]) < roles


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_about_the_one_table_bucket(policy: str) -> None:
    bucket = "<ViolationsTableBucket.TableBucketARN>"

    assert {statement["Resource"] for statement in statements(policy)} == {bucket, f"{bucket}/table/*"}


def test_who_selects_may_write_nothing_and_who_merges_may_make_or_delete_no_table() -> None:
    writing = {"s3tables:PutTableData", "s3tables:UpdateTableMetadataLocation"}

    assert actions("MergePolicy") - actions("ReadPolicy") == writing
    assert not {action for action in actions("ReadPolicy") if not action.startswith("s3tables:Get")}


def test_the_table_bucket_outlives_its_stack() -> None:
    bucket = RESOURCES["ViolationsTableBucket"]

    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
