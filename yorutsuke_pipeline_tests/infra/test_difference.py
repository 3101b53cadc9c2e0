from __future__ import annotations

from typing import Any

import pytest

from yorutsuke_pipeline.infra.difference import Difference, differences


def policy(**statement: Any) -> dict[str, Any]:  # noqa: ANN401 — a policy's words
    return {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}}


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"RetentionInDays": 30}, {"RetentionInDays": "30"}),
        ({"Threshold": 5}, {"Threshold": 5.0}),
        ({"Enabled": True}, {"Enabled": "true"}),
        ({"Protected": False}, {}),
        ({}, {"Protected": False, "Indexes": [], "Stream": {"ViewType": None}, "Description": ""}),
        (
            {"Keys": [{"AttributeName": "a"}, {"AttributeName": "b"}]},
            {"Keys": [{"AttributeName": "b"}, {"AttributeName": "a"}]},
        ),
        ({"Arns": ["x", "y"]}, {"Arns": ["y", "x"]}),
        ({"Rules": [{"Ownership": "A"}, {"Ownership": "B"}]}, {"Rules": [{"Ownership": "B"}, {"Ownership": "A"}]}),
        (policy(Action="s3:GetObject", Resource=["*"]), policy(Action=["s3:GetObject"], Resource="*")),
        (policy(Principal={"AWS": "123456789012"}), policy(Principal={"AWS": "arn:aws:iam::123456789012:root"})),
        (policy(Condition={"Bool": {"tls": "false"}}), policy(Condition={"Bool": {"tls": False}})),
    ],
)
def test_two_spellings_of_the_same_are_no_difference(expected: dict[str, Any], found: dict[str, Any]) -> None:
    assert list(differences(expected, found)) == []


@pytest.mark.parametrize(
    ("expected", "found", "path", "values"),
    [
        ({"Days": 30}, {"Days": 7}, "Days", ("30", "7")),
        ({"Days": 30}, {}, "Days", ("30", None)),
        ({}, {"Days": 30}, "Days", (None, "30")),
        ({"A": {"B": "x"}}, {"A": {"B": "y"}}, "A.B", ("x", "y")),
        ({"Rules": [{"Id": "old", "Days": 1}]}, {"Rules": [{"Id": "old", "Days": 2}]}, "Rules[old].Days", ("1", "2")),
        ({"Rules": [{"Id": "a"}]}, {"Rules": [{"Id": "a"}, {"Id": "b"}]}, "Rules[b]", (None, {"Id": "b"})),
        ({"Arns": ["x"]}, {"Arns": ["y"]}, "Arns", (["x"], ["y"])),
        # In a policy, the text "false" is what a condition compares with, and is not as good as nothing.
        (
            policy(Condition={"Bool": {"tls": "false"}}),
            policy(Condition={}),
            "PolicyDocument.Statement.Condition",
            ({"Bool": {"tls": "false"}}, None),
        ),
    ],
)
def test_a_difference_is_named_by_its_path_with_both_values(
    expected: dict[str, Any], found: dict[str, Any], path: str, values: tuple[object, object]
) -> None:
    assert list(differences(expected, found)) == [Difference(path, *values)]
