"""The command `python -m yorutsuke_pipeline.local_aws.samples`: sample receipts into a folder.

Writes the images and one file `truth.jsonl` beside them: a line for each image with `file`, `user`, `uploadedAt` (ISO
8601, UTC), `ending`, `reason` and, where it can be read, `amount`, `currency`, `date`, `merchant`, `type`, `category`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.local_aws.samples.days import (
    DEFAULT_SEED,
    SampleDay,
    SampleReceipt,
    generate,
    sample_days,
)

if TYPE_CHECKING:
    import datetime as dt


def truth_line(sample: SampleReceipt) -> str:
    """Return the line of `truth.jsonl` for one sample, without its line break."""
    line: dict[str, str] = {
        "file": sample.file_name,
        "user": sample.user_id,
        "uploadedAt": sample.uploaded_at.isoformat(timespec="milliseconds"),
        "ending": sample.ending.value,
        "reason": sample.reason,
    }
    if sample.truth is not None:
        line |= {
            "amount": str(sample.truth.amount),
            "currency": sample.truth.currency,
            "date": sample.truth.date.isoformat(),
            "merchant": sample.truth.merchant,
            "type": sample.truth.type,
            "category": sample.truth.category,
        }
    return json.dumps(line, ensure_ascii=False)


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder to fill.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day in Tokyo; of three, the last.")
@click.option("--count", type=click.IntRange(min=1), help="So many ordinary receipts of that day, not the three days.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="The same seed gives the same files.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes to make them in.")
def main(out: Path, day: dt.datetime, count: int | None, seed: int, workers: int) -> None:
    """Write sample receipts into a folder, with their truth in truth.jsonl: three days of them, or COUNT of one day."""
    days = sample_days(day.date()) if count is None else (SampleDay(day.date(), count),)
    out.mkdir(parents=True, exist_ok=True)
    total = sum(one.size for one in days)
    with (
        (out / "truth.jsonl").open("w", encoding="utf-8") as truth,
        click.progressbar(length=total, label="Making receipts") as progress,
    ):
        for one in days:
            for sample in generate(one, seed=seed, workers=workers):
                (out / sample.file_name).write_bytes(sample.content)
                truth.write(truth_line(sample) + "\n")
                progress.update(1)
    click.echo(f"wrote {total} receipts and truth.jsonl to {out}")


if __name__ == "__main__":
    main()
