"""The receipts workload as the engine knows it: row in, question out; answer in, transaction out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError

from yorutsuke_pipeline.engine.answers import find_object
from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.engine.model_family import Picture, Question
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.engine.workload import Prepared
from yorutsuke_pipeline.workloads.receipts import answer as answers
from yorutsuke_pipeline.workloads.receipts.image import check_image
from yorutsuke_pipeline.workloads.receipts.prompt import PROMPT_VERSION, SYSTEM, question
from yorutsuke_pipeline.workloads.receipts.receipt_image import read_row
from yorutsuke_pipeline.workloads.receipts.transaction import Caution, Transaction, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
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
class ReceiptsWorkload:
    """Receipt images are asked about; transactions come back. Implements `engine.workload.Workload`."""

    lifetimes: Lifetimes = Lifetimes()
    name: str = "receipts"
    prompt_version: str = PROMPT_VERSION
    # Eight short values; Nova's answers to this prompt are 90 to 160 tokens, Japanese names included.
    expected_output_tokens: int = 200

    def lifetime(self, record: PendingRecord) -> timedelta | None:
        """Return how long the transaction of an image is kept."""
        return self.lifetimes.of(str(record.attributes.get("userId")))

    def content_key(self, record: PendingRecord) -> str:
        """Return the key of the image."""
        return read_row(record).s3_key

    def prepare(self, record: PendingRecord, content: bytes | None, *, max_output_tokens: int) -> Prepared:
        """Return the question about an image, or reject one that the model cannot be asked about."""
        image = read_row(record)
        header = check_image(content or b"", len(content or b""))
        picture = Picture(header.format, header.width, header.height, content or b"")
        asked = Question(SYSTEM, question(record.last_reason), max_output_tokens, picture)
        return Prepared(asked, {"userId": image.user_id, "uploadedAt": image.uploaded_at})

    def read_answer(self, answer: ModelAnswer, context: AnswerContext) -> Row:
        """Return the transaction that an answer makes, as a row."""
        document = find_object(answer.text, answer.stop_reason)
        answers.check_readable(document)
        try:
            return _transaction(document, context, self.lifetimes).as_row()
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise RecordRejectedError("transaction", f"{place}: {first['msg']}") from error

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


def _transaction(document: dict[str, Any], context: AnswerContext, lifetimes: Lifetimes) -> Transaction:
    amount = answers.read_amount(document.get("amount"))
    day = answers.read_date(document.get("date"))
    user_id = str(context.attributes["userId"])
    return Transaction(
        transaction_id=context.record_id,
        image_id=context.identity,
        user_id=user_id,
        job_id=context.job_id,
        intent_id=context.intent_id,
        trace_id=context.trace_id,
        amount=amount,
        currency=answers.read_currency(document.get("currency")),
        type=answers.read_kind(document.get("type")),
        date=day,
        merchant=answers.read_merchant(document.get("merchant")),
        category=answers.read_category(document.get("category")),
        description=answers.clean_text(document.get("description"))[:500],
        extracted_at=context.extracted_at,
        model_id=context.model_id,
        prompt_version=context.prompt_version,
        usage=Usage(context.usage.input_tokens, context.usage.output_tokens),
        warnings=tuple(_warnings(day, amount, document.get("lines_total"), context)),
        expires_at=_expiry(user_id, context, lifetimes),
    )


def _warnings(day: date, amount: Decimal, lines_total: object, context: AnswerContext) -> Iterable[Caution]:
    today = day_of(context.extracted_at)
    if day > today:
        yield Caution.FUTURE_DATE
    if day < today - _OLD:
        yield Caution.OLD_DATE
    total = answers.read_lines_total(lines_total)
    if total is not None and total != amount:
        yield Caution.LINES_DO_NOT_ADD_UP


def _expiry(user_id: str, context: AnswerContext, lifetimes: Lifetimes) -> int | None:
    """Return the second since 1970 at which the table may forget the transaction."""
    lifetime = lifetimes.of(user_id)
    return None if lifetime is None else int((context.extracted_at + lifetime).timestamp())
