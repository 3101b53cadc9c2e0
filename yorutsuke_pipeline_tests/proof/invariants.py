"""The seven invariants, each a function that tells what breaks it.

What belongs here: judging evidence; nothing is read and nothing is run. `ALWAYS` hold at any instant, dead in
the middle included; `SETTLED` once everything was run to its end.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline_tests.proof.day import CANARY
from yorutsuke_pipeline_tests.proof.evidence import record_id
from yorutsuke_pipeline_tests.proof.order import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yorutsuke_pipeline_tests.proof.day import Day
    from yorutsuke_pipeline_tests.proof.evidence import Evidence
    from yorutsuke_pipeline_tests.proof.scene import Night


class Invariant(Word):
    """What must hold."""

    PAID_ONCE = "paid once"
    NOTHING_LOST = "nothing lost"
    NOTHING_DOUBLED = "nothing doubled"
    NOTHING_DELETED_EARLY = "nothing deleted early"
    RERUN_IS_NO_OP = "a rerun is a no-op"
    FAILURE_IS_SEEN = "no success when parts failed"
    NOTHING_LEAKS = "nothing leaks"


def paid_once(day: Day, seen: Evidence) -> Iterator[str]:
    """For each record, asked at most once per attempt decided on; no job that no intent knows."""
    for image_id, times in (seen.asked - seen.decided).items():
        yield f"{image_id} was asked about {times} times more often than it stands in parts of the ledger's jobs"
    stored = {row["imageId"] for row in seen.transactions}
    for image in day.images:
        counted = int(seen.images[image.image_id].get("attempts", 0)) + (image.image_id in stored)
        open_still = "pendingDate" in seen.images[image.image_id] and "intentId" in seen.images[image.image_id]
        if seen.billed[image.image_id] > counted + open_still:
            yield f"{image.image_id} was paid for {seen.billed[image.image_id]} times, in {counted} attempts"
    known = {(row["jobName"], row["clientRequestToken"]) for row in seen.jobs}
    for job in seen.service_jobs:
        if (job["jobName"], job.get("clientRequestToken")) not in known:
            yield f"job {job['jobName']} ({job['jobArn'][-12:]}) is known to no intent"
    twice = Counter(job["jobName"] for job in seen.service_jobs)
    yield from (f"there are {times} jobs named {name}" for name, times in twice.items() if times > 1)


def settled_once(_: Day, seen: Evidence) -> Iterator[str]:
    """What an intent counts for in the account is what it cost, and nothing is reserved any more."""
    costs = {row["intentId"]: row.get("costUsd", 0) for row in seen.intents}
    for row in seen.spendings:
        name, cost = row["intentId"], costs[row["intentId"]]
        if row["usd"] != cost or row["openUsd"]:
            yield f"{name} cost {cost} USD, and counts as {row['usd']}, {row['openUsd']} of it reserved"


def nothing_deleted_early(day: Day, seen: Evidence) -> Iterator[str]:
    """A source is gone only when its transaction is stored and its copy is the same, byte for byte."""
    stored = {row["imageId"] for row in seen.transactions}
    for image in day.images:
        if image.s3_key in seen.objects:
            continue
        copy = seen.images[image.image_id].get("archivedKey")
        if image.image_id not in stored:
            yield f"{image.image_id} has no transaction, and its source is gone"
        if seen.objects.get(str(copy)) != hashlib.md5(image.content).hexdigest():  # noqa: S324 — S3's ETag
            yield f"{image.image_id} has no true copy at {copy}, and its source is gone"


def nothing_doubled(_: Day, seen: Evidence) -> Iterator[str]:
    """One transaction per record, under the id that is the record's own."""
    for image_id, times in Counter(row["imageId"] for row in seen.transactions).items():
        if times > 1:
            yield f"{image_id} has {times} transactions"
    for row in seen.transactions:
        if row["transactionId"] != record_id(row["imageId"]):
            yield f"{row['imageId']} has a transaction under {row['transactionId']}, not its record id"


