"""Sample receipts, made on first start: photos of invented receipts, with the truth that a reader should find.

`sample_days` plans three days, `generate` yields their uploads, and `python -m yorutsuke_pipeline.local_aws.samples`
writes them into a folder. From content to photo: `shops`, `goods`, `basket` -> the layouts (`retail`, `slips`,
`payouts`, `overseas`, `handwritten`) -> `receipt` -> `printer` or `form` -> `paper` -> `desk`, `camera` -> `days`.
Kept out: putting them anywhere but a folder, and reading them. The fonts and their licence are in `fonts`.
"""

from __future__ import annotations

from yorutsuke_pipeline.local_aws.samples.days import (
    DEFAULT_SEED,
    USERS,
    SampleDay,
    SampleReceipt,
    generate,
    make_sample,
    sample_days,
)
from yorutsuke_pipeline.local_aws.samples.difficult import Ending
from yorutsuke_pipeline.local_aws.samples.receipt import ReceiptTruth

__all__ = [
    "DEFAULT_SEED",
    "USERS",
    "Ending",
    "ReceiptTruth",
    "SampleDay",
    "SampleReceipt",
    "generate",
    "make_sample",
    "sample_days",
]
