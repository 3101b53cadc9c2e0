"""What the model must answer about a receipt, and how its values are read.

Each value is read in one way, written down here and in the tests; what does not fit is rejected with a
reason that goes back to the model. Money never passes through a float.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.transaction import Category, Kind

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.words import Word

MOST_MONEY = Decimal(10) ** 12
_AMOUNT = re.compile(r"[¥￥$€£]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,4})?\s*(?:円|yen|jpy)?-?", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_REIWA_DATE = re.compile(r"(?:令和|R)\s*(\d{1,2}|元)[年./-]\s*(\d{1,2})[月./-]\s*(\d{1,2})日?", re.IGNORECASE)
_WESTERN_DATE = re.compile(r"(\d{4})[年./]\s*(\d{1,2})[月./]\s*(\d{1,2})日?")
_YEAR_BEFORE_REIWA = 2018
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_SHOWN = 60

Chosen = TypeVar("Chosen", bound="Word")


def check_readable(document: dict[str, Any]) -> None:
    """Reject an answer that says there is nothing to read.

    Raises:
        RecordRejectedError: The model said so.
    """
    if document.get("unreadable") is True:
        raise RecordRejectedError("unreadable", f"the model cannot read it: {clean_text(document.get('reason'))}")


def read_amount(value: object) -> Decimal:
    """Return a total: an integer, a Decimal, or a text such as `1,500`, `￥1,500` or `１５００円`.

    Raises:
        RecordRejectedError: It is missing, no such number, or not between 0 and 10^12.
    """
    if isinstance(value, str):
        amount = _amount_of_text(value)
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        amount = Decimal(value)
    else:
        raise RecordRejectedError("amount", f"amount {_shown(value)} is no number")
    if not 0 < amount < MOST_MONEY:
        raise RecordRejectedError("amount", f"amount {_shown(value)} is not greater than 0 and less than 10^12")
    if isinstance(value, int):
        return amount
    if amount != round(amount, 4):
        raise RecordRejectedError("amount", f"amount {_shown(value)} has more than four decimal places")
    return _without_padding(amount)


def read_date(value: object) -> date:
    """Return a day: `2026-01-09`, `2026/1/9`, `2026年1月9日`, `令和8年1月9日` or `R8.1.9`.

    A year of two digits is rejected: 26/1/9 may be a year, a day or a year of an era.

    Raises:
        RecordRejectedError: It is missing, of another form, or no day of the calendar.
    """
    if not isinstance(value, str):
        raise RecordRejectedError("date", f"date {_shown(value)} is no text of the form YYYY-MM-DD")
    text = unicodedata.normalize("NFKC", value).strip()
    numbers = None
    if found := _ISO_DATE.fullmatch(text) or _WESTERN_DATE.fullmatch(text):
        numbers = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _REIWA_DATE.fullmatch(text):
        year = 1 if found[1] == "元" else int(found[1])
        numbers = (_YEAR_BEFORE_REIWA + year, int(found[2]), int(found[3]))
    if numbers is None:
        raise RecordRejectedError("date", f"date {_shown(value)} is not of the form YYYY-MM-DD")
    try:
        return date(*numbers)
    except ValueError as error:
        raise RecordRejectedError("date", f"date {_shown(value)} is no day of the calendar") from error


def read_merchant(value: object) -> str:
    """Return the merchant's name.

    Raises:
        RecordRejectedError: It is missing or holds nothing printable.
    """
    name = clean_text(value)[:200]
    if not isinstance(value, str) or not name:
        raise RecordRejectedError("merchant", f"merchant {_shown(value)} is no name")
    return name


def read_currency(value: object) -> str:
    """Return the currency's code; JPY where none was read.

    Raises:
        RecordRejectedError: It is no code of three letters.
    """
    if value is None or value == "":
        return "JPY"
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value.strip()):
        raise RecordRejectedError("currency", f"currency {_shown(value)} is no ISO 4217 code")
    return value.strip().upper()


def read_choice(value: object, choices: type[Chosen], *, key: str) -> Chosen:
    """Return the one of `choices` that a text names, whatever its case.

    Raises:
        RecordRejectedError: It names none; the reason lists them.
    """
    known: dict[str, Chosen] = _by_word(choices)
    found = known.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise RecordRejectedError(key, f"{key} {_shown(value)} is none of: {', '.join(known)}")
    return found


def read_kind(value: object) -> Kind:
    """Return whether money came in or went out."""
    return read_choice(value, Kind, key="type")


def read_category(value: object) -> Category:
    """Return what the money was for."""
    return read_choice(value, Category, key="category")


def read_lines_total(value: object) -> Decimal | None:
    """Return the sum of the item lines where one was read; it is a hint, so an odd one is no fault."""
    if value is None:
        return None
    try:
        return read_amount(value)
    except RecordRejectedError:
        return None


def clean_text(value: object) -> str:
    """Return a text on one line, in NFC, free of control characters and of halves of surrogate pairs."""
    if not isinstance(value, str):
        return ""
    # What is printable holds none of them, which is far sooner known than sign by sign.
    is_clean = value.isprintable()
    printable = value if is_clean else "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in value)
    return " ".join(unicodedata.normalize("NFC", printable).split())


@cache
def _by_word(choices: type[Chosen]) -> dict[str, Chosen]:
    """Return the members by their words: looked up, a member is found five times as fast as by calling its class."""
    return {choice.value: choice for choice in choices}


def _amount_of_text(text: str) -> Decimal:
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).replace("\\", "¥").strip())
    if found is None:
        raise RecordRejectedError("amount", f"amount {_shown(text)} is no number")
    try:
        return Decimal(found[1].replace(",", "") + (found[2] or ""))
    except InvalidOperation as error:
        raise RecordRejectedError("amount", f"amount {_shown(text)} is no number") from error


def _without_padding(amount: Decimal) -> Decimal:
    """Return the same amount without zeros after its last digit: a table holds 38 digits, an answer any number."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


def _shown(value: object) -> str:
    if value is None:
        return "is missing or null and"
    if isinstance(value, (dict, list)):
        # Not its text: that of a value nested a thousand deep is an error of its own.
        return "is a list and" if isinstance(value, list) else "is an object and"
    text = clean_text(value) if isinstance(value, str) else str(value)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
