"""The printed form of a 領収書 (receipt book), filled in by the pen, with revenue-stamp box and red seal.

Kept out: the words that are written (`handwritten`) and the strokes themselves (`pen`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw

from yorutsuke_pipeline.local_aws.samples.fonts import Face, load_face
from yorutsuke_pipeline.local_aws.samples.pen import write_digits, write_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from yorutsuke_pipeline.local_aws.samples.receipt import FormReceipt

_SIZE = (1640, 900)
_PAPERS = ((250, 248, 238), (246, 250, 244), (252, 252, 250))
_PENS = ((28, 38, 110), (30, 30, 36), (24, 50, 130))
_FORM_INK = (46, 74, 70)
_SEAL = (196, 40, 44)


def fill_form(receipt: FormReceipt, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the filled form as RGB, 900 x 1640 pixels."""
    canvas = Image.new("RGB", _SIZE, _PAPERS[rng.integers(len(_PAPERS))])
    _draw_form(ImageDraw.Draw(canvas), receipt)
    paper = np.array(canvas, dtype=np.uint8)
    pen = _PENS[rng.integers(len(_PENS))]
    year, month, day = receipt.written_date
    if year.startswith("令和"):
        _stamp(paper, write_words("令和", 52, rng), (1088, 124), pen)
        year = year.removeprefix("令和")
    _stamp(paper, write_digits(year, 50, rng), (1215 - 26 * len(year), 138), pen)
    _stamp(paper, write_digits(month, 50, rng), (1322 - 24 * (len(month) - 1), 138), pen)
    _stamp(paper, write_digits(day, 50, rng), (1426 - 24 * (len(day) - 1), 138), pen)
    _stamp(paper, write_words(receipt.addressee, 74, rng), (170, 190), pen)
    amount = write_digits(receipt.written_amount, 112, rng)
    _stamp(paper, amount, (820 - amount.shape[1] // 2, 322), pen)
    _stamp(paper, write_words(receipt.purpose, 60, rng), (330, 462), pen)
    _stamp(paper, write_digits(receipt.net, 40, rng), (390, 692), pen)
    _stamp(paper, write_digits(receipt.tax, 40, rng), (390, 756), pen)
    _press_seal(paper, receipt.issuer[0], rng)
    return paper


def _draw_form(draw: ImageDraw.ImageDraw, receipt: FormReceipt) -> None:
    small, normal = load_face(Face.SERIF, 30), load_face(Face.SERIF, 40)
    draw.rectangle((36, 36, _SIZE[0] - 36, _SIZE[1] - 36), outline=_FORM_INK, width=3)
    draw.text((820, 110), "領  収  書", font=load_face(Face.SERIF, 78), fill=_FORM_INK, anchor="mm")
    draw.text((1290, 80), f"No. {receipt.number}", font=small, fill=_FORM_INK)
    for x, word in ((1268, "年"), (1376, "月"), (1480, "日")):
        draw.text((x, 148), word, font=normal, fill=_FORM_INK)
    draw.line((130, 284, 780, 284), fill=_FORM_INK, width=2)
    draw.text((720, 226), "様", font=load_face(Face.SERIF, 50), fill=_FORM_INK)
    draw.rectangle((330, 310, 1310, 460), fill=(228, 236, 228))
    draw.text((350, 356), "金額", font=normal, fill=_FORM_INK)
    draw.text((240, 486), "但し", font=normal, fill=_FORM_INK)
    draw.line((330, 546, 900, 546), fill=_FORM_INK, width=2)
    draw.text((760, 486), "として", font=normal, fill=_FORM_INK)
    draw.text((240, 566), "上記正に領収いたしました", font=normal, fill=_FORM_INK)
    for y, word in ((640, "内訳"), (704, "税抜金額"), (768, "消費税額(10%)")):
        draw.text((180, y), word, font=small, fill=_FORM_INK)
        draw.line((180, y + 46, 640, y + 46), fill=_FORM_INK, width=1)
    draw.rectangle((690, 640, 830, 820), outline=_FORM_INK, width=2)
    draw.text((760, 730), "収入\n印紙", font=small, fill=_FORM_INK, anchor="mm", align="center")
    for index, text in enumerate(receipt.issuer):
        face = load_face(Face.SANS, 46 if index == 0 else 28)
        draw.text((880, 640 + (0 if index == 0 else 24) + index * 44), text, font=face, fill=(40, 40, 48))


def _stamp(paper: NDArray[np.uint8], ink: NDArray[np.uint8], at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """Lay `ink` on the paper in `colour`; what would fall beside the paper is cut off."""
    left, top = at
    target = paper[top : top + ink.shape[0], left : left + ink.shape[1]]
    cover = ink[: target.shape[0], : target.shape[1], None].astype(np.uint16)
    target[:] = (target * (255 - cover) + np.array(colour, np.uint16) * cover) // 255


def _press_seal(paper: NDArray[np.uint8], name: str, rng: np.random.Generator) -> None:
    """Press a square red seal beside the issuer's name: its characters in two columns, unevenly inked."""
    seal = Image.new("L", (150, 150))
    draw = ImageDraw.Draw(seal)
    draw.rectangle((6, 6, 143, 143), outline=255, width=6)
    words = f"{name.rsplit(maxsplit=1)[-1]}之印"[:6]
    for index, char in enumerate(words):
        column, row = divmod(index, 3)
        draw.text((106 - column * 62, 34 + row * 41), char, font=load_face(Face.SERIF, 40), fill=255, anchor="mm")
    turn = cv2.getRotationMatrix2D((75, 75), float(rng.uniform(-6, 6)), 1)
    ink = cv2.warpAffine(np.asarray(seal), turn, (150, 150))
    patchy = cv2.resize(rng.uniform(0.35, 0.8, (6, 6)).astype(np.float32), (150, 150), interpolation=cv2.INTER_CUBIC)
    _stamp(paper, (ink * patchy).astype(np.uint8), (1440, 612), _SEAL)
