"""Comparing a trial with what is stored, field by field, and writing what a person accepts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.trials.acceptance import Acceptance
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline_tests.engine.trials.stages import (
    OTHER_MODEL,
    TRIAL,
    accepter,
    asked,
    comparison,
    ended_night,
    pairs,
)
from yorutsuke_pipeline_tests.fakes.prices import NOVA_LITE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.workload import Row
    from yorutsuke_pipeline_tests.engine.nights import Night

FIELDS = ReceiptsWorkload().compared_fields


@dataclass
class FakePublisher:
    """Implements `Publisher`; keeps what it is given."""

    by_intent: dict[str, list[Row]] = field(default_factory=dict)

    def publish(self, intent: Intent, rows: Iterable[Row]) -> Mapping[str, int]:
        self.by_intent[intent.intent_id] = list(rows)
        return {}


def row_of(night: Night, identity: str) -> dict[str, Any]:
    return next(row for row in night.table.rows.values() if row["imageId"] == identity)


def test_equal_answers_are_equal_in_every_field() -> None:
    night = ended_night(4)

    found = comparison(night, asked(night))

    assert (found.compared_count, found.differing) == (4, [])
    assert dict(found.equal) == dict.fromkeys(FIELDS, 4)


def test_each_difference_is_counted_by_field_and_named_with_both_values() -> None:
    night = ended_night(4)
    row_of(night, "img-2").update(amount=Decimal(7), merchant="another shop")

    found = comparison(night, asked(night))

    assert (found.different, found.equal["amount"], found.equal["date"]) == ({"amount": 1, "merchant": 1}, 3, 4)
    (pair,) = found.differing
    assert pair.stored is not None
    assert pair.tried is not None
    assert (pair.identity, pair.stored["amount"], pair.tried["amount"]) == ("img-2", Decimal(7), Decimal(1500))


def test_the_same_amount_written_otherwise_is_no_difference() -> None:
    night = ended_night(4)
    row_of(night, "img-2")["amount"] = Decimal("1500.0")

    assert comparison(night, asked(night)).differing == []


def test_an_answer_that_would_be_rejected_at_night_is_told_with_its_reason() -> None:
    night = ended_night(4)
    night.answers["img-3"] = "no receipt at all"

    found = comparison(night, asked(night))

    assert (found.compared_count, dict(found.failures)) == (3, {"answer_not_json": 1})
    assert [(pair.identity, pair.reason) for pair in found.differing] == [("img-3", "the answer holds no JSON object")]


def test_a_transaction_that_is_gone_is_counted_and_not_compared() -> None:
    night = ended_night(4)
    intent = asked(night)
    night.table.rows.pop(next(iter(night.table.rows)))

    found = comparison(night, intent)

    assert (found.compared_count, found.without_stored) == (3, 1)


def test_the_cost_of_a_thousand_is_told_at_the_batch_price_for_both_and_unknown_stays_unknown() -> None:
    night = ended_night(4)

    found = comparison(night, asked(night))

    # 1,000 tokens in and 100 out each: (1,000 x 0.06 + 100 x 0.24) / 1,000,000 / 2, a thousand times.
    assert found.batch_cost_of_thousand(found.stored_usage, lambda _: NOVA_LITE) == Decimal("0.042")
    assert found.batch_cost_of_thousand(found.tried_usage, lambda model: {OTHER_MODEL: NOVA_LITE}[model]) == Decimal(
        "0.042"
    )
    assert found.batch_cost_of_thousand(found.tried_usage, lambda _: None) is None


def test_accepting_writes_the_answers_with_where_they_came_from_and_keeps_what_is_the_rows_own() -> None:
    night = ended_night(4)
    row_of(night, "img-2").update(amount=Decimal(7), note="mine", expiresAt=99, status="migrationFailed")
    intent = asked(night)

    done = accepter(night).accept(intent, pairs(night, intent), FIELDS, None)

    row = row_of(night, "img-2")
    assert done == Acceptance(written_count=4)
    assert (row["amount"], row["modelId"], row["intentId"]) == (Decimal(1500), OTHER_MODEL, TRIAL)
    assert (row["note"], row["expiresAt"], row["status"]) == ("mine", 99, "migrationFailed")
    assert len(night.table.rows) == 4


def test_what_is_accepted_is_published_where_results_are_as_the_table_has_it() -> None:
    night, published = ended_night(4), FakePublisher()
    row_of(night, "img-1").update(amount=Decimal(1), editedAt="2026-01-10T00:00:00Z")
    intent = asked(night)

    replace(accepter(night), publisher=published).accept(intent, pairs(night, intent), FIELDS, None)

    assert published.by_intent == {TRIAL: [row_of(night, name) for name in ("img-2", "img-3", "img-4")]}


def test_accepting_again_changes_nothing() -> None:
    night = ended_night(4)
    intent = asked(night)
    accepter(night).accept(intent, pairs(night, intent), FIELDS, None)
    before = {place: dict(row) for place, row in night.table.rows.items()}

    accepter(night).accept(intent, pairs(night, intent), FIELDS, None)

    assert night.table.rows == before


def test_what_a_person_edited_is_never_written_over_not_even_after_it_was_compared() -> None:
    night = ended_night(4)
    row_of(night, "img-1").update(amount=Decimal(1), editedAt="2026-01-10T00:00:00Z")
    intent = asked(night)
    compared = pairs(night, intent)
    row_of(night, "img-2").update(amount=Decimal(2), editedAt="2026-01-10T00:00:00Z")

    done = accepter(night).accept(intent, compared, FIELDS, None)

    assert (done.written_count, done.edited_count) == (2, 2)
    assert (row_of(night, "img-1")["amount"], row_of(night, "img-2")["amount"]) == (Decimal(1), Decimal(2))


def test_of_chosen_fields_only_these_are_taken() -> None:
    night = ended_night(4)
    row_of(night, "img-2").update(amount=Decimal(7), merchant="another shop", warnings=["old_date"])
    intent = asked(night)

    accepter(night).accept(intent, pairs(night, intent), ["amount"], None)

    row = row_of(night, "img-2")
    assert (row["amount"], row["merchant"], row["intentId"]) == (Decimal(1500), "another shop", TRIAL)
    assert "old_date" in row["warnings"]


def test_of_chosen_records_only_these_are_written() -> None:
    night = ended_night(4)
    intent = asked(night)

    done = accepter(night).accept(intent, pairs(night, intent), FIELDS, {"img-3"})

    assert done.written_count == 1
    assert [row["imageId"] for row in night.table.rows.values() if row["intentId"] == TRIAL] == ["img-3"]


def test_a_transaction_that_is_gone_stays_gone() -> None:
    night = ended_night(4)
    intent = asked(night)
    night.table.rows.pop(next(iter(night.table.rows)))

    done = accepter(night).accept(intent, pairs(night, intent), FIELDS, None)

    assert (done.written_count, done.without_result, len(night.table.rows)) == (3, 1, 3)
