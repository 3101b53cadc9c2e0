"""How the stub behaves, set anew for each run."""

from __future__ import annotations

from dataclasses import dataclass

from yorutsuke_pipeline_tests.bench.contents import IMAGE_BYTES

IN_PROGRESS = "InProgress"


@dataclass(frozen=True)
class StubSettings:
    """Times in seconds.

    Attributes:
        table_delay: Before DynamoDB's answers.
        bucket_delay: Before the first byte of S3's and Bedrock's.
        writes_per_second: What the transactions table admits, in rows; None for all.
        bytes_per_second: One S3 connection's rate; None for no limit.
        images: How many images wait in the benchmarks' day.
        image_rows: How many rows the pending-images table has, those included; the day before has ten times the day's.
        image_bytes: The size of each of their images.
        claimed_by: The intent that has these images; None for none yet. The stub lets any have them.
        jobs: How many batch jobs Bedrock lists.
        jobs_status: The status of all of them.
    """

    table_delay: float = 0.008
    bucket_delay: float = 0.0
    writes_per_second: float | None = None
    bytes_per_second: float | None = None
    images: int = 0
    image_rows: int = 0
    image_bytes: int = IMAGE_BYTES
    claimed_by: str | None = None
    jobs: int = 0
    jobs_status: str = IN_PROGRESS
