"""Listings of any length, page by page: memory holds one page, and a page that fails says of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from yorutsuke_pipeline.aws.failures import Target, calling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Page = TypeVar("Page")


def pages_of(paginated: Iterable[Page], target: Target, doing: str) -> Iterator[Page]:
    """Yield the pages of a botocore paginator; what a page raises becomes the engine's error.

    Only the fetching is inside, so an error in what the caller does with a page stays its own.
    """
    pages = iter(paginated)
    while True:
        with calling(target, doing):
            page = next(pages, None)
        if page is None:
            return
        yield page
