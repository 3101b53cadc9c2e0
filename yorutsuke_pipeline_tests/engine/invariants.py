"""What must hold after every night, whatever died in it; read from the tables, the bucket and the service."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED, WITHDRAWN
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.spending import Amounts
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.fakes.batch_service import input_keys

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.engine.nights import Night

# Calls that change nothing and cost nothing.
READS = frozenset(
    {"pending", "intent", "open_intents", "jobs", "jobs_of", "read", "head", "lines", "list", "find", "get", "since"}
    | {"holds", "entry", "month", "listing", "orders", "of", "select", "most", "neighbours"}
)


def check_always(night: Night) -> None:
    """Hold at any instant, dead in the middle included."""
    _check_paid_once(night)
    _check_nothing_deleted_early(night)
    _check_money_was_reserved(night)
    _check_images_lie_with_their_job(night)


def check_settled(night: Night) -> None:
    """Hold once everything was run to its end."""
    check_always(night)
    _check_nothing_lost(night)
    _check_nothing_doubled(night)
    _check_accounts(night)
    _check_money_is_settled(night)
    _check_archive(night)
    _check_nothing_leaks(night)
    _check_a_rerun_changes_nothing(night)


def _check_paid_once(night: Night) -> None:
    asked: Counter[str] = Counter(night.asked_about(body) for body in night.model.asked)
    for request in night.service.requests.values():
        for part in input_keys(request, night.objects):
            asked.update(night.asked_about(line["modelInput"]) for line in night.lines_of(part))
    decided: Counter[str] = Counter()
    for key in {layout.records_key_of(job.part_key) for job in night.ledger.rows.values()}:
        decided.update(line["identity"] for line in night.lines_of(key))
    assert asked <= decided, f"asked more often than decided: {asked - decided}"
    names = [(request.job_name, request.client_request_token) for request in night.service.requests.values()]
    planned = {(job.job_name, job.client_request_token) for job in night.ledger.rows.values()}
    assert len(set(names)) == len(names)
    assert set(names) <= planned, "a job exists that no intent knows"


def _check_images_lie_with_their_job(night: Night) -> None:
    """The service reads an image that is sent by its place from nowhere but the folder that the job was told."""
    for request in night.service.requests.values():
        for part in input_keys(request, night.objects):
            for line in night.lines_of(part):
                for uri in re.findall(r"'s3Location': {'uri': '([^']*)'", repr(line["modelInput"])):
                    assert request.input_uri.endswith("/")
                    assert uri.startswith(request.input_uri)
                    assert record_id(night.asked_about(line["modelInput"])) == line["recordId"]


def _check_nothing_deleted_early(night: Night) -> None:
    transactions = {night.result_of(row) for row in night.table.rows.values()}
    for identity, row in night.pending.rows.items():
        source = night.source_of(identity)
        if source is not None and night.objects.head(source) is None:
            assert identity in transactions, f"{identity} has no transaction and its source is gone"
            assert night.objects.contents[row["archivedKey"]].endswith(identity.encode())


def _check_money_was_reserved(night: Night) -> None:
    """What may have been paid for has an entry, at no less than was known of its cost."""
    for job in night.ledger.rows.values():
        intent = night.ledger.intents[job.intent_id]
        if job.number <= intent.job_count and job.status not in {PLANNED, WITHDRAWN}:
            entry = night.spending_book.entries[intent.intent_id]
            least = intent.preflight.estimate_usd if intent.preflight is not None else intent.estimate_usd
            assert entry.is_settled or entry.amounts.usd >= (least or 0), f"{intent} has reserved only {entry}"


def _check_money_is_settled(night: Night) -> None:
    """Every intent counts once, with what it cost; one that was given up, with nothing."""
    entries = night.spending_book.entries
    for intent in night.ledger.intents.values():
        amounts = entries[intent.intent_id].amounts if intent.intent_id in entries else Amounts()
        assert amounts.usd == (intent.cost_usd or 0), f"{intent} is settled as {amounts}"
        assert not amounts.open_usd
        assert not amounts.unpriced_count
    assert set(entries) <= set(night.ledger.intents)


def _check_nothing_lost(night: Night) -> None:
    """Hold the row's own word against what proves it: the transaction, or the letter of the intent that gave it up.

    A record that a person put back in line keeps its old letter; nobody else's final letter may be of one
    that did not fail.
    """
    transactions = {night.result_of(row) for row in night.table.rows.values()}
    gave_up: dict[str, set[str]] = {}
    for key in night.objects.contents:
        for letter in night.lines_of(key) if key.startswith("dead-letters/") else ():
            if letter["isFinal"]:
                gave_up.setdefault(str(letter["identity"]), set()).add(letter["intentId"])
    for identity, row in night.pending.rows.items():
        status, letters = row["status"], gave_up.get(identity, set())
        assert status in {"pending", "processed", "failed"}, row
        assert (status == "processed") == (identity in transactions), f"its transaction says other than {row}"
        if status == "failed":
            assert row["lastIntentId"] in letters, f"no dead letter of {row['lastIntentId']} says why: {row}"
        else:
            assert not letters or "redrivenAt" in row, f"{letters} gave it up, and nobody put it back: {row}"
        assert ("pendingDate" in row) == (status == "pending"), row
        assert status == "processed" or "intentId" not in row, row


def _check_nothing_doubled(night: Night) -> None:
    results = Counter(night.result_of(row) for row in night.table.rows.values())
    assert set(results.values()) <= {1}
    for key, row in night.table.rows.items():
        record = night.pending.find(night.result_of(row))
        assert record is not None
        assert key == night.table.shape.key_of(record)


def _check_accounts(night: Night) -> None:
    for intent in night.ledger.intents.values():
        assert not intent.is_open, intent
        assert intent.result is not None
        assert intent.result.total_count == intent.record_count + intent.rejected_count, intent
    successes = sum(intent.result.success_count for intent in night.ledger.intents.values() if intent.result)
    assert successes == len(night.table.rows)


def _check_archive(night: Night) -> None:
    for row in night.table.rows.values():
        identity = night.result_of(row)
        if night.source_of(identity) is not None:
            is_archived = "archivedKey" in night.row(identity)
            assert ("archiveError" in row) != is_archived, f"{identity}: a transaction says other than its image"


def _check_nothing_leaks(night: Night) -> None:
    told = "".join(event.as_json() for event in night.events.events)
    for secret in ("shop of", "no receipt at all", "IHDR"):
        assert secret not in told


def _check_a_rerun_changes_nothing(night: Night) -> None:
    before = _everything(night)
    calls = Calls()

    night.run(night.stages(calls.watch))

    assert {name for name in calls.names if name not in READS} == set()
    assert _everything(night) == before


def _everything(night: Night) -> list[str]:
    return [
        repr(part)
        for part in (
            night.pending.rows,
            night.objects.contents,
            night.ledger.intents,
            night.ledger.rows,
            night.table.rows,
            night.service.states,
            night.model.asked,
            night.events.events,
            night.spending_book.entries,
        )
    ]
