"""The sample receipts of a fresh embedded AWS: made, put in line, and their truth kept beside.

    <home>/samples/truth.jsonl    a line for each sample: imageId, file, user, ending, and what a reader should find
    <home>/samples/last-day       the last of the three days, so that a seeding that died goes on with the same ones

What belongs here: doing that once, whatever dies. What the samples show is `local_aws/samples`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.engine.days import day_of, parse_day
from yorutsuke_pipeline.inbox import inbox
from yorutsuke_pipeline.local_aws import lifecycle
from yorutsuke_pipeline.seeding import samples_folder, seeding_lock
from yorutsuke_pipeline.workloads.receipts.upload import describe_upload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.ports import Clock
    from yorutsuke_pipeline.inbox import Inbox
    from yorutsuke_pipeline.local_aws.samples import SampleDay, SampleReceipt

_PROCESSES = 2


@dataclass(frozen=True)
class SeedReport:
    """What was put in: images by day. Empty if somebody else had done it."""

    image_count_by_day: tuple[tuple[date, int], ...] = ()

    @property
    def image_count(self) -> int:
        """All of them."""
        return sum(count for _, count in self.image_count_by_day)


def without_samples(product: Composition) -> Composition:
    """Return the product with the samples switched off: making its clients starts no seeding."""
    return replace(product, settings=product.settings.model_copy(update={"samples": False}))


def seed(
    product: Composition,
    progress: Callable[[int, int], None],
    *,
    plan: Sequence[SampleDay] | None = None,
    clock: Clock | None = None,
) -> SeedReport:
    """Put the sample receipts in, unless that was done. Takes a minute; waits for another who does it.

    Ids derive from content, and content from the days, so after a kill the same images are put in again.

    Args:
        product: Whose embedded AWS is filled; it is started if need be.
        progress: Called with the samples that are in, and with all.
        plan: Other days than the three up to yesterday.
        clock: Tells yesterday.

    Raises:
        YorutsukeError: The embedded AWS could not be started or written to.
    """
    quiet = without_samples(product)
    target = inbox(quiet)
    with seeding_lock(quiet.home, wait=True):
        if not lifecycle.status(quiet.home).fresh:
            return SeedReport()
        days = plan or _three_days(quiet.home, clock or SystemClock())
        _fill(target, days, samples_folder(quiet.home), progress)
        lifecycle.mark_seeded(quiet.home)
    return SeedReport(tuple((day.day, day.size) for day in days))


def _three_days(home: Path, clock: Clock) -> Sequence[SampleDay]:
    from yorutsuke_pipeline.local_aws.samples import sample_days  # noqa: PLC0415 — loads OpenCV, 0.3 s

    note = samples_folder(home) / "last-day"
    if not note.exists():
        draft = note.with_suffix(".tmp")
        draft.write_text((day_of(clock.now()) - timedelta(days=1)).isoformat(), encoding="ascii")
        draft.replace(note)
    return sample_days(parse_day(note.read_text(encoding="ascii")))


def _fill(target: Inbox, days: Sequence[SampleDay], folder: Path, progress: Callable[[int, int], None]) -> None:
    from yorutsuke_pipeline.local_aws.samples import generate  # noqa: PLC0415 — as above

    total = sum(day.size for day in days)
    draft = folder / "truth.jsonl.tmp"
    with draft.open("w", encoding="utf-8") as truth:
        progress(0, total)
        samples = (sample for day in days for sample in generate(day, workers=_PROCESSES))
        for number, sample in enumerate(samples, start=1):
            truth.write(_put(target, sample) + "\n")
            progress(number, total)
    draft.replace(folder / "truth.jsonl")


def _put(target: Inbox, sample: SampleReceipt) -> str:
    """Put one sample in, a broken one too; return its line of truth."""
    from yorutsuke_pipeline.local_aws.samples.__main__ import truth_line  # noqa: PLC0415 — as above

    upload = describe_upload(
        sample.content,
        user_id=sample.user_id,
        original_name=sample.file_name,
        uploaded_at=sample.uploaded_at,
        is_checked=False,
    )
    target.put(upload, sample.content)
    return json.dumps({"imageId": upload.image_id, **json.loads(truth_line(sample))}, ensure_ascii=False)
