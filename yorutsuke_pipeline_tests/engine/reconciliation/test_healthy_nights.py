"""A healthy night contradicts itself at no stage, whatever dies in it and however often it is run again."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import READS
from yorutsuke_pipeline_tests.engine.nights import DAY, Night, night_of, source_key
from yorutsuke_pipeline_tests.engine.reconciliation.nights import closed_night, found, found_in_day, reconciler_of
from yorutsuke_pipeline_tests.engine.test_nights import eventful_night

# The reads of this package's own ports.
OWN_READS = frozenset({"of", "of_identity", "identity", "scan", "named", "find"})


def healthy_night() -> Night:
    """Return the night in which everything happens at once, without the upload that no row names."""
    night = eventful_night()
    del night.objects.contents[source_key("img-2")]
    return night


def test_an_eventful_night_contradicts_itself_at_no_stage() -> None:
    night = healthy_night()
    stages, told = night.stages(), []

    for step in (
        lambda: stages.manifest.write(DAY),
        lambda: stages.submitter.submit(DAY),
        night.end_jobs,
        lambda: stages.collector.collect(DAY),
        lambda: stages.recorder.record(DAY),
        lambda: stages.archiver.archive(DAY),
        night.run,
        night.run,
    ):
        step()
        told += [*found(night), *found_in_day(night)]

    assert told == []
    assert not night.is_unsettled


def test_a_night_killed_at_any_call_contradicts_itself_neither_then_nor_when_it_is_run_again() -> None:
    for at in count(1):
        night = healthy_night()
        calls = Calls(at, Interruption.KILL)
        with suppress(Killed, YorutsukeError):
            night.run(night.stages(calls.watch))
        if calls.was_reached and calls.interrupted in READS:
            continue
        assert (calls.interrupted, found(night)) == (calls.interrupted, [])
        night.run_until_settled()
        assert (calls.interrupted, found(night)) == (calls.interrupted, [])
        if not calls.was_reached:
            break
    assert at > 100, "the night made far fewer calls than it must"


def test_a_day_with_nothing_in_it_costs_a_handful_of_calls() -> None:
    night, calls = night_of(0), Calls()

    assert list(reconciler_of(night, calls.watch).of_day(DAY)) == []

    assert len(calls.names) <= 5


def test_reconciling_a_day_only_reads_and_never_scans() -> None:
    night, calls = closed_night(), Calls()

    assert list(reconciler_of(night, calls.watch).of_day(DAY)) == []

    assert set(calls.names) <= (READS | OWN_READS) - {"scan"}
