"""What the benchmarks' nights are made of: images, rows, answers and lines of output, each by its number.

The same number always gives the same content, so the stub and the sides can both make it, and neither must be
told. All of it is invented.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.identity import record_id

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 1, 9)
UPLOADED = datetime(2026, 1, 9, 3, 0, tzinfo=timezone.utc)
# A photo, shrunk by the app.
IMAGE_BYTES = 200_000
# One user photographs this many receipts, of different dates.
RECEIPTS_A_USER = 5
# One answer in a hundred has no amount, and is a reject.
REJECTED_EVERY = 100
_MERCHANTS = ("セブン-イレブン 神田店", "ヤマト運輸 上野営業所", "ダイソー 浅草店", "Yahoo! フリマ", "日本郵便 本郷局")
_VARIANTS = 16
JOB_ID = "job000000000"


def identity(number: int) -> str:
    return f"image-{number:010d}"


def number_of(image_id: str) -> int:
    return int(image_id.removeprefix("image-"))


def job_id(number: int) -> str:
    return f"job{number:09d}"


def user(number: int) -> str:
    return f"user-{number // RECEIPTS_A_USER:08d}"


def source_key(number: int) -> str:
    return f"{layout.UPLOADS_PREFIX}{user(number)}/{number:010d}.jpg"


def image(size: int, variant: int = 0) -> bytes:
    """Return what a JPEG of 1200 x 1600 begins with, and random bytes up to `size`."""
    frame = (
        b"\xff\xd8\xff\xc0\x00\x11\x08" + (1600).to_bytes(2, "big") + (1200).to_bytes(2, "big") + b"\x03" + b"\x00" * 9
    )
    return frame + random.Random(variant).randbytes(size - len(frame))


@lru_cache(maxsize=2)
def photo_etag(size: int) -> str:
    """Return what S3 calls the content of every photo of that size: in a night, they are all the same one."""
    return f'"{hashlib.md5(image(size), usedforsecurity=False).hexdigest()}"'


def pending_row(number: int, size: int, claimed_by: str | None = None) -> dict[str, Any]:
    """Return an image's row as the app writes it, plain values; or as it is when an intent has claimed it."""
    return {
        **({"intentId": claimed_by} if claimed_by else {}),
        "imageId": identity(number),
        "userId": user(number),
        "s3Key": source_key(number),
        "md5": f"{number:032x}",
        "uploadedAt": (UPLOADED + timedelta(milliseconds=number)).isoformat().replace("+00:00", "Z"),
        "bytes": size,
        "status": "pending",
        "pendingDate": DAY.isoformat(),
    }


def answer_text(number: int) -> str:
    """Return what the model says about a receipt."""
    answer: dict[str, Any] = {
        "amount": 100 + number % 9_900,
        "currency": "JPY",
        "type": "expense",
        "date": (DAY - timedelta(days=1 + number % RECEIPTS_A_USER)).isoformat(),
        "merchant": _MERCHANTS[number % len(_MERCHANTS)],
        "category": "purchase",
        "description": "コピー用紙とボールペン、梱包材",
        "lines_total": 100 + number % 9_900,
    }
    if number % REJECTED_EVERY == REJECTED_EVERY - 1:
        del answer["amount"]
    return "```json\n" + json.dumps(answer, ensure_ascii=False) + "\n```"


def record(number: int, image_bytes: int = IMAGE_BYTES) -> dict[str, Any]:
    """Return a record as the manifest lists it."""
    return {
        "recordId": record_id(identity(number)),
        "identity": identity(number),
        "attempts": 0,
        "lastReason": None,
        "part": 1,
        "source": {"key": source_key(number), "size": image_bytes, "etag": photo_etag(image_bytes)},
        "attributes": {"userId": user(number), "uploadedAt": pending_row(number, 0)["uploadedAt"]},
    }


def records(count: int) -> Iterator[bytes]:
    """Yield the lines of `records.jsonl`."""
    yield from (_line(record(number)) for number in range(count))


def kept_answers(count: int) -> Iterator[bytes]:
    """Yield the lines of `answers.jsonl`, as the stage before writes them."""
    for number in range(count):
        place = {"jobId": JOB_ID, "file": f"{layout.output_folder(JOB_ID)}part-0001.jsonl.out", "line": number + 1}
        said = {
            "outcome": "answered",
            "text": answer_text(number),
            "stopReason": "end_turn",
            "inputTokens": 1312,
            "outputTokens": 118,
        }
        yield _line({**record(number), **place, **said})


def outcomes(count: int, image_bytes: int = IMAGE_BYTES) -> Iterator[bytes]:
    """Yield the lines of `outcomes.jsonl` of a night in which all was accepted."""
    for number in range(count):
        known = record(number, image_bytes)
        key = {"userId": user(number), "transactionId": known["recordId"]}
        kept = {name: known[name] for name in ("recordId", "identity", "source")}
        yield _line({**kept, "ending": "accepted", "attempts": 0, "reason": None, "isFinal": False, "resultKey": key})


def output_pieces(count: int, image_bytes: int) -> Iterator[bytes]:
    """Yield the pieces of a job's output, in the service's order of keys; the images in it are shared."""
    images = [base64.b64encode(image(image_bytes, variant)) for variant in range(_VARIANTS)] if image_bytes else [b""]
    prompt = json.dumps("Read this receipt. " * 20)
    for number in range(count):
        yield (
            b'{"modelInput":{"schemaVersion":"messages-v1","messages":[{"role":"user","content":'
            b'[{"image":{"format":"jpeg","source":{"bytes":"'
        )
        yield images[number % len(images)]
        said = {
            "output": {"message": {"content": [{"text": answer_text(number)}], "role": "assistant"}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1312, "outputTokens": 118, "totalTokens": 1430},
        }
        rest = f'"}}}}}},{{"text":{prompt}}}]}}],"inferenceConfig":{{"maxTokens":1000,"temperature":0,"topK":1}}}}'
        name = record_id(identity(number))
        yield f'{rest},"modelOutput":{json.dumps(said)},"recordId":"{name}"}}\n'.encode()


def service_summary(count: int) -> Iterator[bytes]:
    """Yield the one line of a job's `manifest.json.out`."""
    yield json.dumps({"totalRecordCount": count, "processedRecordCount": count, "successRecordCount": count}).encode()


def pieces(kind: str, count: int, image_bytes: int = 0) -> Iterator[bytes]:
    """Return an object of `count` records in pieces, of a kind named as what makes it, or of the job's summary."""
    if kind == "output":
        return output_pieces(count, image_bytes)
    if kind == "outcomes":
        return outcomes(count, image_bytes)
    return {"records": records, "answers": kept_answers, "summary": service_summary}[kind](count)


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
