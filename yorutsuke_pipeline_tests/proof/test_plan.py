"""What a sweep tries, and what it may leave out."""

from __future__ import annotations

from yorutsuke_pipeline.local_aws.fault_proxy.fault import FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation
from yorutsuke_pipeline_tests.proof.day import FLOWS
from yorutsuke_pipeline_tests.proof.interruption import Mode, StagedCall
from yorutsuke_pipeline_tests.proof.plan import Extent, plan

CALLS = tuple(
    StagedCall(number, Operation(service, name), stage)
    for number, (service, name, stage) in enumerate(
        [
            ("dynamodb", "Query", "manifest"),
            ("dynamodb", "PutItem", "manifest"),
            ("dynamodb", "PutItem", "manifest"),
            ("bedrock", "CreateModelInvocationJob", "bedrock_job"),
            ("dynamodb", "PutItem", "bedrock_job"),
            ("s3", "GetObject", "raw_output"),
            ("dynamodb", "BatchWriteItem", "transactions"),
        ],
        start=1,
    )
)


def numbers(flow: str, mode: Mode, extent: Extent, calls: tuple[StagedCall, ...] = CALLS) -> list[int | None]:
    return [interruption.at for interruption in plan(FLOWS[flow], calls, mode, extent)]


def test_every_call_is_interrupted_before_its_effect_and_every_write_after_it() -> None:
    assert numbers("batch", Mode.KILL_BEFORE, Extent.EVERY) == [1, 2, 3, 4, 5, 6, 7]
    assert numbers("batch", Mode.KILL_AFTER, Extent.EVERY) == [2, 3, 4, 5, 7]


def test_a_short_sweep_tries_each_writing_operation_of_each_stage_once() -> None:
    assert numbers("batch", Mode.KILL_AFTER, Extent.SHORT) == [2, 4, 5, 7]


def test_a_sample_tries_every_writing_operation_and_every_stage_and_all_of_the_stage_that_pays() -> None:
    again = [("dynamodb", "PutItem", "transactions"), ("dynamodb", "PutItem", "archived_images")]
    calls = CALLS + tuple(
        StagedCall(number, Operation(service, name), stage) for number, (service, name, stage) in enumerate(again, 8)
    )

    assert numbers("batch", Mode.KILL_AFTER, Extent.SHORT, calls) == [2, 4, 5, 7, 8, 9]
    assert numbers("batch", Mode.KILL_AFTER, Extent.SAMPLE, calls) == [2, 4, 5, 7, 9]
    assert len(numbers("on-demand", Mode.KILL_AFTER, Extent.SAMPLE, calls)) == 1


def test_a_day_that_ends_partially_is_swept_from_its_submission_on() -> None:
    assert numbers("partial", Mode.KILL_BEFORE, Extent.EVERY) == [5, 6, 7]


def test_a_fault_names_just_the_call_that_it_is_meant_for() -> None:
    faults = [each.fault for each in plan(FLOWS["batch"], CALLS, Mode.FAULT, Extent.WRITES) if each.at == 5]

    assert {(fault.operation, fault.call) for fault in faults if fault} == {("dynamodb:PutItem", 3)}


def test_every_kind_of_fault_meets_every_operation_that_can_meet_it() -> None:
    met = {
        (each.fault.kind, each.fault.operation)
        for each in plan(FLOWS["batch"], CALLS, Mode.FAULT, Extent.EVERY)
        if each.fault
    }

    assert {operation for kind, operation in met if kind is FaultKind.UNPROCESSED} == {"dynamodb:BatchWriteItem"}
    assert {operation for kind, operation in met if kind is FaultKind.CORRUPTED} == {"s3:GetObject"}
    assert len({operation for kind, operation in met if kind is FaultKind.THROTTLE}) == 5
    assert {kind for kind, _ in met} == set(FaultKind) - {FaultKind.ERROR}
