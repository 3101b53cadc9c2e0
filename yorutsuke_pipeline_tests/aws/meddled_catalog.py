"""A catalog in which something happens just before, or instead of, a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyiceberg.catalog.sql import SqlCatalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyiceberg.catalog import Catalog
    from pyiceberg.table import CommitTableResponse


class MeddledCatalog(SqlCatalog):
    """The same embedded catalog; each commit is preceded by `before` and followed by `after`."""

    def __init__(self, catalog: Catalog, *, before: Callable[[], Any] | None = None, after: Any = None) -> None:  # noqa: ANN401 — what it returns is nobody's
        super().__init__(catalog.name, **catalog.properties)
        self._before = before or (lambda: None)
        self._after = after or (lambda: None)

    def commit_table(self, *arguments: Any, **named: Any) -> CommitTableResponse:  # noqa: ANN401 — pyiceberg's own
        self._before()
        done = super().commit_table(*arguments, **named)
        self._after()
        return done
