"""The day that goes wrong: ten uploads that are hard to read, impossible to read, or no image at all.

Each is a function that returns what was uploaded and how it should end. Kept out: ordinary receipts (`album`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import takewhile
from typing import TYPE_CHECKING

import cv2
import numpy as np

from yorutsuke_pipeline.local_aws.samples.album import choose_shot, choose_wear, print_receipt, write_receipt
from yorutsuke_pipeline.local_aws.samples.camera import Shot, develop, photograph
from yorutsuke_pipeline.local_aws.samples.desk import lay_desk
from yorutsuke_pipeline.local_aws.samples.paper import Wear
from yorutsuke_pipeline.local_aws.samples.receipt import FormReceipt, Pair, Receipt

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from yorutsuke_pipeline.local_aws.samples.receipt import ReceiptTruth


# Torn through the empty paper below the print, in pixels of it.
_BOTTOM_MARGIN = 60
_PDF = """%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R
  /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
4 0 obj << /Length {length} >> stream
{text}
endstream endobj
trailer << /Root 1 0 R >>
%%EOF
"""


class Ending(str, Enum):
    """How an upload should end when everything works."""

    TRANSACTION = "transaction"
    UNREADABLE = "unreadable"
    NOT_AN_IMAGE = "not_an_image"
    DAMAGED = "damaged_image"


@dataclass(frozen=True)
class Occasion:
    """When a receipt was issued and photographed (both in Tokyo's time), and the seed of all chance in it."""

    issued: dt.datetime
    taken: dt.datetime
    seed: int


@dataclass(frozen=True)
class Upload:
    """What arrives: the bytes, the truth if a reader can find it, and the expected ending with its reason."""

    content: bytes = field(repr=False)
    truth: ReceiptTruth | None
    ending: Ending
    reason: str = ""


def ordinary(kind: str, occasion: Occasion) -> Upload:
    """Return a photo of a receipt of `kind` as anybody would take it."""
    rng = random.Random(occasion.seed)
    receipt = write_receipt(kind, occasion.issued, rng)
    negative = print_receipt(receipt, choose_wear(rng), occasion.seed)
    shot = choose_shot(negative, rng)
    content = develop(photograph(negative.paper, shot, np.random.default_rng(occasion.seed)), shot, occasion.taken)
    return Upload(content, receipt.truth, Ending.TRANSACTION)


def _hard(kind: str, occasion: Occasion, wear: Wear, shot: Shot) -> Upload:
    rng = np.random.default_rng(occasion.seed)
    receipt = write_receipt(kind, occasion.issued, random.Random(occasion.seed))
    photo = photograph(print_receipt(receipt, wear, occasion.seed).paper, shot, rng)
    return Upload(develop(photo, shot, occasion.taken), receipt.truth, Ending.TRANSACTION)


def crumpled(occasion: Occasion) -> Upload:
    """Return a receipt that was pressed into a ball and flattened again; it can still be read."""
    return _hard("convenience", occasion, Wear(0.2, 1.0, 0.8), Shot(tilt=3, shadow=0.4))


def sideways(occasion: Occasion) -> Upload:
    """Return a receipt that lies on its side, with no EXIF to say so."""
    return _hard("packaging", occasion, Wear(0.1, 0.2, 0.3), Shot(size=(2560, 1920), turns=1))


def upside_down(occasion: Occasion) -> Upload:
    """Return a receipt photographed from the wrong side of the table."""
    return _hard("secondhand", occasion, Wear(0.1, 0.2, 0.3), Shot(tilt=-2, turns=2))


def dark(occasion: Occasion) -> Upload:
    """Return a receipt photographed at night without a lamp: dark and full of noise."""
    return _hard("taxi", occasion, Wear(), Shot(light=0.3, noise=7, shadow=0.5, quality=80))


def total_torn_off(occasion: Occasion) -> Upload:
    """Return the upper part of a supermarket's receipt: shop, date and goods, but no total."""
    receipt = write_receipt("supermarket", occasion.issued, random.Random(occasion.seed))
    paper = print_receipt(_tear_off_total(receipt), Wear(0.1, 0.2, 0.3), occasion.seed).paper
    shot = Shot(tilt=-3, fill=0.92)
    photo = photograph(paper[:-_BOTTOM_MARGIN], shot, np.random.default_rng(occasion.seed))
    return Upload(develop(photo, shot, occasion.taken), None, Ending.UNREADABLE, "the total is torn off")


def _tear_off_total(receipt: Receipt | FormReceipt) -> Receipt:
    """Return the receipt down to its last line of goods: no subtotal, tax, total or payment."""
    if isinstance(receipt, FormReceipt):
        raise TypeError("A form has no rows to tear off: ask for a kind that a till prints.")
    kept = takewhile(lambda row: not (isinstance(row, Pair) and row.left.startswith("小計")), receipt.rows)
    return replace(receipt, rows=tuple(kept))


def blurred(occasion: Occasion) -> Upload:
    """Return a photo so far out of focus that nobody can read it."""
    upload = _hard("convenience", occasion, Wear(), Shot(blur=16, noise=5, quality=97))
    return replace(upload, truth=None, ending=Ending.UNREADABLE, reason="blurred beyond reading")


def something_else(occasion: Occasion) -> Upload:
    """Return a photo of a table with two cups on it."""
    rng, shot = np.random.default_rng(occasion.seed), Shot(noise=5, quality=94)
    photo = lay_desk(shot.size, rng)
    for x, y, tone in ((700, 900, 225), (1250, 1650, 60)):
        cv2.circle(photo, (x + 30, y + 40), 345, (20, 18, 16), -1, cv2.LINE_AA)
        for radius, shade in ((330, tone), (300, tone - 25), (270, 48)):
            cv2.circle(photo, (x, y), radius, (shade, shade - 8, shade - 16), -1, cv2.LINE_AA)
    photo = np.asarray(cv2.add(cv2.GaussianBlur(photo, (0, 0), 9), rng.normal(0, 5, photo.shape), dtype=cv2.CV_8U))
    return Upload(develop(photo, shot, occasion.taken), None, Ending.UNREADABLE, "a photo of something else")


def pdf_named_jpg(occasion: Occasion) -> Upload:
    """Return a small PDF; only its file name claims to be a JPEG."""
    text = f"BT /F1 24 Tf 72 720 Td (Invoice {occasion.seed % 10000} {occasion.issued:%Y-%m-%d}) Tj ET"
    body = _PDF.format(length=len(text), text=text).encode("ascii")
    return Upload(body, None, Ending.NOT_AN_IMAGE, "a PDF whose name ends in .jpg")


def empty_file(_: Occasion) -> Upload:
    """Return nothing at all: the upload broke off before its first byte."""
    return Upload(b"", None, Ending.NOT_AN_IMAGE, "a file of zero bytes")


def truncated(occasion: Occasion) -> Upload:
    """Return the first 40 % of a JPEG: it begins like an image and cannot be decoded to its end."""
    whole = ordinary("cafe", occasion).content
    return Upload(whole[: len(whole) * 2 // 5], None, Ending.DAMAGED, "a JPEG that ends after 40 % of its bytes")


DIFFICULT: tuple[Callable[[Occasion], Upload], ...] = (
    crumpled,
    sideways,
    upside_down,
    dark,
    total_torn_off,
    blurred,
    something_else,
    pdf_named_jpg,
    empty_file,
    truncated,
)
