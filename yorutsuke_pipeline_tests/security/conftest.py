"""An embedded AWS whose model says what a picture tells it to, so that a test decides what a receipt says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.security.days import Place, open_place

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One server for the package; each test has a day of its own."""
    with open_place(tmp_path_factory.mktemp("security")) as opened:
        yield opened
