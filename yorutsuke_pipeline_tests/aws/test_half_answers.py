"""Answers that end in their head: the connection closed after the status line and some of the headers.

HTTP/1.1 lets a body without a length end with its connection, so such an answer looks like a whole one with
nothing in it: no rows, no jobs, no objects. Believed, it would have a job submitted twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.aws.test_intent_ledger import a_job, an_intent
from yorutsuke_pipeline_tests.aws.test_wire_faults_of_jobs import job
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

DAY = date(2026, 1, 9)
# How much of the head arrives.
SHARES = [0.12, 0.5, 0.7, 0.95]


def prepared(spoiled: Spoiled, name: str) -> None:
    """Put an image, an intent with a job, an object and a job at the service, all of that name."""
    row = {"imageId": name, "userId": name, "status": "pending", "pendingDate": "2026-01-09", "uploadedAt": "2026"}
    spoiled.straight.put(spoiled.straight.pending_table, row)
    spoiled.straight.put(
        spoiled.straight.transactions_table, {"userId": name, "transactionId": name, "date": "2026-01-09"}
    )
    spoiled.straight.clients.s3.put_object(Bucket=spoiled.straight.bucket, Key=f"{name}/object", Body=b"one\ntwo\n")
    spoiled.ledger.create(an_intent(name))
    spoiled.ledger.save_job(a_job(name))
    spoiled.service.create(job(spoiled, name))


# What each read finds when nothing goes wrong, in as few words as tell it from "nothing there".
READS: dict[str, Callable[[Spoiled, str], object]] = {
    "the images that wait": lambda spoiled, name: name in {record.identity for record in spoiled.images.pending(DAY)},
    "an image's row": lambda spoiled, name: spoiled.images.find(name) is not None,
    "an image's claim": lambda spoiled, name: spoiled.images.claim(name, name) is not None,
    "a claim that holds": lambda spoiled, name: (
        spoiled.images.claim(name, name) is not None and spoiled.images.holds(name, name)
    ),
    "an intent": lambda spoiled, name: spoiled.ledger.intent(name) is not None,
    "an intent's jobs": lambda spoiled, name: len(spoiled.ledger.jobs(name)) == 1,
    "the jobs of many intents": lambda spoiled, name: (
        len(spoiled.ledger.jobs_of([replace(an_intent(name), job_count=1)])[name]) == 1
    ),
    "open intents": lambda spoiled, name: (
        name in {intent.intent_id for intent in spoiled.ledger.open_intents(an_intent(name).workload)}
    ),
    "transactions": lambda spoiled, name: len(list(spoiled.transactions().neighbours([(name, "2026-01-09")]))) == 1,
    "a transaction that is there": lambda spoiled, name: (
        spoiled.transactions(IMPATIENT).write([{"userId": name, "transactionId": name, "date": "2026-01-09"}]) == 0
    ),
    "an object": lambda spoiled, name: spoiled.objects.read(f"{name}/object", longest=99) is not None,
    "an object's lines": lambda spoiled, name: (
        list(spoiled.objects.lines(f"{name}/object", longest=99)) == [b"one", b"two"]
    ),
    "an object's size": lambda spoiled, name: spoiled.objects.head(f"{name}/object") is not None,
    "a folder": lambda spoiled, name: len(list(spoiled.objects.list(f"{name}/"))) == 1,
    "a job by its name": lambda spoiled, name: (
        BedrockBatchService(spoiled.place.clients.bedrock, IMPATIENT).find(name, name * 3) is not None
    ),
}


# Of an answer whose head was cut, urllib3 leaves the socket to the garbage collector; Python 3.13 tells of it.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("read", READS)
def test_what_is_there_is_found_or_to_be_looked_for_again_and_never_gone(
    spoiled: Spoiled, name: str, read: str
) -> None:
    prepared(spoiled, name)

    for share in SHARES:
        spoiled.spoil("*", "half_head", share=share, times=None)
        try:
            assert READS[read](spoiled, name), f"{share} of a head was taken for the answer that there is none"
        except TransientError:
            continue


def test_a_job_whose_answer_ended_in_its_head_is_in_doubt_however_much_of_it_came(spoiled: Spoiled, name: str) -> None:
    for number, share in enumerate(SHARES):
        request = job(spoiled, f"{name}{number}")
        spoiled.spoil("CreateModelInvocationJob", "half_head", share=share)

        with pytest.raises(TransientError, match=f"{name}{number}"):
            spoiled.service.create(request)

        assert spoiled.service.find(request.job_name, request.client_request_token) is not None
