"""What a receipt says: the rows that are printed on it and the truth that a reader should find.

The vocabulary between the layouts (which write receipts) and the printer (which draws them). Kept out: shops, prices
and taxes (`shops`, `goods`, `basket`) and everything that has to do with pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal


class Align(Enum):
    """Where a line stands between the margins."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Line:
    """One run of text; `size` 2 is the printer's double size."""

    text: str
    align: Align = Align.LEFT
    size: int = 1


@dataclass(frozen=True)
class Pair:
    """A label on the left and a value, usually money, on the right."""

    left: str
    right: str
    size: int = 1


@dataclass(frozen=True)
class Rule:
    """A line across the paper, made of one repeated character."""

    mark: str = "-"


@dataclass(frozen=True)
class Gap:
    """Empty paper, in rows."""

    rows: float = 0.5


@dataclass(frozen=True)
class Bars:
    """A barcode; the digits are not printed beneath it."""

    digits: str


Row: TypeAlias = "Line | Pair | Rule | Gap | Bars"


class Stock(Enum):
    """What a receipt is printed on; each is drawn in its own way."""

    THERMAL = "thermal"
    SHEET = "sheet"
    FORM = "form"


@dataclass(frozen=True)
class ReceiptTruth:
    """What a perfect reader would answer.

    `amount` is positive in units of `currency` (ISO 4217); `type` is income or expense; `category` is one of sale,
    purchase, shipping, packaging, fee, other; `merchant` is the name as printed, without its branch.
    """

    amount: Decimal
    currency: str
    date: dt.date
    merchant: str
    type: str
    category: str


@dataclass(frozen=True)
class Receipt:
    """A receipt before it is printed.

    `columns` is the paper's width in half-width characters: 32 is a roll of 58 mm, 42 one of 80 mm.
    """

    rows: tuple[Row, ...]
    truth: ReceiptTruth
    columns: int = 32
    stock: Stock = Stock.THERMAL


@dataclass(frozen=True)
class FormReceipt:
    """A 領収書 filled in by hand: what the pen wrote on which of the form's lines."""

    truth: ReceiptTruth
    written_date: tuple[str, str, str]
    written_amount: str
    addressee: str
    purpose: str
    net: str
    tax: str
    issuer: tuple[str, ...]
    number: str
