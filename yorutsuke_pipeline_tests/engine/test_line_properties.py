"""Lines that the product writes are read as they were written, whatever stands in them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.input_line import input_line
from yorutsuke_pipeline.engine.model_family import Claude, ModelFamily, Nova, Picture, Question
from yorutsuke_pipeline.engine.output_line import OutputLine, read_output_line
from yorutsuke_pipeline.engine.streams import chunked, json_line, read_json_lines
from yorutsuke_pipeline_tests.engine.test_answers import JSON_OBJECTS
from yorutsuke_pipeline_tests.fakes.model import nova_output
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore

if TYPE_CHECKING:
    from uuid import UUID


@given(st.lists(JSON_OBJECTS, max_size=6))
def test_documents_survive_a_file_of_lines(documents: list[dict[str, Any]]) -> None:
    objects = FakeObjectStore({"a.jsonl": b"".join(map(json_line, documents))})

    assert list(read_json_lines(objects, "a.jsonl")) == documents


@given(JSON_OBJECTS, st.decimals(allow_nan=False, allow_infinity=False))
def test_a_document_is_one_line_of_utf_8_and_money_keeps_its_digits(document: dict[str, Any], money: Decimal) -> None:
    line = json_line({**document, "money": money})

    assert line.endswith(b"\n")
    assert len(line.splitlines()) == 1
    assert json.loads(line.decode("utf-8")) == {**document, "money": str(money)}
    assert Decimal(json.loads(line)["money"]) == money


@given(st.lists(st.integers()), st.integers(1, 9))
def test_chunks_hold_every_item_once_in_order(items: list[int], size: int) -> None:
    chunks = list(chunked(items, size))

    assert [item for chunk in chunks for item in chunk] == items
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)


QUESTIONS = st.builds(
    Question,
    st.text(),
    st.text() | st.just("dGhlIHBpY3R1cmU="),
    st.integers(1, 5_000),
    st.none() | st.builds(Picture, st.sampled_from(["jpeg", "png"]), st.just(1), st.just(1), st.binary()),
)


@given(st.uuids(), QUESTIONS, st.sampled_from([Nova(), Claude()]), st.text())
def test_what_was_asked_comes_back_with_the_answer_under_its_record_id(
    uuid: UUID, asked: Question, family: ModelFamily, said: str
) -> None:
    record_id = uuid.hex
    question = json.loads(b"".join(input_line(record_id, asked, family)))
    answered = json.dumps({**question, "modelOutput": nova_output(said)}).encode()

    found = read_output_line(answered, Nova(), longest=1_000_000)

    assert question == {"recordId": record_id, "modelInput": family.body(asked)}
    assert isinstance(found, OutputLine)
    assert found.record_id == record_id
    assert found.answer is not None
    assert found.answer.text == said
