"""Nothing leaks: words that no log, error, metadata or UI may hold are planted, and looked for everywhere.

In the receipts' text and image, in the credentials, in an upload's signed address. The tables and the bucket
hold them, which is what these are for; whoever reads what Dagster keeps, an error or a log finds none.

One day is enough: it meets one fault after the other, a stage at a time, and is run by Dagster in between.
"""

from __future__ import annotations

import base64
import logging
import time
import traceback
import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from yorutsuke_pipeline.composition import Composition, compose
from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
from yorutsuke_pipeline.local_aws.home import Home
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.aws.wire import quick_retries
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.receipts import receipts_stages
from yorutsuke_pipeline_tests.security.days import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from yorutsuke_pipeline_tests.security.days import Place

TEXT = "CANARY-of-the-text"
USER_KEY, SECRET, TOKEN = "CANARYKEY0123456789A", "CANARY/of+the/secret0123456789", "CANARY//of/the/session/token=="
SIGNED = "https://bucket.s3.amazonaws.com/a?X-Amz-Credential=CANARY-credential&X-Amz-Signature=CANARY-signature"
ALL_OF_THEM = "CANARY"
RECEIPTS = {
    1: answer(merchant=f"{TEXT} shop", description=f"{TEXT} goods"),
    2: answer(merchant=f"{TEXT} shop", description=f"{TEXT} goods", date="2099-01-01"),
    3: answer(amount=f"{TEXT} is no amount"),
    4: f"{TEXT}, said the model, in no JSON at all",
    5: f'{{"unreadable": true, "reason": "{TEXT}"}}',
}


