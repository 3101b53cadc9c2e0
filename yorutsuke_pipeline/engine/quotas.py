"""The service's limits on a batch job, and how many records a job gets.

The numbers are the documented defaults (Service Quotas, "Batch inference"); a deployment can set its
own. Bytes bind long before counts: at 270 KB a line, one file holds some 3,500 receipts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quotas:
    """Limits of one job.

    Attributes:
        fewest_records: Below it the service accepts the job and then fails it in Validating.
        most_records: In one input file, and in a job.
        part_bytes: Of one input file; the limit is 1 GB, and some room is left below it.
        line_bytes: Of one line, from the model's limit on a request (25 MB with base64).
    """

    fewest_records: int = 100
    most_records: int = 100_000
    part_bytes: int = 900_000_000
    line_bytes: int = 25_000_000


def balanced_size(records: int, quotas: Quotas) -> int:
    """Return how many records to put in each part so that the last is no remainder below the minimum.

    For 100,050 records and at most 100,000 a part, two parts of 50,025, not one of 100,000 and one of 50.
    """
    if records <= 0:
        return quotas.most_records
    parts = -(-records // quotas.most_records)
    return -(-records // parts)