def nothing_lost_yet(_: Day, seen: Evidence) -> Iterator[str]:
    """Whoever left the line is a transaction or a dead letter."""
    stored = {row["imageId"] for row in seen.transactions}
    final = {letter["identity"] for letter in seen.letters if letter["isFinal"]}
    for image_id, row in seen.images.items():
        if row["status"] == "processed" and image_id not in stored:
            yield f"{image_id} is marked processed, and has no transaction"
        if row["status"] == "failed" and image_id not in final:
            yield f"{image_id} is marked failed, and has no dead letter"


def nothing_lost(day: Day, seen: Evidence) -> Iterator[str]:
    """Each record is exactly one of: a transaction, a dead letter, still pending and unclaimed; and the sums agree."""
    stored = {row["imageId"] for row in seen.transactions}
    final = {str(letter["identity"]) for letter in seen.letters if letter["isFinal"]}
    for image in day.images:
        row = seen.images.get(image.image_id, {"status": "gone"})
        waits = row["status"] == "pending" and "pendingDate" in row and "intentId" not in row
        if [image.image_id in stored, image.image_id in final, waits].count(True) != 1:
            states = f"transaction: {image.image_id in stored}, dead letter: {image.image_id in final}"
            yield f"{image.image_id} ({row['status']}, claimed by {row.get('intentId')}): {states}, waits: {waits}"
    if not seen.is_settled:
        waiting = [name for name, row in seen.images.items() if "pendingDate" in row]
        yield f"run again and again, it does not settle: {waiting} wait, {[row['status'] for row in seen.intents]}"
        return
    for intent in seen.intents:
        stats = intent["resultStats"]
        claimed = intent["recordCount"] + intent["rejectedCount"]
        if stats["successCount"] + stats["failureCount"] != stats["totalCount"] or stats["totalCount"] != claimed:
            yield f"{intent['intentId']} claimed {claimed} records, and its result says {stats}"
    if sum(intent["resultStats"]["successCount"] for intent in seen.intents) != len(stored):
        yield f"the intents count other successes than the {len(stored)} transactions there are"


ALWAYS = (
    (Invariant.PAID_ONCE, paid_once),
    (Invariant.NOTHING_LOST, nothing_lost_yet),
    (Invariant.NOTHING_DOUBLED, nothing_doubled),
    (Invariant.NOTHING_DELETED_EARLY, nothing_deleted_early),
)
SETTLED = (*ALWAYS, (Invariant.NOTHING_LOST, nothing_lost), (Invariant.PAID_ONCE, settled_once))


def rerun_is_no_op(night: Night, before: Evidence, after: Evidence) -> Iterator[str]:
    """A night in which nothing waits writes nothing, asks nothing that costs, and leaves all as it is."""
    yield from (f"{call} is a write or costs" for call in night.calls if call.is_write)
    if before != after:
        parts = [name for name, value in vars(before).items() if value != vars(after)[name]]
        yield f"it changed {', '.join(parts)}"
    yield from (f"its run of {run.job} failed in {run.failed}" for run in night.runs if not run.success)


def failure_is_seen(day: Day, night: Night, after: Evidence) -> Iterator[str]:
    """A run that ingested a job which ended badly has failed, and so has the check.

    Unless the day went on meanwhile: another run has asked again about what was left.
    """
    first = f"{day.intent_prefix}001"
    if not day.flow.ends_badly or len(after.intents) > 1:
        return
    for run in night.runs:
        if run.job == "ingest_results" and run.intent == first:
            if run.success:
                yield f"a run ingested {first}, whose job ended badly, and is a success"
            if run.checks.get("jobs_ended_well", False):
                yield f"a run ingested {first}, whose job ended badly, and the check jobs_ended_well passed"


def nothing_leaks(day: Day, paths: Sequence[Path]) -> Iterator[str]:
    """Neither the output of the processes nor what Dagster stores holds a text, an image or a credential."""
    secrets = {CANARY: "receipt text", SECRET: "a credential", "X-Amz-Signature": "a presigned URL"}
    for image in day.images:
        if image.content:
            encoded = base64.b64encode(image.content).decode()
            secrets[encoded[60:100]] = "a picture"
    for path in paths:
        text = path.read_text(errors="replace") if path.exists() else ""
        for secret, what in secrets.items():
            if secret in text:
                place = text.index(secret)
                around = " ".join(text[max(0, place - 160) : place + 40].split())
                yield f"{what} is in {path.name}: ...{around}..."
