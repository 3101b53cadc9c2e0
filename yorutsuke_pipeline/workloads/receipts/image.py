"""What a picture is by its bytes: its format and size in pixels, read from the header alone.

Nothing is decoded here, so a decompression bomb costs nothing: its header says how large it claims to
be. Names and content types are not looked at; a PDF named .jpg is a PDF.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from yorutsuke_pipeline.engine.record import RecordRejectedError

# Bedrock takes images of at most 8,000 x 8,000 pixels ("Image understanding", Amazon Nova user guide).
LONGEST_SIDE = 8000
# A request may have 25 MB with base64, which is 4/3 of the image; some room is left for the prompt.
MOST_BYTES = 18_000_000

_PNG = b"\x89PNG\r\n\x1a\n"
# JPEG frame headers, which hold the size: SOF0 to SOF15 without the tables DHT, JPG and DAC among them.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_START_OF_SCAN = 0xDA
# A photo has some dozens before its size; one of 18 MB that was made of them alone would take seconds.
_MOST_MARKERS = 10_000

_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"II*\x00", "a TIFF"),
    (b"MM\x00*", "a TIFF"),
    (b"BM", "a BMP"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"<", "a text of markup"),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"})


@dataclass(frozen=True)
class ImageHeader:
    """Format (jpeg, png, gif or webp, as the model names them), and width and height in pixels."""

    format: str
    width: int
    height: int


def check_image(content: bytes, size: int) -> ImageHeader:
    """Return the header of an image of `size` bytes that the model can be asked about.

    Args:
        content: The image; may be empty when `size` alone already rules it out.
        size: The object's size in bytes.

    Raises:
        RecordRejectedError: It is empty, too large, no image, or of a format the model does not take.
    """
    if size == 0:
        raise RecordRejectedError("image_empty", "the file is empty (0 bytes)")
    if size > MOST_BYTES:
        raise RecordRejectedError("image_too_large", f"the image is {size:,} bytes; at most {MOST_BYTES:,} can be sent")
    header = read_header(content)
    if header is None:
        raise RecordRejectedError("not_an_image", f"the file is {_what_it_is(content)}, not a JPEG, PNG, GIF or WebP")
    if not 0 < header.width <= LONGEST_SIDE or not 0 < header.height <= LONGEST_SIDE:
        raise RecordRejectedError(
            "image_dimensions",
            f"the image is {header.width} x {header.height} pixels; each side must be 1 to {LONGEST_SIDE}",
        )
    return header


def read_header(content: bytes) -> ImageHeader | None:
    """Return what the bytes say they are, or None if they are no image of the four formats."""
    try:
        if content.startswith(_PNG):
            width, height = struct.unpack_from(">II", content, 16)
            return ImageHeader("png", width, height) if content[12:16] == b"IHDR" else None
        if content[:6] in {b"GIF87a", b"GIF89a"}:
            width, height = struct.unpack_from("<HH", content, 6)
            return ImageHeader("gif", width, height)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(content: bytes) -> ImageHeader | None:
    position = 2
    for _ in range(_MOST_MARKERS):
        if content[position] != 0xFF:  # noqa: PLR2004 — every marker begins with it
            return None
        marker = content[position + 1]
        if marker in _JPEG_BARE:
            position += 2
            continue
        if marker == 0xFF:  # noqa: PLR2004 — a fill byte
            position += 1
            continue
        if marker == _JPEG_START_OF_SCAN:
            return None
        (length,) = struct.unpack_from(">H", content, position + 2)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 5)
            return ImageHeader("jpeg", width, height)
        position += 2 + length
    return None


def _webp(content: bytes) -> ImageHeader | None:
    kind = content[12:16]
    if kind == b"VP8X":
        # Two numbers of 24 bits; struct knows none, but it does notice a header that is cut off.
        sizes = struct.unpack_from("6s", content, 24)[0]
        return ImageHeader(
            "webp",
            int.from_bytes(sizes[:3], "little") + 1,
            int.from_bytes(sizes[3:], "little") + 1,
        )
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return ImageHeader("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return ImageHeader("webp", width & 0x3FFF, height & 0x3FFF)
    return None


def _what_it_is(content: bytes) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "a HEIC or AVIF photo (set the camera to JPEG)"
    if content.startswith((b"\xff\xd8", _PNG, b"GIF8", b"RIFF")):
        return "cut off or damaged"
    return next((name for mark, name in _OTHERS if content.startswith(mark)), "of no known kind")
