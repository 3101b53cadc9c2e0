"""`yorutsuke receipts`: put photos in line, and list what waits, was read or needs a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, print_table, remark, with_bar
from yorutsuke_pipeline.cli.parameters import Day, UserId, as_json_option, the_product
from yorutsuke_pipeline.cli.photo_files import find_files, read_photo
from yorutsuke_pipeline.engine.days import day_of, parse_utc, tokyo_minute
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.upload import describe_upload, moment_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.inbox import Fate, Inbox

_COLUMNS = ("image", "user", "file", "uploaded (Tokyo)", "status", "attempts", "claimed by", "last reason")


@click.group()
def receipts() -> None:
    """Put receipt photos in line, and see what became of them."""


@receipts.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--user", required=True, type=UserId(), help="Whose receipts they are.")
@click.option("--date", "day", type=Day(), help="The day to put them in, YYYY-MM-DD in Tokyo; today if not given.")
@as_json_option()
@click.pass_context
def add(context: click.Context, paths: Sequence[Path], user: str, day: date | None, *, as_json: bool) -> None:
    """Put photos in line: files, and folders with all that is in them (hidden files aside).

    What is no image, is too large or is there already is named and left out; the rest goes in. Exits with 1
    if a file was refused. A photo put into a past day counts as uploaded in that day's last millisecond.
    """
    from yorutsuke_pipeline.inbox import inbox  # noqa: PLC0415 — the adapters load boto3, which --help must not

    product = the_product(context)
    moment = _moment(product, day)
    offer = partial(_offer, inbox(product), user, moment)
    offered = _offer_all(offer, list(find_files(paths)), concurrency=product.settings.concurrency)
    counts = Counter(str(each.fate) for each in offered)
    if as_json:
        numbers = {"added": counts["added"], "alreadyThere": counts["already_there"], "refused": counts["refused"]}
        files = [each.as_document() for each in offered]
        print_json({"user": user, "date": day_of(moment), **numbers, "files": files})
    else:
        for each in offered:
            if each.remark:
                remark(f"{each.path}: {each.remark}")
        click.echo(
            f"{counts['added']} added to {day_of(moment)}, {counts['already_there']} already there, "
            f"{counts['refused']} refused",
        )
    if counts["refused"]:
        context.exit(EXIT_FAILED)


@receipts.command("list")
@click.option("--date", "day", type=Day(), help="Only those uploaded on this day, YYYY-MM-DD in Tokyo.")
@click.option("--status", type=click.Choice(["pending", "processed", "failed"]), help="failed: waits for a person.")
@click.option("--user", type=UserId(), help="Only this user's.")
@as_json_option()
@click.pass_context
def list_receipts(
    context: click.Context, day: date | None, status: str | None, user: str | None, *, as_json: bool
) -> None:
    """List photos with their attempts, the last reason for a rejection, and the intent that claimed them.

    With --date and --status pending this is one query; anything else reads the whole table.
    """
    from yorutsuke_pipeline.workloads.receipts.line import images  # noqa: PLC0415 — loads boto3, as above

    listed = with_bar("reading receipts", images(the_product(context)).listing(day, status))
    documents = [_document(record) for record in listed]
    chosen = [document for document in documents if user is None or document["userId"] == user]
    chosen.sort(key=lambda document: (str(document["uploadedAt"]), document["imageId"]))
    if as_json:
        print_json({"receipts": chosen})
        return
    shown = ("imageId", "userId", "originalName", "uploadedAt", "status", "attempts", "intentId", "lastReason")
    told = ({**document, "uploadedAt": _uploaded(document["uploadedAt"])} for document in chosen)
    rows = [[document[name] for name in shown] for document in told]
    print_table(f"{len(rows)} receipts", _COLUMNS, rows, numbers=["attempts"], only_in_pipes=["image"])


@dataclass(frozen=True)
class Offered:
    """What became of one file."""

    path: Path
    fate: Fate
    image_id: str | None = None
    reason: str | None = None

    @property
    def remark(self) -> str | None:
        """What the person should know of it; None if it simply went in."""
        return self.reason or ("already there" if self.fate == "already_there" else None)

    def as_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"file": _readable(self.path), "fate": self.fate, "imageId": self.image_id, "reason": self.reason}


def _moment(product: Composition, day: date | None) -> datetime:
    """Return when the photos count as uploaded. A day that has no partition would never be processed."""
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — as above

    now = SystemClock().now()
    first, today = product.settings.first_day, day_of(now)
    if day is not None and not first <= day <= today:
        raise click.BadParameter(
            f"{day} is never processed: days go from {first} (YORUTSUKE_FIRST_DAY) to today, {today} in Tokyo",
            param_hint="--date",
        )
    return now if day is None else moment_within(day, now)


def _offer_all(offer: partial[Offered], files: list[Path], *, concurrency: int) -> list[Offered]:
    from yorutsuke_pipeline.engine.streams import map_bounded  # noqa: PLC0415 — as above

    offered: list[Offered] = []
    try:
        all_files = map_bounded(offer, files, workers=concurrency)
        offered.extend(with_bar("adding photos", all_files, len(files)))
    except YorutsukeError:
        added = _count(offered, "added")
        remark(f"stopped after {added} of {len(files)} files were added; the same command again adds the rest")
        raise
    return offered


def _offer(target: Inbox, user: str, moment: datetime, path: Path) -> Offered:
    from yorutsuke_pipeline.inbox import Fate  # noqa: PLC0415 — as above

    try:
        content = read_photo(path)
        upload = describe_upload(content, user_id=user, original_name=path.name, uploaded_at=moment)
    except RecordRejectedError as error:
        return Offered(path, Fate.REFUSED, reason=error.reject.reason)
    return Offered(path, target.put(upload, content), upload.image_id)


def _count(offered: Iterable[Offered], fate: str) -> int:
    return sum(1 for each in offered if each.fate == fate)


def _document(record: PendingRecord) -> dict[str, Any]:
    names = ("userId", "originalName", "uploadedAt", "status", "s3Key", "bytes", "archivedKey", "processedAt")
    return {
        "imageId": record.identity,
        **{name: record.attributes.get(name) for name in names},
        "attempts": record.attempts,
        "lastReason": record.last_reason,
        "intentId": record.intent_id,
    }


def _uploaded(told: object) -> object:
    """Return an upload's time as a person reads it, or what the row says if that is no time."""
    try:
        return tokyo_minute(parse_utc(str(told)))
    except ValueError:
        return told


def _readable(path: Path) -> str:
    """Return a path as text that JSON can hold; on Linux a name is bytes."""
    return str(path).encode("utf-8", "replace").decode("utf-8")
