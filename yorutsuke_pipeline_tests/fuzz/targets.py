"""What is fuzzed: each parser, the contract it is held to, and what its input looks like."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from yorutsuke_pipeline.aws.event_messages import MalformedMessageError, job_ids_in
from yorutsuke_pipeline.aws.object_body import lines_of
from yorutsuke_pipeline.engine.answers import check_complete, find_object
from yorutsuke_pipeline.engine.model_family import Claude, ModelAnswer, Nova
from yorutsuke_pipeline.engine.output_line import OutputLine, read_output_line
from yorutsuke_pipeline.engine.record import PendingRecord, RecordRejectedError, Reject
from yorutsuke_pipeline.engine.streams import json_line
from yorutsuke_pipeline.workloads.receipts.image import check_image
from yorutsuke_pipeline.workloads.receipts.receipt_image import UPLOADS, read_row
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload
from yorutsuke_pipeline_tests.fuzz import grammar, seeds
from yorutsuke_pipeline_tests.fuzz.contract import check_reject, check_same, check_text, check_transaction, must
from yorutsuke_pipeline_tests.workloads.receipts.test_prompt import CONTEXT
from yorutsuke_pipeline_tests.workloads.violations.rows import ROOFER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

_FAMILIES = (Nova(), Claude())
_WORKLOAD = ReceiptsWorkload()
_VIOLATIONS = ViolationsWorkload()
_OF_A_VIOLATION = CONTEXT._replace(identity=ROOFER.row.violation_id, attributes=ROOFER.row.as_json())
_LONGEST_LINE = 50_000
_MOST_TOKENS = 10**9


@dataclass(frozen=True)
class Target:
    """One parser under its contract.

    Attributes:
        check: Feeds one input to it; raises anything at all if the contract is broken.
        seeds: Inputs to start from.
        change: Makes another input of one, keeping its form; None leaves all changes to the fuzzer.
        longest: Bytes of the longest input that is tried.
    """

    check: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    change: Callable[[bytes, Random], bytes] | None = None
    longest: int = 8_192


def check_line(data: bytes) -> None:
    """A line of output is whose it says, with an answer or a refusal; or a reject."""
    for family in _FAMILIES:
        read = check_same(partial(read_output_line, data, family, longest=_LONGEST_LINE))
        if isinstance(read, Reject):
            check_reject(read)
            continue
        must((read.answer is None) != (read.refusal is None), f"{read} is neither or both")
        if read.answer is not None:
            _check_model_answer(read.answer)
        if read.refusal is not None:
            check_reject(Reject.because("refused", f"{read.refusal.code}: {read.refusal.message}"))


def check_object(data: bytes) -> None:
    """A text holds one object, or is rejected by name."""
    text = data.decode("utf-8", "surrogatepass") if _is_utf8(data) else data.decode("utf-8", "replace")
    found = _read_or_reject(lambda: find_object(text, "max_tokens"))
    if isinstance(found, dict):
        json.dumps(found, default=str, allow_nan=False)


def check_receipt(data: bytes) -> None:
    """What a model says about a receipt is a transaction that can be stored, or a reject."""
    text = data.decode("utf-8", "surrogatepass") if _is_utf8(data) else data.decode("latin-1")
    _check_answer(ModelAnswer(text, "end_turn", CONTEXT.usage))


def check_violation(data: bytes) -> None:
    """What a model says about a violation is a text that can be published, or a reject."""
    text = data.decode("utf-8", "surrogatepass") if _is_utf8(data) else data.decode("latin-1")
    answer = ModelAnswer(text, "end_turn", CONTEXT.usage)
    row = _read_or_reject(lambda: _VIOLATIONS.read_answer(answer, _OF_A_VIOLATION))
    if not isinstance(row, Reject):
        for name in ("title_bedrock", "description_bedrock"):
            check_text(row[name])
            must(row[name].isprintable(), f"{name} {row[name]!r}")
        json_line(row)


def check_whole(data: bytes) -> None:
    """A line of output becomes a transaction, a refusal or a reject, with a JSON file in between."""
    read = read_output_line(data, _FAMILIES[0], longest=_LONGEST_LINE)
    if not isinstance(read, OutputLine) or read.answer is None:
        return
    usage = read.answer.usage
    kept = json.loads(json_line([read.answer.text, read.answer.stop_reason, usage.input_tokens, usage.output_tokens]))
    _check_answer(ModelAnswer(kept[0], kept[1], type(usage)(kept[2], kept[3])))


def check_family(data: bytes) -> None:
    """Any JSON at all is read as an answer, by either family."""
    try:
        output = json.loads(data)
    except (ValueError, RecursionError):
        return
    for family in _FAMILIES:
        _check_model_answer(check_same(partial(family.answer, output)))


def check_picture(data: bytes) -> None:
    """Bytes are a picture of a size that the model takes, or rejected."""
    header = _read_or_reject(lambda: check_image(data, len(data)))
    if not isinstance(header, Reject):
        must(header.format in {"jpeg", "png", "gif", "webp"}, f"{header}")
        must(0 < header.width <= 8_000 and 0 < header.height <= 8_000, f"{header}")


def check_row(data: bytes) -> None:
    """A row that anyone wrote is an image that waits, or rejected."""
    try:
        row = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(row, dict):
        image = _read_or_reject(lambda: read_row(PendingRecord(str(row.get("imageId", "")), row)))
        if not isinstance(image, Reject):
            must(image.s3_key.startswith(UPLOADS) and ".." not in image.s3_key.split("/"), f"{image}")
            must(image.image_id.isascii() and image.user_id.isprintable(), f"{image}")
            check_text(image.s3_key + image.user_id)


def check_splitter(data: bytes) -> None:
    """Lines are those that splitting the whole at once gives, cut alike, whatever the size of the pieces."""
    if len(data) < 2:
        return
    longest, buffer, content = data[0] + 1, data[1] + 1, data[2:]
    reader = io.BufferedReader(cast("Any", io.BytesIO(content)), buffer)
    found = list(lines_of(reader, longest=longest))
    whole = content.split(b"\n")
    expected = [line.removesuffix(b"\r") for line in whole[:-1]] + ([whole[-1]] if whole[-1] else [])
    must(found == [line[: longest + 1] for line in expected], f"{found} instead of {expected}")


def check_event(data: bytes) -> None:
    """A message names jobs by ids that Bedrock may have given, or is malformed."""
    text = data.decode("utf-8", "surrogatepass") if _is_utf8(data) else data.decode("latin-1")
    try:
        named = check_same(partial(job_ids_in, text))
    except MalformedMessageError:
        return
    for job_id in named:
        must(len(job_id) == 12 and job_id.isascii() and job_id.isalnum(), f"job {job_id!r}")


def check_planted(data: bytes) -> None:
    """Break on purpose, to show that a fault is found and told: an answer with an amount of 10^12 does it."""
    found = _read_or_reject(lambda: find_object(data.decode("utf-8", "replace")))
    must(isinstance(found, Reject) or found.get("amount") != 10**12, "a fault that was planted")


TARGETS = {
    "line": Target(check_line, seeds.lines, grammar.change_line),
    "object": Target(check_object, lambda: map(_encoded, seeds.answers()), grammar.change_answer),
    "receipt": Target(check_receipt, lambda: map(_encoded, seeds.answers()), grammar.change_answer),
    "violation": Target(check_violation, lambda: map(_encoded, seeds.violation_answers()), grammar.change_answer),
    "whole": Target(check_whole, seeds.lines, grammar.change_line),
    "family": Target(check_family, lambda: map(_document, seeds.outputs()), grammar.change_document),
    "picture": Target(check_picture, seeds.images, grammar.change_image),
    "row": Target(check_row, seeds.rows, grammar.change_document),
    "event": Target(check_event, seeds.events, grammar.change_document),
    "splitter": Target(check_splitter, seeds.streams, longest=200),
}
PLANTED = "planted"


def target_of(name: str) -> Target:
    """Return a target by its name, the planted one included."""
    return (
        Target(check_planted, lambda: [seeds.GOOD.encode()], grammar.change_answer)
        if name == PLANTED
        else TARGETS[name]
    )


def _check_answer(answer: ModelAnswer) -> None:
    context = CONTEXT._replace(usage=answer.usage)

    def read() -> Any:  # noqa: ANN401 — a row
        check_complete(answer)
        return _WORKLOAD.read_answer(answer, context)

    row = _read_or_reject(read)
    if not isinstance(row, Reject):
        check_transaction(row)


def _check_model_answer(answer: ModelAnswer) -> None:
    for text in (answer.text, answer.stop_reason or "", answer.problem or ""):
        check_text(text)
    for count in (answer.usage.input_tokens, answer.usage.output_tokens):
        must(type(count) is int and 0 <= count <= _MOST_TOKENS, f"a count of {count!r:.60} tokens")


def _read_or_reject(read: Callable[[], Any]) -> Any:  # noqa: ANN401 — whatever is read
    """Return what is read, the same both times, or the reject, checked; any other error is a finding."""

    def outcome() -> Any:  # noqa: ANN401 — as above
        try:
            return read()
        except RecordRejectedError as error:
            return error.reject

    found = check_same(outcome)
    if isinstance(found, Reject):
        check_reject(found)
    return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _document(output: Any) -> bytes:  # noqa: ANN401 — any JSON
    return json.dumps(output).encode()
