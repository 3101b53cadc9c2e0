"""Nights whose images are sent by the place of their copies, on the embedded AWS: its service reads them from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import JobMode
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline_tests.security.days import Place, open_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.composition import Composition


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_place(tmp_path_factory.mktemp("by-place")) as opened:
        yield opened


def run(place: Place, images: int, **settings: str) -> tuple[date, Composition, set[str]]:
    """Run a day of so many images; return it with the product and the images."""
    day = place.new_day()
    names = {place.put(day, number) for number in range(images)}
    product = place.product(YORUTSUKE_IMAGES="s3Location", **settings)
    place.run(day, product)
    return day, product, names


def test_a_night_of_two_jobs_is_read_from_the_copies_in_their_folders(place: Place) -> None:
    day, product, images = run(place, 8, YORUTSUKE_MOST_RECORDS="5")

    intent = f"receipts-{day}-001"
    jobs = product.ledger.jobs(intent)
    copies = {key for key in place.keys("batch-input/") if "/images/" in key}
    assert place.transactions(day).keys() == images
    assert [(job.part_key, job.record_count, job.status) for job in jobs] == [
        (f"batch-input/{intent}/", 4, "Completed"),
        (f"batch-input/{intent}.job-002/", 4, "Completed"),
    ]
    assert {key.rpartition("/")[2] for key in copies} == {f"{record_id(image)}.png" for image in images}
    assert {key.rpartition("/")[0] for key in copies} == {f"{job.part_key}images" for job in jobs}
    assert place.keys(f"uploads/user-{day}/") == set()


def test_a_night_below_the_minimum_is_asked_on_demand_about_the_same_copies(place: Place) -> None:
    day, product, images = run(place, 2)

    assert place.transactions(day).keys() == images
    assert [job.mode for job in product.ledger.jobs(f"receipts-{day}-001")] == [JobMode.ON_DEMAND]
