"""A night that no single file and no single job holds, on the embedded AWS: its service reads and writes every file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.quotas import SERVICE_QUOTAS
from yorutsuke_pipeline_tests.receipts import receipts_stages
from yorutsuke_pipeline_tests.security.days import Place, at_once, open_place

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS_FOR_A_SLOT = 30.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_place(tmp_path_factory.mktemp("divided")) as opened:
        yield opened


def test_a_night_of_two_jobs_of_several_files_each_is_brought_home_whole(place: Place) -> None:
    day = place.new_day()
    images = {place.put(day, number) for number in range(1, 18)}
    product = place.product(YORUTSUKE_MOST_RECORDS="10", YORUTSUKE_PART_BYTES="12000")

    place.run(day, product)

    intent = f"receipts-{day}-001"
    files = place.keys(f"batch-input/{intent}")
    outputs = {key.rpartition("/")[2] for key in place.keys("batch-output/") if "part-" in key}
    assert len(files) == 4
    assert [job.record_count for job in product.ledger.jobs(intent)] == [9, 8]
    assert place.transactions(day).keys() == images
    assert outputs == {f"{key.rpartition('/')[2]}.out" for key in files}
    assert {key.rpartition("/")[0] for key in files} == {f"batch-input/{intent}", f"batch-input/{intent}.job-002"}


def test_what_service_quotas_says_divides_the_night_and_holds_back_what_has_no_slot(place: Place) -> None:
    at_once(place.world, max_records_per_job=4, max_active_jobs=1)
    day = place.new_day()
    images = {place.put(day, number) for number in range(1, 9)}
    product = place.product()
    quotas = receipts_stages(product).manifest_writer.write(day).quotas

    first = receipts_stages(product).submitter.submit(day)
    deadline = time.monotonic() + _SECONDS_FOR_A_SLOT
    while receipts_stages(product).submitter.submit(day).waiting_for_slots:
        assert time.monotonic() < deadline, "no slot became free"
        time.sleep(0.05)
    place.run(day, product)

    assert quotas is not None
    assert (quotas.most_records, quotas.origin("most_records")) == (4, SERVICE_QUOTAS)
    assert first.waiting_for_slots == 1
    assert place.transactions(day).keys() == images
