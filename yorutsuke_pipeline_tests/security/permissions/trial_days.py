"""What people do with `yorutsuke trial`: a day that is done is asked about again, with another model or prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.aws.wire import answering, refusal
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.security.permissions.actors import OPERATOR
from yorutsuke_pipeline_tests.security.permissions.errands import await_the_end
from yorutsuke_pipeline_tests.security.permissions.nights import PROFILE

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from yorutsuke_pipeline_tests.security.permissions.actors import Actors

_OTHER_MODEL = "amazon.nova-pro-v1:0"


def trials_on_demand(actors: Actors, folder: Path) -> None:
    """Of a prompt, refused at its first question and begun again; of a model, some of whose answers are accepted."""
    day, prompt = _day_that_is_done(actors), folder / "prompt.txt"
    prompt.write_text("What is this?", "utf-8")
    start = ("trial", "start", str(day), "--limit", "1", "--yes")
    model = actors.product(OPERATOR).clients.bedrock_runtime
    with answering(model, "InvokeModel", lambda: refusal("AccessDeniedException", 403)):
        actors.command(*start, "--prompt", str(prompt), exit_code=1)
    actors.command(*start, "--prompt", str(prompt))
    actors.command("trial", "discard", str(day))
    actors.command(*start, "--model", PROFILE)
    actors.command("trial", "list")
    actors.command("trial", "accept", str(day), "--fields", "amount", "--yes")
    actors.command("trial", "discard", str(day))


def trials_by_batch(actors: Actors, _folder: Path) -> None:
    """Of a day whose list of what was accepted has expired, and of which a copy is gone; then of what was accepted."""
    place, day = actors.place, _day_that_is_done(actors)
    _delete(actors, f"batch-work/receipts-{day}-001/outcomes.jsonl")
    _delete(actors, min(place.keys(f"processed/{day}/")))
    for number, model_id in enumerate((PROFILE, _OTHER_MODEL), 1):
        actors.command("trial", "start", str(day), "--model", model_id, "--all", "--yes")
        await_the_end(actors, f"receipts-trial-{day}-{number:03d}")
        actors.command("trial", "show", str(day))
        actors.command("trial", "accept", str(day), "--yes")


def a_trial_of_which_nothing_is_left(actors: Actors, _folder: Path) -> None:
    """Every copy is gone, so there is nothing to ask about."""
    day = _day_that_is_done(actors)
    for key in actors.place.keys(f"processed/{day}/"):
        _delete(actors, key)
    actors.command("trial", "start", str(day), "--model", _OTHER_MODEL, "--all", "--yes", exit_code=1)


def _day_that_is_done(actors: Actors) -> date:
    place, day = actors.place, actors.place.new_day()
    for number in range(FEWEST_RECORDS + 1):
        place.put(day, number)
    place.run(day, place.product())
    return day


def _delete(actors: Actors, key: str) -> None:
    actors.place.world.s3.delete_object(Bucket=actors.place.world.bucket, Key=key)
