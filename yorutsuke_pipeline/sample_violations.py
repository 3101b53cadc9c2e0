"""The sample violations of the embedded AWS: 20,000 generated rows in the Iceberg table, once.

What belongs here: doing that once, whoever comes first. What the rows say is `local_aws/samples/violations`.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.violations import violations

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline.aws.violations_table import ViolationsTable

_COUNT = 20_000
_SEED = 7


def fill(table: ViolationsTable, folder: Path, *, samples: bool) -> int:
    """Make the table if it is not there, and put the samples in; return how many rows were added.

    Ids derive from the seed, and a row that is there is not added again: a process that died is made up for.

    Args:
        table: The embedded one.
        folder: Where it lies; holds the mark that it is filled.
        samples: Whether it gets any rows.
    """
    mark = folder / "filled"
    if mark.exists():
        return 0
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "filling.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Two loads at once may both add a row.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if mark.exists():
            return 0
        table.create()
        count = table.load(violations(_SEED, _COUNT)) if samples else 0
        mark.touch()
    finally:
        os.close(descriptor)
    return count
