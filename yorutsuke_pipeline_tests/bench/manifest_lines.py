"""manifest-lines: records whose images were looked at become lines of a part, and of the list of records.

What belongs here: the manifest between looking and sealing, where images are sent by their place: no image is read or
copied, so what is measured is how quickly lines are made, shared out over jobs, written and uploaded.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.intake import Claimed, Intake, list_record
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.parts import PartWriter
from yorutsuke_pipeline.engine.pictures import pictures_of
from yorutsuke_pipeline.engine.policy import Images
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.engine.sharing import Sharing
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark, Goal
from yorutsuke_pipeline_tests.bench.scene import INTENT_ID
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yorutsuke_pipeline.engine.model_family import Question
    from yorutsuke_pipeline.engine.workload import Prepared
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_TEXTBOOK = "dicts + json.dumps, boto3"
_RECORDS = 5_000
_FOLDER = "batch-input/baseline/"


class _LookedAt(NamedTuple):
    """A record as it is when its image was looked at."""

    record: PendingRecord
    source: StoredObject
    prepared: Prepared


def _product_side(scene: Scene) -> Callable[[], Facts]:
    looked_at, objects = _looked_at(scene), scene.product.objects
    policy = replace(scene.product.settings.policy(), images=Images.S3_LOCATION)
    draft = replace(scene.put_intent(IntentStatus.OPEN), version=1)
    pictures, family = pictures_of(scene.workload, policy, objects, draft), family_of(policy.model_id)

    def claimed(record: PendingRecord, source: StoredObject, prepared: Prepared) -> Claimed:
        line = pictures.line(record.record_id, prepared.question, family)
        return Claimed(record, source, prepared.attributes, line=line)

    def work() -> Facts:
        intake = Intake(scene.size)
        sharing = Sharing(policy.quotas, Claimed.size, lambda: intake.left)
        with (
            objects.writing(layout.records_key(INTENT_ID)) as listing,
            PartWriter(objects, draft, policy.quotas, needs_folder=pictures.needs_folder) as parts,
        ):
            for job, each in sharing.share(intake.accepted(claimed(*each) for each in looked_at)):
                parts.write(each.line, job=job, input_tokens=each.input_tokens)
                list_record(listing, each, job)
        return {
            "units": sum(job.record_count for job in parts.jobs),
            "bytes": sum(job.byte_count for job in parts.jobs),
        }

    return work


def _textbook_side(scene: Scene) -> Callable[[], Facts]:
    looked_at, bucket = _looked_at(scene), scene.product.settings.required_bucket()
    s3: Any = boto3.client("s3")

    def work() -> Facts:
        part, listing, count = io.BytesIO(), io.BytesIO(), 0
        for record, source, prepared in looked_at:
            part.write(_dumped({"recordId": record.record_id, "modelInput": _body(record, prepared.question, bucket)}))
            listing.write(_dumped(_listed(record, source, prepared)))
            count += 1
        for key, file in ((f"{_FOLDER}part-0001.jsonl", part), (f"{_FOLDER}records.jsonl", listing)):
            file.seek(0)
            s3.upload_fileobj(file, bucket, key)
        return {"units": count}

    return work


def _body(record: PendingRecord, question: Question, bucket: str) -> dict[str, Any]:
    place = {"uri": f"s3://{bucket}/{_FOLDER}images/{record.record_id}.jpeg"}
    blocks = [{"image": {"format": "jpeg", "source": {"s3Location": place}}}, {"text": question.prompt}]
    return {
        "schemaVersion": "messages-v1",
        "system": [{"text": question.system}],
        "messages": [{"role": "user", "content": blocks}],
        "inferenceConfig": {"maxTokens": question.max_output_tokens, "temperature": 0, "topK": 1},
    }


def _listed(record: PendingRecord, source: StoredObject, prepared: Prepared) -> dict[str, Any]:
    return {
        "recordId": record.record_id,
        "identity": record.identity,
        "attempts": record.attempts,
        "lastReason": record.last_reason,
        "job": 1,
        "source": {"key": source.key, "size": source.size, "etag": source.etag},
        "attributes": prepared.attributes,
    }


def _dumped(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode() + b"\n"


def _looked_at(scene: Scene) -> Iterator[_LookedAt]:
    """Yield as many records as the scene has, the same ones again and again.

    In a night each has just been read when its line is made. To wait for the memory of a hundred thousand that were
    made beforehand would be to measure something else.
    """
    workload, content = scene.workload, contents.image(contents.IMAGE_BYTES)
    limit = scene.product.settings.max_output_tokens

    def all_of_them() -> Iterator[_LookedAt]:
        for number in range(min(scene.size, _RECORDS)):
            row = contents.pending_row(number, contents.IMAGE_BYTES)
            record = PendingRecord(row.pop("imageId"), row)
            source = StoredObject(
                contents.source_key(number), contents.IMAGE_BYTES, contents.photo_etag(contents.IMAGE_BYTES)
            )
            yield _LookedAt(record, source, workload.prepare(record, content, max_output_tokens=limit))

    return islice(cycle(list(all_of_them())), scene.size)


MANIFEST_LINES = Benchmark(
    name="manifest-lines",
    title="looked-at images to the lines of a part by s3Location, and to the list of records",
    unit="lines",
    sizes=(100_000,),
    quick_sizes=(2_000,),
    sides={PRODUCT: _product_side, _TEXTBOOK: _textbook_side},
    # The product's own goal is a rate.
    goals=(Goal(PRODUCT, must=50_000, aim=100_000),),
    settings=lambda size: StubSettings(images=size),
)
