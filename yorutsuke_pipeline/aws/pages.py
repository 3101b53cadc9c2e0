"""Listings of any length, page by page: memory holds one page, and a page that fails says of what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from yorutsuke_pipeline.aws.attribute_values import from_item
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import ThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline.aws.table_calls import TableCalls

Page = TypeVar("Page")

# Where an answer says that there is more, and where a request says from where on.
_NEXT_PAGE = {"Query": ("LastEvaluatedKey", "ExclusiveStartKey"), "ExecuteStatement": ("NextToken", "NextToken")}


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


def rows_found(
    calls: TableCalls,
    operation: str,
    asked: dict[str, Any],
    target: Target,
    doing: str,
    *,
    patience: Patience,
) -> Iterator[dict[str, Any]]:
    """Yield the rows that a read finds, in its order; a page is asked for again while the table turns it away.

    Args:
        calls: Of the client.
        operation: `Query`, or `ExecuteStatement` with a SELECT.
        asked: Its parameters.
        target: What is asked.
        doing: What is tried, for the message of an error.
        patience: How long for one page.
    """
    told, wanted = _NEXT_PAGE[operation]

    def next_page() -> dict[str, Any]:
        with calling(target, doing):
            return calls.call(operation, json.dumps(asked))

    while True:
        page = patience.repeat(next_page, on=ThrottledError)
        yield from map(from_item, page["Items"])
        if not page.get(told):
            return
        asked = {**asked, wanted: page[told]}


def rows_of_scan(
    client: DynamoDBClient,
    table: str,
    target: Target,
    doing: str,
    **filters: Any,  # noqa: ANN401 — parameters of Scan
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a whole table that pass the filters, in no order.

    Costs a read of every row, whatever passes: not for anything that runs by itself.
    """
    pages = client.get_paginator("scan").paginate(TableName=table, **filters)
    for page in pages_of(pages, target, doing):
        yield from map(from_item, page["Items"])
