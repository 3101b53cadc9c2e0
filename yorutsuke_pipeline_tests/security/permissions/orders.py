"""What becomes of orders: taken at the desk, launched by the sensor, carried out, stopped, ordered again.

What belongs here: both kinds, of violations that a selection finds and of receipts that are named. The desk is the
HTTP API's; what a person does about the records afterwards is done as the operator.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.engine.orders import OrderStatus, Wanted
from yorutsuke_pipeline.lineup import blueprint_of
from yorutsuke_pipeline.local_aws.samples.violations import violations
from yorutsuke_pipeline.workloads.violations.content import SORT_KEY
from yorutsuke_pipeline.workloads.violations.line import violations_table
from yorutsuke_pipeline_tests.aws.violation_rows import content_row
from yorutsuke_pipeline_tests.aws.wire import lose_first_answer
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.security.days import at_once
from yorutsuke_pipeline_tests.security.permissions.actors import API, INGESTER, OPERATOR, SECONDS_FOR_JOBS, SUBMITTER

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from yorutsuke_pipeline.engine.orders import OrderState
    from yorutsuke_pipeline_tests.security.permissions.actors import Actors

_RECEIPTS, _VIOLATIONS = "receipts", "violations"
_ALL = Wanted("news", selection={})
# More than is asked about.
_LONG = "The inspector came back. " * 1000


def violations_that_an_order_selects(actors: Actors, _folder: Path) -> None:
    """One of them cannot be asked about, and of another somebody has edited the text; a line takes both halves."""
    rows = [dict(row) for row in violations(1, FEWEST_RECORDS + 2)]
    _load(actors, [{**rows[0], "narrative": _LONG}, *rows[1:]])
    _edit_text(actors, str(rows[1]["violation_id"]))
    desk = actors.stages(API, _VIOLATIONS).order_desk
    desk.estimate(_ALL)
    ordered = desk.place(_ALL).state
    assert desk.place(_ALL).cached
    _carry_out(actors, ordered)
    done = desk.state(ordered.intent_id)
    assert done is not None
    assert (done.status, done.errors) == (OrderStatus.COMPLETED, 1)
    assert ordered.intent_id in {each.intent_id for each in _listed(actors, ordered.day)}


def receipts_that_an_order_names(actors: Actors, _folder: Path) -> None:
    """They wait in a day of their own, and the order is of today; the photo of one is gone, and is asked for again."""
    place, day = actors.place, actors.place.new_day()
    names = tuple(place.put(day, number) for number in range(FEWEST_RECORDS + 1))
    place.world.s3.delete_object(Bucket=place.world.bucket, Key=f"uploads/user-{day}/{names[0]}.png")
    desk = actors.stages(API, _RECEIPTS).order_desk
    ordered = desk.place(Wanted(f"user-{day}", intent_id=f"app-{day}", identities=names)).state
    _carry_out(actors, ordered)
    done = desk.state(ordered.intent_id)
    assert done is not None
    assert (done.status, done.processed) == (OrderStatus.COMPLETED, FEWEST_RECORDS)
    again = desk.redrive(ordered.intent_id, ordered.owner)
    assert again is not None
    assert desk.stop(again.state.intent_id).status is OrderStatus.STOPPED


def orders_that_are_stopped(actors: Actors, _folder: Path) -> None:
    """Before anything is done, when it is prepared, and while its job works."""
    day = actors.place.new_day()
    names = tuple(actors.place.put(day, number) for number in range(FEWEST_RECORDS))
    desk = actors.stages(API, _RECEIPTS).order_desk
    wanted = [Wanted(f"user-{day}", intent_id=f"stop-{number}-{day}", identities=names) for number in range(3)]
    assert desk.stop(desk.place(wanted[0]).state.intent_id).status is OrderStatus.STOPPED
    prepared = desk.place(wanted[1]).state
    submitter = actors.stages(SUBMITTER, _RECEIPTS)
    submitter.day_manifests.write(prepared.day, only=prepared.intent_id)
    assert desk.stop(prepared.intent_id).status is OrderStatus.STOPPED
    at_once(actors.place.world, after_seconds=600)
    try:
        working = desk.place(wanted[2]).state
        submitter.day_manifests.write(working.day, only=working.intent_id)
        submitter.submitter.submit(working.day, only=working.intent_id)
        desk.stop(working.intent_id)
    finally:
        at_once(actors.place.world)


def violations_that_need_a_person(actors: Actors, _folder: Path) -> None:
    """They order at a desk of their own; what was turned away is ordered again, discarded and redriven.

    A text that is gone is written again.
    """
    desk, operator = actors.stages(API, _VIOLATIONS).order_desk, actors.stages(OPERATOR, _VIOLATIONS)
    (first,) = [each for each in _listed(actors, None) if each.errors]
    again = desk.redrive(first.intent_id, first.owner)
    assert again is not None
    _submit(actors, again.state)
    (case,) = operator.dead_letter_box.cases([first.day])
    operator.redriver.discard(case, "a typing error")
    (case,) = operator.dead_letter_box.cases([first.day])
    operator.redriver.redrive(case, even_discarded=True)
    operator.day_waits(first.day)
    _load(actors, list(violations(2, 1)))
    own = operator.order_desk.place(Wanted("operator", selection={}))
    assert operator.order_desk.stop(own.state.intent_id).status is OrderStatus.STOPPED
    _forget_a_text(actors)
    assert list(actors.stages(INGESTER, _VIOLATIONS).reconciler.of_day(first.day))
    for found in operator.reconciler.over(first.day, first.day):
        found.mended()
    actors.nightly(first.day, "violations_nightly")
    actors.look_for_late_days()


def _carry_out(actors: Actors, ordered: OrderState) -> None:
    """Let the sensor launch both halves of an order, and run them."""
    blueprint = blueprint_of(actors.product(API).settings, ordered.workload)
    assert actors.launched()[ordered.intent_id] == blueprint.job("submit_batch")
    lose_first_answer(actors.product(SUBMITTER).clients.bedrock, "CreateModelInvocationJob")
    _submit(actors, ordered)
    deadline = time.monotonic() + SECONDS_FOR_JOBS
    while actors.launched().get(ordered.intent_id) != blueprint.job("ingest_results"):
        assert time.monotonic() < deadline, "the jobs did not end"
        time.sleep(0.05)
    actors.run_in_dagster(INGESTER, blueprint.ingested_half, ordered.day, ordered.intent_id)


def _submit(actors: Actors, ordered: OrderState) -> None:
    blueprint = blueprint_of(actors.product(API).settings, ordered.workload)
    actors.run_in_dagster(SUBMITTER, blueprint.submitted_half, ordered.day, ordered.intent_id)


def _listed(actors: Actors, day: date | None) -> tuple[OrderState, ...]:
    desk = actors.stages(API, _VIOLATIONS).order_desk
    return desk.listing(day=day, status=None, after=None, most=20).orders


def _load(actors: Actors, rows: list[dict[str, object]]) -> None:
    violations_table(actors.place.product()).load(rows)


def _edit_text(actors: Actors, identity: str) -> None:
    row = content_row(identity, SK=SORT_KEY, editedAt="2026-01-09T09:00:00.000Z")
    world = actors.place.world
    world.dynamodb.put_item(TableName=world.table("ViolationContent"), Item=as_item(row))


def _forget_a_text(actors: Actors) -> None:
    world = actors.place.world
    table = world.table("ViolationContent")
    found = next(row for row in world.dynamodb.scan(TableName=table)["Items"] if "editedAt" not in row)
    world.dynamodb.delete_item(TableName=table, Key={name: found[name] for name in ("PK", "SK")})
