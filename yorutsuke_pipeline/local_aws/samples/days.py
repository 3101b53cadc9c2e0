"""The three days of samples and the stream of uploads that fills them.

Every upload follows from the seed, the day and its place in the day: any of them can be made alone, in any order, in
any process. Kept out: what an upload shows (`album`, `difficult`) and where it is put.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import cv2

from yorutsuke_pipeline.local_aws.samples.album import KINDS
from yorutsuke_pipeline.local_aws.samples.difficult import DIFFICULT, Ending, Occasion, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from yorutsuke_pipeline.local_aws.samples.receipt import ReceiptTruth

TOKYO = ZoneInfo("Asia/Tokyo")
USERS = ("user-aoi", "user-haru", "user-mio", "user-sora")
DEFAULT_SEED = 20260109


@dataclass(frozen=True)
class SampleDay:
    """How many uploads one day in Tokyo holds; a difficult day holds those of `DIFFICULT`, in their order."""

    day: dt.date
    size: int
    is_difficult: bool = False


@dataclass(frozen=True)
class SampleReceipt:
    """One upload: `content` is what the file holds, `uploaded_at` is aware, in UTC, within its day in Tokyo.

    `truth` is None where nobody could read it; `ending` says what should become of it and `reason` why.
    """

    file_name: str
    content: bytes = field(repr=False)
    user_id: str
    uploaded_at: dt.datetime
    truth: ReceiptTruth | None
    ending: Ending
    reason: str


def sample_days(last_day: dt.date) -> tuple[SampleDay, SampleDay, SampleDay]:
    """Return the three days up to `last_day`: 120 receipts (above the batch minimum), 20 (below), 10 difficult."""
    return (
        SampleDay(last_day - dt.timedelta(days=2), 120),
        SampleDay(last_day - dt.timedelta(days=1), 20),
        SampleDay(last_day, len(DIFFICULT), is_difficult=True),
    )


def generate(day: SampleDay, *, seed: int = DEFAULT_SEED, workers: int = 1) -> Iterator[SampleReceipt]:
    """Yield the uploads of `day` in order, each as soon as it is made; the same arguments give the same bytes.

    With more than one worker they are made in as many processes, a few ahead of the caller.
    """
    if workers <= 1:
        yield from (make_sample(day, index, seed) for index in range(day.size))
        return
    # Spawned, not forked: the caller may hold threads and open connections. One thread each: the cores are taken.
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        indexes = iter(range(day.size))
        started: deque[Future[SampleReceipt]] = deque(
            pool.submit(make_sample, day, index, seed) for index in islice(indexes, 3 * workers)
        )
        while started:
            yield started.popleft().result()
            started.extend(pool.submit(make_sample, day, index, seed) for index in islice(indexes, 1))


def make_sample(day: SampleDay, index: int, seed: int) -> SampleReceipt:
    """Return upload number `index` (from 0) of `day`.

    Raises:
        IndexError: a difficult day has no upload of that number.
    """
    own_seed = _derive_seed(seed, day.day, index)
    rng = random.Random(own_seed)
    opening = dt.datetime.combine(day.day, dt.time(9), TOKYO)
    # Uploads come in the order of their numbers, from nine in the morning to nine at night.
    uploaded_at = opening + dt.timedelta(hours=12 * (index + rng.random()) / day.size)
    uploaded_at = uploaded_at.replace(microsecond=uploaded_at.microsecond // 1000 * 1000)
    taken = uploaded_at - dt.timedelta(seconds=rng.randint(5, 90))
    occasion = Occasion(issued=_issue_moment(taken, rng), taken=taken, seed=own_seed)
    kind = _choose_kind(day.day, index, seed)
    upload = DIFFICULT[index](occasion) if day.is_difficult else ordinary(kind, occasion)
    return SampleReceipt(
        file_name=f"receipt-{day.day:%Y%m%d}-{index + 1:03d}.jpg",
        content=upload.content,
        user_id=rng.choice(USERS),
        uploaded_at=uploaded_at.astimezone(dt.timezone.utc),
        truth=upload.truth,
        ending=upload.ending,
        reason=upload.reason,
    )


def _choose_kind(day: dt.date, index: int, seed: int) -> str:
    """Return the kind for one place in the day: every block of 20 holds all of `KINDS`, in an order of its own."""
    block, place = divmod(index, len(KINDS))
    kinds = list(KINDS)
    random.Random(_derive_seed(seed, day, -1 - block)).shuffle(kinds)
    return kinds[place]


def _issue_moment(taken: dt.datetime, rng: random.Random) -> dt.datetime:
    """Return when the receipt was issued: the same day before the photo, or on one of the days before."""
    days_ago = rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 9))
    if days_ago == 0:
        return taken - dt.timedelta(minutes=rng.randint(5, 110))
    noon = taken.replace(hour=12, minute=0, second=0)
    return noon - dt.timedelta(days=days_ago, minutes=rng.randint(-420, 180))


def _derive_seed(seed: int, day: dt.date, number: int) -> int:
    """Return a seed for one upload that does not depend on the process or on Python's hash."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{day}/{number}".encode()).digest()[:6], "big")
