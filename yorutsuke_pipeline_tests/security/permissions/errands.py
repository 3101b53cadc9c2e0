"""What people do with the command `yorutsuke`: everything that reads or writes AWS."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.aws.wire import answering, refusal
from yorutsuke_pipeline_tests.cli.conftest import png
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.security.days import at_once
from yorutsuke_pipeline_tests.security.permissions.actors import SECONDS_FOR_JOBS, SUBMITTER
from yorutsuke_pipeline_tests.security.permissions.need import ACCOUNT
from yorutsuke_pipeline_tests.security.permissions.nights import PROFILE

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from botocore.awsrequest import AWSResponse

    from yorutsuke_pipeline_tests.security.permissions.actors import Actors


def what_people_look_at(actors: Actors, folder: Path) -> None:
    """Photos put in line, and every listing."""
    day = actors.place.new_day().isoformat()
    photo = folder / "lunch.png"
    photo.write_bytes(png("lunch"))
    actors.command("receipts", "add", str(photo), "--user", "aoi", "--date", day)
    actors.command("receipts", "list", "--date", day, "--status", "pending")
    actors.command("receipts", "list")
    actors.command("transactions", "--user", "aoi")
    actors.command("transactions")
    actors.command("jobs")
    actors.command("jobs", "--open")
    actors.command("jobs", "--date", day)
    actors.command("costs")


def an_examination_before_the_first_night(actors: Actors, _folder: Path) -> None:
    """Of a model, and of a profile, by somebody who does not submit."""
    submitter = f"arn:aws:iam::{ACCOUNT}:role/yorutsuke-submitter-dev"
    actors.command("doctor")
    actors.with_settings(YORUTSUKE_MODEL_ID=PROFILE).command("doctor", "--submitter", submitter)


def what_people_decide(actors: Actors, folder: Path) -> None:
    """Dead letters, and days to be run again; after `a_photo_that_never_reads`."""
    place, day = actors.place, actors.place.new_day()
    actors.command("dead-letters", "list", "--from", "2025-01-01", "--to", day.isoformat())
    number = actors.document("dead-letters", "list", "--reason", "answer_not_json")["deadLetters"][0]["id"]
    actors.command("dead-letters", "show", number, "--image", str(folder / "look.png"))
    actors.command("dead-letters", "discard", number, "--why", "a dog ate it", "--yes")
    actors.command("dead-letters", "redrive", number, "--yes")
    for number in range(FEWEST_RECORDS):
        place.put(day, number)
    actors.command("backfill", "--from", day.isoformat(), "--to", day.isoformat())
    actors.submit(day)
    await_the_end(actors, str(day))
    actors.queue.failed = [day]
    actors.command("retry-failed", "--from", day.isoformat(), "--to", day.isoformat())


def a_pause_and_what_looks_at_it(actors: Actors, _folder: Path) -> None:
    """The submitter, the schedule and the sensors each look; a second pause finds the first one."""
    place, day = actors.place, actors.place.new_day()
    for number in range(FEWEST_RECORDS):
        place.put(day, number)
    try:
        for _ in range(2):
            actors.command("pause", "--reason", "the prices look odd", "--by", "aoi")
        assert actors.document("status")["paused"]
        assert str(day) in actors.nightly(day)
        actors.submit(day)
        assert str(day) not in actors.tick()
        assert actors.look_for_late_days() == "none is late"
    finally:
        # Others use this AWS after us.
        actors.command("resume")
    assert not actors.document("status")["paused"]


def jobs_that_are_stopped(actors: Actors, _folder: Path) -> None:
    """One that works, with another that finds no slot and is withdrawn; a day's, in the UI; and one nobody knows."""
    place, days = actors.place, [actors.place.new_day() for _ in range(2)]
    at_once(place.world, after_seconds=600)
    for day, images in zip(days, (2 * FEWEST_RECORDS, FEWEST_RECORDS), strict=True):
        for number in range(images):
            place.put(day, number)
    try:
        _submit_only_the_first(actors.with_settings(YORUTSUKE_MOST_RECORDS=str(FEWEST_RECORDS)), days[0])
        stopped = actors.document("jobs", "stop", f"receipts-{days[0]}-001", "--yes")["jobs"]
        assert [each["verdict"] for each in stopped] == ["withdrawn", "stopping"]
        actors.submit(days[1])
        actors.stop_in_dagster(days[1])
        actors.command("jobs", "stop", "abcdefghijkl", "--yes", exit_code=1)
    finally:
        at_once(place.world)


def await_the_end(actors: Actors, name: str) -> None:
    """Wait until the service's job with a text in its name has ended, with none of the actors asking about it."""
    deadline = time.monotonic() + SECONDS_FOR_JOBS
    while True:
        (job,) = actors.place.world.bedrock.list_model_invocation_jobs(nameContains=name)["invocationJobSummaries"]
        if job["status"] == "Completed":
            return
        assert time.monotonic() < deadline, "the job did not end"
        time.sleep(0.05)


def _submit_only_the_first(actors: Actors, day: date) -> None:
    """Submit a day of which the service takes one job, and has no slot for the others."""
    numbers = count(1)

    def full() -> AWSResponse | None:
        return refusal("ServiceQuotaExceededException", 400) if next(numbers) > 1 else None

    with answering(actors.product(SUBMITTER).clients.bedrock, "CreateModelInvocationJob", full):
        actors.submit(day)
