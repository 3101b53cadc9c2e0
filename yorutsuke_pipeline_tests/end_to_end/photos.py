"""Small receipts, drawn for a test: quick to read, and their total is known."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from yorutsuke_pipeline.local_aws.samples.fonts import Face, load_face

if TYPE_CHECKING:
    from pathlib import Path


def draw_receipts(folder: Path, day: str, *totals: int) -> list[Path]:
    """Write one JPEG for each total; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, amount in enumerate(totals, start=1):
        path = folder / f"receipt-{number}.jpg"
        path.write_bytes(_receipt(day, amount))
        paths.append(path)
    return paths


def _receipt(day: str, total: int) -> bytes:
    picture = Image.new("RGB", (520, 420), "white")
    pen = ImageDraw.Draw(picture)
    font = load_face(Face.SANS, 28)
    printed_day = day.replace("-", "/")
    lines = ["みどり文具店", f"{printed_day} 14:05", "ノート 1点", f"合計 ¥{total:,}", "ありがとうございました"]
    for row, line in enumerate(lines):
        pen.text((40, 30 + 70 * row), line, fill="black", font=font)
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
