"""Images by their place: what lies in the bucket, what the lines say, and what a model must be for that."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import pytest

from yorutsuke_pipeline.engine.batch_job import JobMode
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.model_family import Claude, Picture, Question
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, LOCATED, Night, night_of, picture, source_key
from yorutsuke_pipeline_tests.engine.ordered_nights import images_night, named, selected, violations_night
from yorutsuke_pipeline_tests.engine.sweeps import interrupt_everywhere, stall_everywhere
from yorutsuke_pipeline_tests.engine.trials.stages import TRIAL, asked, ended_night, pairs

FOLDER = f"batch-input/{FIRST}/"
PART = f"{FOLDER}part-0001.jsonl"
CLAUDE = "global.anthropic.claude-haiku-4-5-20251001-v1:0"


def located_night(count: int, *, preflight_from: int = 0, **quotas: int) -> Night:
    """Return a night whose images are sent by their place."""
    quotas_of_all = LOCATED.quotas.told(quotas, "the test")
    return night_of(count, policy=replace(LOCATED, quotas=quotas_of_all, preflight_from=preflight_from))


def copies_of(night: Night) -> dict[str, bytes]:
    """Return what lies in the folders of images, by key."""
    return {key: content for key, content in night.objects.contents.items() if "/images/" in key}


def test_a_line_says_where_the_copy_of_its_image_lies_and_nothing_else_is_new() -> None:
    inline, located = night_of(3), located_night(3)

    for night in (inline, located):
        night.stages().manifest.write(DAY)

    asked = zip(inline.lines_of(PART), located.lines_of(PART), strict=True)
    for name, (with_bytes, with_place) in zip(("img-1", "img-2", "img-3"), asked, strict=True):
        key = f"{FOLDER}images/{record_id(name)}.png"
        image = with_bytes["modelInput"]["messages"][0]["content"][0]["image"]
        image["source"] = {"s3Location": {"uri": f"s3://receipts/{key}"}}
        assert with_place == with_bytes
        assert located.objects.contents[key] == picture(name)


def test_a_job_of_one_part_is_told_the_folder_that_its_images_lie_in() -> None:
    night = located_night(4)

    night.submit()

    (request,) = night.service.requests.values()
    assert request.input_uri == f"s3://receipts/{FOLDER}"
    (job,) = night.ledger.jobs(FIRST)
    assert (job.part_key, job.input_bytes) == (FOLDER, len(night.objects.contents[PART]))


def test_each_job_has_the_copies_of_its_own_records_and_of_no_others() -> None:
    night = located_night(8)

    night.submit()

    first, second = night.service.requests.values()
    for request, names in ((first, range(1, 5)), (second, range(5, 9))):
        folder = request.input_uri.removeprefix("s3://receipts/")
        expected = {f"{folder}images/{record_id(f'img-{number}')}.png" for number in names}
        assert {key for key in copies_of(night) if key.startswith(folder)} == expected


def test_what_is_inline_leaves_no_copy() -> None:
    night = night_of(4)

    night.submit()

    assert copies_of(night) == {}


def test_a_whole_night_by_place_ends_as_one_with_bytes_does() -> None:
    inline, located = night_of(9), located_night(9)

    for night in (inline, located):
        night.run_until_settled()

    check_settled(located)
    assert located.merchants() == inline.merchants()
    assert located.service.requests


def test_too_few_for_a_job_are_asked_on_demand_by_their_place() -> None:
    night = located_night(2)

    night.run_until_settled()

    check_settled(night)
    assert [job.mode for job in night.ledger.jobs(FIRST)] == [JobMode.ON_DEMAND]
    sources = [body["messages"][0]["content"][0]["image"]["source"] for body in night.model.asked]
    assert [list(source) for source in sources] == [["s3Location"]] * 2


def test_the_first_of_a_large_night_are_asked_on_demand_and_what_they_showed_is_found() -> None:
    night = located_night(12, preflight_from=10, most_records=10)

    night.submit()

    intent = night.ledger.intents[FIRST]
    assert intent.preflight is not None
    assert intent.preflight.usage is not None
    assert intent.preflight.usage.output_tokens == 5 * 100
    assert len(night.model.asked) == 5
    assert len(night.service.requests) == 1


def test_an_image_that_is_replaced_before_it_was_copied_is_looked_at_again_by_the_next_run() -> None:
    probe, night = Calls(), located_night(4)
    located_night(4).stages(probe.watch).manifest.write(DAY)
    calls = Calls(
        probe.number_of("copy"),
        meanwhile=partial(night.objects.contents.update, {source_key("img-1"): picture("img-1") + b" later"}),
    )

    with pytest.raises(TransientError, match=r"img-1\.png' was replaced or deleted"):
        night.stages(calls.watch).manifest.write(DAY)
    night.stages().manifest.write(DAY)

    (line, *_) = night.lines_of(f"batch-input/{FIRST}.draft-002/part-0001.jsonl")
    assert night.asked_about(line["modelInput"]) == "img-1 later"


def test_an_image_that_cannot_be_copied_leaves_no_thread_behind() -> None:
    night = located_night(30, most_records=20)
    night.policy = replace(night.policy, concurrency=4)
    night.objects.uncopyable = {source_key("img-9")}

    with pytest.raises(TransientError):
        night.stages().manifest.write(DAY)

    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("stage")] == []


def test_an_image_that_is_deleted_before_it_was_copied_is_turned_away_by_the_next_run() -> None:
    probe, night = Calls(), located_night(4)
    located_night(4).stages(probe.watch).manifest.write(DAY)
    calls = Calls(probe.number_of("copy"), meanwhile=lambda: night.objects.contents.pop(source_key("img-1")))

    with pytest.raises(TransientError):
        night.stages(calls.watch).manifest.write(DAY)
    report = night.stages().manifest.write(DAY)

    assert report.rejects == {"source_missing": 1}
    assert report.intent is not None
    assert report.intent.record_count == 3


def test_a_model_that_reads_no_places_is_refused_before_anything_is_claimed() -> None:
    night = night_of(3, policy=replace(LOCATED, model_id=CLAUDE))

    with pytest.raises(ConfigurationError, match=r"YORUTSUKE_IMAGES=s3Location.*YORUTSUKE_MODEL_ID.*claude"):
        night.stages().manifest.write(DAY)

    assert night.ledger.intents == {}
    assert "intentId" not in night.row("img-1")


def test_claude_is_never_asked_about_a_place() -> None:
    asked = Question("be brief", "what?", 10, Picture("png", 1, 1, b"", "s3://receipts/a.png"))

    with pytest.raises(ConfigurationError, match="YORUTSUKE_IMAGES"):
        Claude().body(asked)


def test_a_part_by_place_is_hundreds_of_times_smaller_than_one_with_bytes() -> None:
    large = {f"img-{number}": picture(f"img-{number}") + b"x" * 200_000 for number in (1, 2, 3)}
    inline, located = night_of(3, sources=large), night_of(3, sources=large, policy=LOCATED)

    for night in (inline, located):
        night.stages().manifest.write(DAY)

    assert located.ledger.rows[FIRST, 1].input_bytes * 50 < inline.ledger.rows[FIRST, 1].input_bytes


def test_an_order_for_a_model_that_reads_no_places_is_refused_before_anything_is_written() -> None:
    night = images_night(1, policy=LOCATED)

    with pytest.raises(ConfigurationError, match="YORUTSUKE_IMAGES"):
        night.desk.place(named("img-1", model_id=CLAUDE))

    assert night.ledger.intents == {}


def test_an_order_is_asked_by_place() -> None:
    night = images_night(4, policy=LOCATED)
    night.desk.place(named("img-1", "img-2", "img-3"))

    night.run_until_settled()

    check_settled(night)
    assert {key.rpartition("/")[0] for key in copies_of(night)} == {"batch-input/lunch-1/images", f"{FOLDER}images"}


def test_violations_have_no_images_and_may_be_asked_of_any_model() -> None:
    night = violations_night(3, policy=LOCATED)
    night.desk.place(selected(3, model_id=CLAUDE))

    night.prepare()

    assert copies_of(night) == {}
    assert night.ledger.jobs("texts-1")[0].part_key == "batch-input/texts-1/part-0001.jsonl"


def test_a_trial_asks_by_the_place_of_a_copy_of_what_was_archived() -> None:
    night = ended_night(3)
    night.policy = LOCATED

    trial = asked(night)

    assert {pair.tried["merchant"] for pair in pairs(night, trial) if pair.tried is not None} == night.merchants()
    assert len(copies_of(night)) == 3
    assert {key.partition("/images/")[0] for key in copies_of(night)} == {f"batch-input/{TRIAL}"}


def eventful_night() -> Night:
    """Return a night of two jobs, a remainder on demand, and an image that is turned away."""
    night = located_night(8, most_records=3, part_records=2)
    night.objects.contents[source_key("img-2")] = b"%PDF-1.7"
    night.answers["img-3"] = "no receipt at all"
    return night


@pytest.mark.parametrize("interruption", Interruption)
def test_a_night_by_place_interrupted_at_any_call_is_finished_by_running_it_again(interruption: Interruption) -> None:
    made = interrupt_everywhere(interruption, eventful_night, lambda night, stages: night.run(stages))

    assert made > 100, "the night made far fewer calls than it must"


def test_a_run_by_place_that_stalls_at_any_call_does_no_harm_when_it_wakes() -> None:
    made = stall_everywhere(eventful_night, lambda night, stages: night.run(stages), lambda night: night.submit())

    assert made > 100, "the night made far fewer calls than it must"