@pytest.fixture
def proxy(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """The product's environment, with canaries for credentials, behind a proxy."""
    with FaultProxy(place.world.url) as proxy:
        environment = {
            "AWS_ENDPOINT_URL": proxy.url,
            "AWS_ACCESS_KEY_ID": USER_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "YORUTSUKE_SAMPLES": "false",
            "YORUTSUKE_FEWEST_RECORDS": str(FEWEST_RECORDS),
            "YORUTSUKE_FIRST_DAY": "2025-01-01",
            "YORUTSUKE_WAIT_SECONDS": "60",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield proxy


def fault(operation: str, kind: str, **how: Any) -> Fault:  # noqa: ANN401 — a fault's fields
    return Fault.model_validate({"operation": operation, "kind": FaultKind(kind), "times": None, **how})


def put_receipts(place: Place) -> date:
    day = place.new_day()
    for number, said in RECEIPTS.items():
        place.put(day, number, said, uploadUrl=SIGNED, originalName=f"{TEXT}.png")
    broken = place.put(day, 6, uploadUrl=SIGNED)
    key = f"uploads/user-{day}/{broken}.png"
    place.world.s3.put_object(Bucket=place.world.bucket, Key=key, Body=f"%PDF {ALL_OF_THEM} of the image".encode())
    return day


def pieces_of_images(place: Place, day: date) -> list[bytes]:
    """Return pieces of each photo, as it is and as it goes to the model."""
    photos = [
        place.content(key)
        for key in sorted(place.keys())
        if str(day) in key and key.startswith(("uploads/", "processed/")) and key.endswith(".png")
    ]
    assert len(photos) == len(RECEIPTS) + 1
    encoded = [base64.b64encode(photo) for photo in photos]
    return [
        b"IHDR",
        b"tEXtanswers",
        *(each[at : at + 24] for each in encoded for at in (40, 160) if len(each) > at + 24),
    ]


def leaks_in(texts: dict[str, bytes], forbidden: list[bytes]) -> list[tuple[str, bytes]]:
    """Return where which of the forbidden pieces stands, with what is around it."""
    return [
        (name, text[max(0, text.index(piece) - 150) : text.index(piece) + 150])
        for name, text in texts.items()
        for piece in (ALL_OF_THEM.encode(), *forbidden)
        if piece in text
    ]


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def logs_of(place: Place) -> dict[str, bytes]:
    """Return the embedded AWS's own logs."""
    home = Home(place.world.home)
    return {path.name: path.read_bytes() for path in (home.log_file, home.console_file) if path.exists()}


@cache
def loaded() -> dg.Definitions:
    """Return what Dagster loads, with resources that read the environment when a run begins."""
    return build_definitions(load_settings())


def execute(instance: dg.DagsterInstance, job: str, day: date) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ended = (
            loaded()
            .get_repository_def()
            .get_job(job)
            .execute_in_process(instance=instance, partition_key=day.isoformat(), raise_on_error=False)
        )
    return ended.success


SUBMITTING = [
    fault("Query", "error", code="ValidationException"),
    # Of a claim that is throttled nothing would be told for 20 s, the table's patience; of a look-up at once.
    fault("GetItem", "throttle"),
    fault("UpdateItem", "access_denied"),
    fault("GetObject", "corrupted"),
    fault("GetObject", "truncated", share=0.5),
    fault("PutObject", "server_error"),
    fault("PutItem", "half_head"),
    fault("CreateModelInvocationJob", "error", code="ValidationException"),
    fault("bedrock:*", "clock_skew"),
]
RECORDING = [
    fault("GetModelInvocationJob", "access_denied"),
    fault("ListObjectsV2", "truncated"),
    fault("GetObject", "truncated", share=0.2),
    fault("BatchGetItem", "error", code="SomethingNew"),
    fault("BatchWriteItem", "error", code="ValidationException"),
    fault("Query", "half_head"),
]
ARCHIVING = [
    fault("CopyObject", "expired_token"),
    fault("DeleteObjects", "error", code="MalformedXML"),
    fault("UpdateItem", "reset"),
]


@dataclass
class Ordeal:
    """A day that meets one fault after the other; `told` is what a person was told of each."""

    proxy: FaultProxy
    instance: dg.DagsterInstance
    day: date
    product: Composition = field(default_factory=compose)
    told: dict[str, str] = field(default_factory=dict)

    def meet(self, faults: list[Fault], run: Callable[[Composition, date], None]) -> None:
        clients = self.product.clients
        with quick_retries(clients.s3), quick_retries(clients.dynamodb):
            for each in faults:
                self.proxy.set_faults([each])
                self.told[f"{each.operation} {each.kind} in the {run.__name__}"] = error_of(run, self.product, self.day)

    def succeeds(self, job: str, *faults: Fault) -> bool:
        self.proxy.set_faults(list(faults))
        return execute(self.instance, job, self.day)

    def events(self) -> str:
        runs = self.instance.get_runs()
        return "".join(repr(entry) for run in runs for entry in self.instance.all_logs(run.run_id))


def test_no_error_no_log_and_nothing_that_dagster_keeps_holds_a_canary_whatever_fails(
    place: Place,
    proxy: FaultProxy,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    day = put_receipts(place)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        ordeal = Ordeal(proxy, instance, day)
        ordeal.meet(SUBMITTING, first_half)
        assert not ordeal.succeeds("submit_batch", fault("CreateModelInvocationJob", "access_denied"))
        assert ordeal.succeeds("submit_batch")
        ordeal.meet(RECORDING, second_half)
        assert not ordeal.succeeds("ingest_results", fault("CopyObject", "error", code="InvalidRequest"))
        ordeal.meet(ARCHIVING, second_half)
        assert ordeal.succeeds("ingest_results")
        events = ordeal.events()
    printed = capfd.readouterr()
    shown = {**ordeal.told, "log": caplog.text, "events": events, "out": printed.out, "err": printed.err}
    kept = {name: text.encode() for name, text in shown.items()} | files_below(tmp_path) | logs_of(place)

    found = leaks_in(kept, pieces_of_images(place, day))

    assert [name for name, text in ordeal.told.items() if "Error: " not in text] == []
    assert "RECORD_REJECTED" in caplog.text
    assert len(place.transactions(day)) == 2
    assert TEXT in str(place.transactions(day))
    assert any(TEXT in letter["raw"] for letter in place.letters(day))
    assert found == []


def first_half(product: Composition, day: date) -> None:
    receipts_stages(product).manifest_writer.write(day)
    receipts_stages(product).submitter.submit(day)


def second_half(product: Composition, day: date) -> None:
    while receipts_stages(product).raw_output_collector.collect(day).must_wait:
        time.sleep(0.01)
    receipts_stages(product).result_recorder.record(day)
    receipts_stages(product).archiver.archive(day)


def error_of(run: Callable[[Composition, date], None], product: Composition, day: date) -> str:
    """Run a half; return what it raises as a traceback shows it, causes included; nothing if it gets through."""
    try:
        run(product, day)
    except YorutsukeError as error:
        return "".join(traceback.format_exception(error))
    return ""
