"""Faults as they are written down, and which calls they hit."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind, WrongFaultError, parse_fault, parse_faults
from yorutsuke_pipeline.local_aws.fault_proxy.fault_schedule import FaultSchedule
from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation

PUT = Operation("dynamodb", "PutItem", "a-table")
GET = Operation("s3", "GetObject", "bucket/key")


def test_a_fault_of_the_command_line_is_the_same_as_one_of_a_file() -> None:
    words = "operation=dynamodb:PutItem kind=error call=3 times=null code=ValidationException status=400"
    fields = {
        "operation": "dynamodb:PutItem",
        "kind": "error",
        "call": 3,
        "times": None,
        "code": "ValidationException",
        "status": 400,
    }

    assert (parse_fault(words),) == parse_faults(json.dumps([fields])) == (Fault.model_validate(fields),)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("operation=PutItem", "kind: Field required"),
        ("kind=throtle", "kind: Input should be 'throttle', 'server_error'"),
        ("kind=reset call=0", "call: Input should be greater than or equal to 1"),
        ("kind=reset times=0", "times: Input should be greater than or equal to 1"),
        ("kind=slow seconds=-1", "seconds: Input should be greater than or equal to 0"),
        ("kind=slow seconds=nan", "seconds: Input should be"),
        ("kind=truncated share=1.5", "share: Input should be less than or equal to 1"),
        ("kind=error status=200 code=A", "status: Input should be greater than or equal to 400"),
        ("kind=error", "code: an error needs one"),
        ("kind=reset code=A", "code, status: only for access_denied"),
        ("kind=reset colour=blue", "colour: no field of a fault; there are operation, kind, call"),
        ("kind=reset operation=PutItm", "operation: 'PutItm' is no operation of s3, dynamodb and bedrock"),
        ("kind=reset operation=s3:PutItem", "operation: 'PutItem' is no operation of s3"),
        ("kind=reset operation=bedrock-runtime:Converse", "operation: Bedrock's runtime is signed as bedrock"),
        ("kind=unprocessed operation=PutItem", "operation: unprocessed is for dynamodb:BatchWriteItem"),
        ("kind=corrupted operation=dynamodb:*", "operation: corrupted is for s3:GetObject"),
        ("kind=reset kind=slow", "kind: 'kind=slow' comes twice"),
        ("reset", "'reset' is no field=value"),
        ("kind='reset", "No closing quotation"),
    ],
)
def test_a_wrong_fault_is_refused_by_field_and_with_what_is_allowed(words: str, complaint: str) -> None:
    with pytest.raises(WrongFaultError) as refused:
        parse_fault(words)

    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "no JSON"),
        ("3", "tuple"),
        ('[{"kind": "reset"}, {"kind": "slow", "seconds": "long"}]', "1.seconds: Input should be a valid number"),
    ],
)
def test_a_wrong_file_of_faults_says_which_is_wrong(document: str, complaint: str) -> None:
    with pytest.raises(WrongFaultError) as refused:
        parse_faults(document)

    assert complaint in str(refused.value)


def test_a_fault_does_not_change_once_it_is_made() -> None:
    fault = Fault(kind=FaultKind.RESET)

    with pytest.raises(ValidationError, match="frozen"):
        fault.call = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("pattern", "fits_put", "fits_get"),
    [
        ("*", True, True),
        ("PutItem", True, False),
        ("dynamodb:PutItem", True, False),
        ("dynamodb:*", True, False),
        ("s3:*", False, True),
        ("sqs:SendMessage", False, False),
    ],
)
def test_a_pattern_fits_a_name_a_service_or_anything(pattern: str, *, fits_put: bool, fits_get: bool) -> None:
    fault = Fault(operation=pattern, kind=FaultKind.RESET)

    assert (fault.fits(PUT), fault.fits(GET)) == (fits_put, fits_get)


def test_kinds_for_some_operations_only_let_the_others_pass_uncounted() -> None:
    assert not Fault(kind=FaultKind.UNPROCESSED).fits(PUT)
    assert Fault(kind=FaultKind.UNPROCESSED).fits(Operation("dynamodb", "BatchGetItem"))
    assert Fault(kind=FaultKind.CORRUPTED).fits(GET)


def hits(schedule: FaultSchedule, *operations: Operation) -> list[FaultKind | None]:
    return [fault.kind if (fault := schedule.next_hit(operation)) else None for operation in operations]


def test_the_nth_call_that_fits_is_hit_and_as_many_after_it_as_asked() -> None:
    schedule = FaultSchedule([Fault(operation="PutItem", kind=FaultKind.RESET, call=2, times=2)])

    assert hits(schedule, PUT, GET, PUT, GET, PUT, PUT) == [None, None, "reset", None, "reset", None]


def test_a_fault_without_an_end_hits_for_ever() -> None:
    schedule = FaultSchedule([Fault(kind=FaultKind.RESET, call=2, times=None)])

    assert hits(schedule, *[PUT] * 50) == [None] + ["reset"] * 49


def test_a_call_that_one_fault_hits_is_counted_by_those_behind_it() -> None:
    schedule = FaultSchedule([Fault(kind=FaultKind.RESET), Fault(kind=FaultKind.SLOW, call=2)])

    assert hits(schedule, PUT, PUT, PUT) == ["reset", "slow", None]


def test_new_faults_and_a_restart_count_from_one() -> None:
    schedule = FaultSchedule([Fault(kind=FaultKind.RESET, call=2)])
    before = hits(schedule, PUT)
    schedule.restart()
    restarted = hits(schedule, PUT, PUT)
    schedule.replace([Fault(kind=FaultKind.SLOW)])

    assert (before, restarted, hits(schedule, PUT)) == ([None], [None, "reset"], ["slow"])
