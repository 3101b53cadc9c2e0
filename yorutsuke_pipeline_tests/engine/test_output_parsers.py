"""The quick parser of output lines and the one that decides: the same bytes have the same meaning in both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.engine import output_line
from yorutsuke_pipeline.engine.model_family import Claude, Nova
from yorutsuke_pipeline.engine.output_line import OutputLine, read_output_line
from yorutsuke_pipeline_tests.fakes.model import nova_output

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = st.sampled_from(
    [
        *("0", "-0", "-0.0", "1", "1500", "-12", "0.1", "1e5", "1E+5", "1e400", "-1e400", "1e-400", "5e-324"),
        *("2.2250738585072011e-308", "9007199254740993", "9007199254740993.0", "18446744073709551616"),
        *("-9223372036854775809", "123456789012345678901234567890", "9" * 4_300, "9" * 4_301),
        *("1." + "9" * 400, "1" * 400 + "e-399"),
        *("01", "1.", ".5", "+1", "-", "1e", "0x10", "1_000", "NaN", "-NaN", "Infinity", "-Infinity", "１２"),
    ]
)
WORDS = st.sampled_from(
    ["true", "false", "null", "True", "nul", "undefined", "", "[]", "{}", "[1,]", '{"a":1,}', "{a:1}"]
)
LETTERS = st.sampled_from(
    [
        *("a", "領", "\U0001f600", "\x7f", "\x01", "\n", "\u2028", "\ufeff", "\ud800", "'", "A" * 70),
        *(r"\n", r"\"", r"\\", r"\/", r"\u0000", r"\ud83d\ude00", r"\ud800", r"\udc00", r"\ud83dA"),
        *(r"\u12", r"\x41", r"\u00e9"),
    ]
)
STRINGS = st.lists(LETTERS, max_size=4).map(lambda letters: '"' + "".join(letters) + '"')
NAMES = st.sampled_from(
    [
        *("recordId", "modelOutput", "modelInput", "error", "errorCode", "errorMessage", "message", "output"),
        *("content", "text", "usage", "inputTokens", "stopReason", r"record\u0049d", ""),
    ]
).map(lambda name: f'"{name}"')
BLANKS = st.sampled_from(["", "", "", " ", "\t", "\r", "\n", "\x0b", "\u00a0", "\x00"])


def written(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.lists(st.tuples(NAMES | STRINGS, BLANKS, values), max_size=4)
    return st.lists(values, max_size=3).map(lambda items: f"[{','.join(items)}]") | members.map(
        lambda pairs: "{" + ",".join(f"{name}{blank}:{value}" for name, blank, value in pairs) + "}"
    )


VALUES = st.recursive(NUMBERS | WORDS | STRINGS, written, max_leaves=12)
DEPTHS = st.sampled_from([0, 0, 0, 1, 190, 199, 200, 201, 250, 900])
LINES = st.builds(
    lambda blank, record_id, output, other, depth: (
        f'{blank}{{"recordId":{record_id},"modelInput":{"[" * depth}{other}{"]" * depth},'
        f'"modelOutput":{output}}}{blank}'
    ).encode("utf-8", "surrogatepass"),
    BLANKS,
    STRINGS,
    VALUES,
    VALUES,
    DEPTHS,
)


def told(parse: Callable[[bytes], object], line: bytes) -> str:
    """Return what a parser says; its numbers' types, a zero's sign and the order of keys included."""
    try:
        return repr(parse(line))
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"


def check_parsers_agree(line: bytes) -> None:
    assert told(output_line._document, line) == told(output_line._decided, line)


@settings(max_examples=250, deadline=None)
@given(LINES | VALUES.map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b'{"recordId":"a","recordId":12,"modelOutput":{"a":1,"a":2},"modelOutput":{"a":-0}}')
@example(b'{"recordId":"\\ud800","error":{"errorCode":1e400,"errorMessage":-0.0}}')
@example(b'\xef\xbb\xbf{"recordId":"a"}')
@example('{"recordId":"a"}'.encode("utf-16"))
@example(b'{"recordId":"a","modelInput":"\xed\xa0\x80","modelOutput":{}}')
def test_both_parsers_say_the_same_of_lines_with_anything_in_any_place(line: bytes) -> None:
    check_parsers_agree(line)


@settings(max_examples=120, deadline=None)
@given(LINES, st.binary(min_size=1, max_size=3), st.floats(0, 1))
def test_both_parsers_say_the_same_of_lines_with_bytes_changed(line: bytes, junk: bytes, place: float) -> None:
    at = int(place * len(line))

    check_parsers_agree(line[:at] + junk + line[at + len(junk) :])
    check_parsers_agree(line[:at])


@settings(max_examples=80, deadline=None)
@given(LINES)
def test_whichever_parser_reads_a_line_its_outcome_is_the_same(line: bytes) -> None:
    # One thing that only the parser that decides will read, in a place that means nothing.
    slow = line.replace(b'"modelInput":', b'"slow":"\\ud800","modelInput":', 1)

    for family in (Nova(), Claude()):
        one, other = (read_output_line(either, family, longest=100_000) for either in (line, slow))

        assert isinstance(one, OutputLine) == isinstance(other, OutputLine)
        assert not isinstance(one, OutputLine) or one == other


@pytest.mark.parametrize("echo", ["x" * 300_000, "領" * 100_000, "\x7f" * 1_000, "\ud800", "\x00"])
def test_whatever_is_echoed_the_answer_is_read(echo: str) -> None:
    line = json.dumps({"recordId": "abc", "modelInput": {"bytes": echo}, "modelOutput": nova_output("hello")}).encode()

    found = read_output_line(line, Nova(), longest=2_000_000)

    assert isinstance(found, OutputLine)
    assert found.answer is not None
    assert found.answer.text == "hello"
