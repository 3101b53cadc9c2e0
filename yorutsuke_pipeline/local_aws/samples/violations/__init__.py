"""Sample violations: generated rows of what US agencies found, of whom, and the fine; every company is invented.

`violations` yields the rows, and `python -m yorutsuke_pipeline.local_aws.samples.violations` writes them into a file.
From chance to row: `agency`, `offence`, `company`, `place`, `fine` -> `narrative` -> `draft` -> `row`, and `odd` for
the hard ones.
Kept out: the Iceberg table that they are loaded into, and what is written about them.
"""

from __future__ import annotations

from yorutsuke_pipeline.local_aws.samples.violations.draft import COLUMNS
from yorutsuke_pipeline.local_aws.samples.violations.odd import Oddity
from yorutsuke_pipeline.local_aws.samples.violations.row import violations

__all__ = ["COLUMNS", "Oddity", "violations"]
