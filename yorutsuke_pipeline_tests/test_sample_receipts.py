"""Sample receipts on an embedded AWS of this test's own."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.local_aws import lifecycle
from yorutsuke_pipeline.local_aws.samples import SampleDay
from yorutsuke_pipeline.sample_receipts import seed, without_samples
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline.workloads.receipts.line import images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = date(2026, 1, 9)
PLAN = (SampleDay(DAY, 2),)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Composition]:
    yield Composition(load_settings({"YORUTSUKE_HOME": str(tmp_path)}), AwsEnvironment(None))
    lifecycle.stop(tmp_path)


def test_samples_go_in_once_however_often_and_wherever_it_died(product: Composition) -> None:
    steps: list[tuple[int, int]] = []
    first = seed(product, lambda done, total: steps.append((done, total)), plan=PLAN)
    again = seed(product, lambda *_: None, plan=PLAN)
    # As after a kill: all was put in, and it was not noted.
    (product.home / "seeded").unlink()
    after_a_kill = seed(product, lambda *_: None, plan=PLAN)

    rows = {row.identity: row for row in images(without_samples(product)).pending(DAY)}
    truth = [json.loads(line) for line in (product.home / "samples" / "truth.jsonl").read_text("utf-8").splitlines()]
    assert (first.image_count, again.image_count, after_a_kill.image_count) == (2, 0, 2)
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert sorted(rows) == sorted(line["imageId"] for line in truth)
    assert [line["file"] for line in truth] == ["receipt-20260109-001.jpg", "receipt-20260109-002.jpg"]
    assert not lifecycle.status(product.home).fresh


def test_seeding_starts_no_seeding_in_the_background(product: Composition) -> None:
    seed(product, lambda *_: None, plan=(SampleDay(DAY, 0),))

    assert not (product.home / "samples" / "seeding.log").exists()
