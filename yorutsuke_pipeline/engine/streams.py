"""Work on a stream of any length, some items at once, with memory for only those.

What belongs here: the one way in which stages run calls side by side and write JSON lines.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import PydanticSerializationError, from_json, to_json

from yorutsuke_pipeline.engine.errors import ManifestChangedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from yorutsuke_pipeline.engine.ports import ObjectStore

Item = TypeVar("Item")
Result = TypeVar("Result")

# A line of our own files: ids, counts and one answer's text. Far below it in practice.
_LONGEST_OWN_LINE = 4_000_000
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False, default=str)


def map_bounded(
    call: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int,
    at_first: int | None = None,
) -> Generator[Result]:
    """Yield `call(item)` in the items' order, with no more items taken ahead than there are `workers`.

    With `at_first`, so many are taken ahead to begin with, and twice as many whenever a result but the first was not
    there when it was asked for: a caller that is slower than the calls holds few results.

    The first error ends the stream; calls not yet begun are dropped, those under way are waited for.
    """
    source, waiting = iter(items), deque[Future[Result]]()
    taken = at_first or workers
    is_first = True
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="stage") as pool:

        def take() -> None:
            waiting.extend(pool.submit(call, item) for item in islice(source, taken - len(waiting)))

        try:
            take()
            while waiting:
                if taken < workers and not is_first and not waiting[0].done():
                    taken = min(2 * taken, workers)
                    take()
                result, is_first = waiting.popleft().result(), False
                take()
                yield result
        finally:
            for future in waiting:
                future.cancel()
            end(source)


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of `size` items, the last one shorter."""
    source = iter(items)
    try:
        while chunk := list(islice(source, size)):
            yield chunk
    finally:
        end(source)


def end(source: object) -> None:
    """End a generator that is read no further, and what it holds with it: here and now.

    An error's traceback, or a variable, would keep it, and with it threads of its own, until the garbage collector
    comes by: which may be in the midst of starting another thread, and then both wait for ever.
    """
    if isinstance(source, Generator):
        source.close()


def json_line(document: Any) -> bytes:  # noqa: ANN401 — any JSON
    """Return one line of JSON with its end, with Decimal written as text.

    Raises:
        ValueError: NaN or infinity is in it, which is no JSON.
    """
    try:
        line: bytes = to_json(document)
    except PydanticSerializationError:
        # Half of a surrogate pair, as below.
        line = b"NaN"
    if b"NaN" in line or b"Infinity" in line:
        # A number, perhaps, and perhaps a text: this one knows.
        line = _ENCODER.encode(document).encode("ascii")
    return line + b"\n"


def read_json_lines(objects: ObjectStore, key: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of a JSON-lines object that the product itself wrote; nothing if there is none.

    Args:
        objects: Where it is.
        key: Of the object.

    Raises:
        ManifestChangedError: A line is not as the product writes them.
    """
    for number, line in enumerate(objects.lines(key, longest=_LONGEST_OWN_LINE), start=1):
        if line:
            try:
                yield _document(line)
            except ValueError as error:
                raise ManifestChangedError(
                    f"line {number} of {key} is no JSON, so it was changed after it was written; "
                    "put the version of before back, if the bucket keeps versions",
                ) from error


def check_complete_list(key: str, expected: int, found: int) -> None:
    """Refuse to go on from a list of our own that lacks records: what it lacks would be lost.

    Raises:
        ManifestChangedError: The list holds another number of records than its intent.
    """
    if found != expected:
        raise ManifestChangedError(
            f"{key} holds {found} records, its intent {expected}, so it was changed or has expired; "
            "put the version of before back, if the bucket keeps versions",
        )


def _document(line: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = from_json(line)
    except ValueError:
        # Half of a surrogate pair, which JSON can escape and Python can hold, is nothing to a parser that is in Rust.
        document = json.loads(line)
    return document
