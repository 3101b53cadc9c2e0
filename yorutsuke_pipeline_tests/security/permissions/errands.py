"""What people do with the command `yorutsuke`: everything that reads or writes AWS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.cli.conftest import png
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.security.permissions.actors import SECONDS_FOR_JOBS
from yorutsuke_pipeline_tests.security.permissions.need import ACCOUNT
from yorutsuke_pipeline_tests.security.permissions.nights import PROFILE

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

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
    _await_the_end(actors, day)
    actors.queue.failed = [day]
    actors.command("retry-failed", "--from", day.isoformat(), "--to", day.isoformat())


def _await_the_end(actors: Actors, day: date) -> None:
    """Wait until the service's job has ended, with none of the actors asking about it."""
    deadline = time.monotonic() + SECONDS_FOR_JOBS
    while True:
        (job,) = actors.place.world.bedrock.list_model_invocation_jobs(nameContains=str(day))["invocationJobSummaries"]
        if job["status"] == "Completed":
            return
        assert time.monotonic() < deadline, "the job did not end"
        time.sleep(0.05)
