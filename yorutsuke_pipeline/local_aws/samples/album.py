"""Ordinary samples: which kinds of receipt a day holds, and how each is printed, worn and photographed.

Kept out: the broken and difficult ones (`difficult`) and the calendar (`days`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from yorutsuke_pipeline.local_aws.samples import overseas, payouts, slips
from yorutsuke_pipeline.local_aws.samples.camera import Shot
from yorutsuke_pipeline.local_aws.samples.fonts import Face
from yorutsuke_pipeline.local_aws.samples.form import fill_form
from yorutsuke_pipeline.local_aws.samples.handwritten import fill_in_form
from yorutsuke_pipeline.local_aws.samples.paper import Wear, lay_ink, wear_down
from yorutsuke_pipeline.local_aws.samples.printer import Printer, print_rows
from yorutsuke_pipeline.local_aws.samples.receipt import FormReceipt, Receipt, Stock
from yorutsuke_pipeline.local_aws.samples.retail import TILLS, ring_up

if TYPE_CHECKING:
    import datetime as dt
    import random

    from numpy.typing import NDArray

# Twenty in all, so that a day of 20 shows each kind and a larger day repeats the mixture.
KINDS = (
    *("convenience", "convenience", "convenience", "supermarket", "supermarket", "secondhand", "secondhand"),
    *("hundred_yen", "drugstore", "packaging", "cafe", "taxi", "parcel", "postage", "platform_fee"),
    *("sales_payout", "refund_or_payout", "handwritten", "overseas", "overseas"),
)
_SIZES = ((1536, 2048), (1536, 2048), (1920, 2560), (1920, 2560), (2250, 3000), (2448, 3264), (3024, 4032))
_PRINTERS = (
    Printer(),
    Printer(pitch=70),
    Printer(is_bold=True),
    Printer(has_dots=True),
    Printer(doubles_width=False),
    Printer(doubles_width=False, is_bold=True, pitch=60),
)
_OFFICE_PRINTERS = (Printer(face=Face.SERIF, pitch=78), Printer(pitch=78))


@dataclass(frozen=True)
class Negative:
    """A receipt that is printed and worn but not yet photographed: RGB, flat, upright."""

    receipt: Receipt | FormReceipt
    paper: NDArray[np.uint8]


def write_receipt(kind: str, moment: dt.datetime, rng: random.Random) -> Receipt | FormReceipt:
    """Return the text of a receipt of `kind` (one of `KINDS`), issued at `moment` in Tokyo's time."""
    if kind in TILLS:
        return ring_up(kind, moment, rng)
    writers = {
        "taxi": slips.taxi_ride,
        "parcel": slips.parcel,
        "postage": slips.postage,
        "platform_fee": slips.platform_fee,
        "sales_payout": payouts.sales_payout,
        "refund_or_payout": rng.choice((payouts.refund, payouts.overseas_payout)),
        "overseas": overseas.overseas_purchase,
    }
    return fill_in_form(moment, rng) if kind == "handwritten" else writers[kind](moment, rng)


def print_receipt(receipt: Receipt | FormReceipt, wear: Wear, seed: int) -> Negative:
    """Return the receipt on paper, worn as told; everything else follows from `seed`."""
    rng = np.random.default_rng(seed)
    if isinstance(receipt, FormReceipt):
        return Negative(receipt, wear_down(fill_form(receipt, rng), wear, rng))
    if receipt.stock is Stock.SHEET:
        printer = _OFFICE_PRINTERS[rng.integers(len(_OFFICE_PRINTERS))]
    else:
        printer = _PRINTERS[rng.integers(len(_PRINTERS))]
    ink = print_rows(receipt.rows, receipt.columns, printer)
    return Negative(receipt, wear_down(lay_ink(ink, receipt.stock, wear, rng), wear, rng))


def choose_wear(rng: random.Random) -> Wear:
    """Return the wear of an ordinary receipt: most are nearly fresh, some faded, some were in a pocket."""
    return Wear(
        fade=rng.choice((0.0, 0.1, 0.2, 0.4, 0.7)),
        creases=rng.choice((0.0, 0.0, 0.2, 0.35, 0.5)),
        curl=rng.choice((0.1, 0.3, 0.6, 1.0)),
    )


def choose_shot(negative: Negative, rng: random.Random) -> Shot:
    """Return how somebody with a phone takes this paper: upright for long ones, across for wide ones."""
    size = rng.choice(_SIZES)
    height, width = negative.paper.shape[:2]
    if width > height:
        size = (size[1], size[0])
    return Shot(
        size=size,
        tilt=rng.gauss(0, 2.2),
        perspective=rng.uniform(0, 0.6),
        shadow=rng.choice((0.0, 0.2, 0.4, 0.8)),
        blur=rng.choice((0.15, 0.2, 0.3, 0.4)),
        light=rng.uniform(0.88, 1.1),
        noise=rng.uniform(1.5, 4.5),
        fill=rng.uniform(0.84, 0.96),
        orientation=rng.choice((1, 1, 1, 1, 6, 8, 3)),
        quality=rng.choice((78, 82, 86, 90)),
    )
