"""What it means to be turned away: a reason that can be shown and stored anywhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.record import Reject


def test_a_reason_does_not_steer_the_terminal_that_shows_it() -> None:
    reject = Reject.because("refused", "the model\x1b[2J\r\nsaid\u202e\x00 no")

    assert reject.reason == "the model [2J said no"


def test_a_reason_of_nothing_that_can_be_shown_is_at_least_its_kind() -> None:
    assert Reject.because("refused", "\u200b\x00\n").reason == "refused"


@given(st.text() | st.text().map(lambda text: text * 400))
def test_any_reason_is_one_short_line(text: str) -> None:
    reason = Reject.because("kind", text).reason

    reason.encode()
    assert 0 < len(reason) <= 300
    assert reason.isprintable()
