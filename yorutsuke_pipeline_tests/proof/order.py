"""What passes between a trial and the process of a night: the order, and how its runs ended.

What belongs here: values that both sides import, so nothing heavy.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS, FIRST_DAY, MOST_ATTEMPTS

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "Geheimnis0123456789abcdefABCDEF/+proof"  # made up, and looked for in every log


@dataclass(frozen=True)
class Order:
    """What one night is started with.

    Attributes:
        endpoint: The AWS that the product is given, usually a proxy.
        straight: The same without the proxy, for waiting until jobs have ended: that is no call of the product's.
        folder: For what the night leaves: `stage`, `output`, `events`, `runs` and `under_way`.
        concurrency: Calls in flight at once; 1 makes the n-th call the same one each time.
        retried: An intent whose ingest was cut off: this is no night but Dagster's retry of that run.
    """

    day: str
    endpoint: str
    straight: str
    folder: Path
    concurrency: int = 1
    retried: str | None = None

    @property
    def stage(self) -> Path:
        """Holds the stage that the night is in."""
        return self.folder / "stage"

    @property
    def output(self) -> Path:
        """What was printed and logged."""
        return self.folder / "output"

    @property
    def events(self) -> Path:
        """What Dagster stored, to be shown in its UI."""
        return self.folder / "events"

    @property
    def runs(self) -> Path:
        """How its runs ended; not there if it was killed."""
        return self.folder / "runs"

    @property
    def under_way(self) -> Path:
        """Holds the intent that is being ingested, while it is."""
        return self.folder / "under_way"

    def environment(self) -> dict[str, str]:
        """Return all that the product reads from its environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "YORUTSUKE_FIRST_DAY": FIRST_DAY.isoformat(),
            "YORUTSUKE_FEWEST_RECORDS": str(FEWEST_RECORDS),
            "YORUTSUKE_MAX_ATTEMPTS": str(MOST_ATTEMPTS),
            "YORUTSUKE_CONCURRENCY": str(self.concurrency),
            "YORUTSUKE_WAIT_SECONDS": "0",
            "YORUTSUKE_SAMPLES": "false",
            # How many messages lie in a queue that nights share is chance, and each night must make the same calls.
            "YORUTSUKE_POLL_SECONDS": "0",
            "YORUTSUKE_METRICS": "false",
        }


@dataclass(frozen=True)
class Run:
    """A run of one half of the pipeline, as Dagster shows it.

    Attributes:
        intent: The intent that the sensor launched it for.
        checks: Each asset check, and whether it passed.
        failed: The steps that failed.
    """

    job: str
    success: bool
    intent: str | None = None
    checks: dict[str, bool] = field(default_factory=dict)
    failed: tuple[str, ...] = ()


def read_runs(path: Path) -> list[Run]:
    """Return the runs that a night wrote down; none if it was killed."""
    return [Run(**run) for run in json.loads(path.read_text())] if path.exists() else []
