"""The receipts workload as the engine knows it: row in, question out; answer in, transaction out."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pydantic import ValidationError

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.answers import find_object
from yorutsuke_pipeline.engine.days import day_of, utc_text
from yorutsuke_pipeline.engine.model_family import Picture, Question
from yorutsuke_pipeline.engine.plain_workload import PlainWorkload
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.engine.workload import Prepared
from yorutsuke_pipeline.workloads.receipts import answer as answers
from yorutsuke_pipeline.workloads.receipts.image import check_image
from yorutsuke_pipeline.workloads.receipts.prompt import PROMPT_VERSION, QUESTION, SYSTEM, question
from yorutsuke_pipeline.workloads.receipts.receipt_image import read_row
from yorutsuke_pipeline.workloads.receipts.transaction import Caution, check_transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from typing import Any

    from yorutsuke_pipeline.engine.model_family import ModelAnswer
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import AnswerContext, Row

_OLD = timedelta(days=365)


@dataclass(frozen=True)
class Lifetimes:
    """How long transactions are kept; None for ever. A guest's user id starts with `guest_prefix`."""

    guest_prefix: str = "guest-"
    guest_days: int | None = 60
    account_days: int | None = None

    def of(self, user_id: str) -> timedelta | None:
        """Return how long a user's transactions are kept."""
        days = self.guest_days if user_id.startswith(self.guest_prefix) else self.account_days
        return None if days is None else timedelta(days=days)


@dataclass(frozen=True)
class ReceiptsWorkload(PlainWorkload):
    """Receipt images are asked about; transactions come back. Implements `engine.workload.Workload`."""

    # How long a row is kept, and whether its photo was archived; the warnings of two answers are joined.
    kept_fields: ClassVar[frozenset[str]] = frozenset({"expiresAt", "status", "warnings"})

    lifetimes: Lifetimes = Lifetimes()
    _: KW_ONLY
    name: str = "receipts"
    prompt_version: str = PROMPT_VERSION
    # Eight short values; Nova's answers to this prompt are 90 to 160 tokens, Japanese names included.
    expected_output_tokens: int = 200
    # Nova counts 1,800 for most photos of a phone, shrunk by the app; the text is some 500.
    expected_input_tokens: int = 2300
    source_prefix: str = layout.UPLOADS_PREFIX
    prompt: str = QUESTION
    asks_about_copies: bool = False
    compared_fields: tuple[str, ...] = ("amount", "currency", "type", "date", "merchant", "category", "description")

    def trial(self, prompt: str | None = None) -> ReceiptsWorkload:
        """Return the workload that asks about archived receipts again, with today's prompt or another."""
        return replace(super().trial(prompt), asks_about_copies=True)

    def lifetime(self, record: PendingRecord) -> timedelta | None:
        """Return how long the transaction of an image is kept."""
        return self.lifetimes.of(str(record.attributes.get("userId")))

    def owner_of(self, record: PendingRecord) -> str:
        """Return the user who took the photo."""
        return str(record.attributes.get("userId"))

    def content_key(self, record: PendingRecord) -> str:
        """Return the key of the image, or of its copy in the archive."""
        if not self.asks_about_copies:
            return read_row(record).s3_key
        key = record.attributes.get("archivedKey")
        if not isinstance(key, str) or not key:
            raise RecordRejectedError("copy_missing", f"image {record.identity!r} has no archivedKey")
        return key

    def prepare(self, record: PendingRecord, content: bytes | None, *, max_output_tokens: int) -> Prepared:
        """Return the question about an image, or reject one that the model cannot be asked about."""
        image = read_row(record)
        header = check_image(content or b"", len(content or b""))
        picture = Picture(header.format, header.width, header.height, content or b"")
        asked = Question(SYSTEM, question(record.last_reason, self.prompt), max_output_tokens, picture)
        return Prepared(asked, {"userId": image.user_id, "uploadedAt": image.uploaded_at})

    def read_answer(self, answer: ModelAnswer, context: AnswerContext) -> Row:
        """Return the transaction that an answer makes, as a row."""
        document = find_object(answer.text, answer.stop_reason)
        answers.check_readable(document)
        try:
            return _transaction(document, context, self.lifetimes)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise RecordRejectedError("transaction", f"{place}: {first['msg']}") from error

    def replaced(self, stored: Row, tried: Row, fields: Iterable[str]) -> Row:
        """Return a stored transaction with what another answer says of some fields, and where that came from."""
        taken = set(fields)
        row = super().replaced(stored, tried, taken)
        if taken.issuperset(self.compared_fields):
            return {**row, "warnings": tried["warnings"]}
        # Of two answers, the cautions of both: one too many costs a look, one too few an error in the books.
        return {**row, "warnings": list(dict.fromkeys([*stored.get("warnings", ()), *tried["warnings"]]))}

    def neighbourhood(self, row: Row) -> tuple[str, str]:
        """Return user and month: a night's receipts of one user are mostly of the same month."""
        return str(row["userId"]), str(row["date"])[: len("YYYY-MM")]

    def likeness(self, row: Row) -> str:
        """Return what two photos of one receipt have in common: user, date, merchant and amount."""
        amount = row.get("amount")
        # The same number may be written in more than one way.
        number = amount.normalize() if isinstance(amount, Decimal) else amount
        return "\n".join(
            [str(row.get("userId")), str(row.get("date")), str(row.get("merchant")), f"{number} {row.get('currency')}"]
        )

    def mark_alike(self, row: Row) -> Row:
        """Return the row with a warning that the receipt may be there twice."""
        return {**row, "warnings": [*row["warnings"], Caution.LOOKS_LIKE_ANOTHER.value]}


def _transaction(document: dict[str, Any], context: AnswerContext, lifetimes: Lifetimes) -> Row:
    amount = answers.read_amount(document.get("amount"))
    day = answers.read_date(document.get("date"))
    user_id = str(context.attributes["userId"])
    extracted_at, today = _text_and_day(context.extracted_at)
    row = {
        "transactionId": context.record_id,
        "imageId": context.identity,
        "userId": user_id,
        **context.origin(),
        "amount": amount,
        "currency": answers.read_currency(document.get("currency")),
        "type": answers.read_kind(document.get("type")).value,
        "date": day.isoformat(),
        "merchant": answers.read_merchant(document.get("merchant")),
        "category": answers.read_category(document.get("category")).value,
        "description": answers.clean_text(document.get("description"))[:500],
        "extractedAt": extracted_at,
        "status": "confirmed",
        "warnings": [caution.value for caution in _warnings(day, amount, document.get("lines_total"), today)],
    }
    lifetime = lifetimes.of(user_id)
    if lifetime is not None:
        row["expiresAt"] = int((context.extracted_at + lifetime).timestamp())
    return check_transaction(row)


def _warnings(day: date, amount: Decimal, lines_total: object, today: date) -> Iterable[Caution]:
    if day > today:
        yield Caution.FUTURE_DATE
    if day < today - _OLD:
        yield Caution.OLD_DATE
    total = answers.read_lines_total(lines_total)
    if total is not None and total != amount:
        yield Caution.LINES_DO_NOT_ADD_UP


@lru_cache(maxsize=1)
def _text_and_day(moment: datetime) -> tuple[str, date]:
    """Return a moment as the table writes it, and its day; the rows of an intent all have the same."""
    return utc_text(moment), day_of(moment)
