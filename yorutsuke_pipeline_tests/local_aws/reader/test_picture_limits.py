"""Pictures made to exhaust whoever opens them: each is refused by itself, within little memory and time.

In a process of their own that may have only so much more memory than it begins with, and so many seconds:
one that wants more is killed there, and not here.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.image import MOST_BYTES, check_image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# 64 million pixels of three bytes, twice, is what an honest photo at Nova's limit takes to open.
MOST_MEGABYTES = 640
MOST_SECONDS = 60
OPEN = f"""
import pathlib, resource, sys
from yorutsuke_pipeline.local_aws.reader.picture import PictureError, open_picture
with open("/proc/self/statm") as file:
    now = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + {MOST_MEGABYTES} * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, ({MOST_SECONDS},) * 2)
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        print(file.name, "opened", open_picture(file.read_bytes()).shape, flush=True)
    except PictureError as error:
        print(file.name, "refused", error, flush=True)
"""


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, pixels: bytes, *before: bytes) -> bytes:
    """Return a grey PNG with those compressed pixels, whatever its header claims."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """Return so many zero bytes, compressed a thousand to one."""
    squeeze = zlib.compressobj(1)
    blocks = b"".join(squeeze.compress(bytes(2**20)) for _ in range(count // 2**20))
    return blocks + squeeze.compress(bytes(count % 2**20)) + squeeze.flush()


def gif(frames: int) -> bytes:
    """Return an animation that never ends by itself."""
    target = io.BytesIO()
    Image.new("P", (640, 480), 1).save(target, "GIF")
    one = target.getvalue()
    start = one.index(b"\x2c\0\0\0\0")
    endless = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    return one[:start] + endless + one[start:-1] * frames + b";"


def gif_that_claims(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + gif(9)[10:]


def jpeg_that_claims(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("L", (64, 64), 255).save(target, "JPEG")
    content = bytearray(target.getvalue())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp_that_claims(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + sizes
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff() -> bytes:
    target = io.BytesIO()
    Image.new("L", (64, 64), 255).save(target, "TIFF")
    return target.getvalue()


TEXT_BOMB = chunk(b"zTXt", b"Comment\0\0" + zeros(100 * 2**20))
PROFILE_BOMB = chunk(b"iCCP", b"profile\0\0" + zeros(100 * 2**20))
# Each with what the product's own check of the header says of it; None where it finds nothing wrong.
MADE_TO_HARM: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "a bomb of 30,000 x 30,000 pixels": (lambda: png(30_000, 30_000, zeros(30_000 * 900)), "image_dimensions"),
    "a header that claims 4 billion pixels a side": (lambda: png(2**31 - 1, 2**31 - 1, b""), "image_dimensions"),
    "a bomb at the limit, with far more pixels than it claims": (lambda: png(64, 64, zeros(100 * 2**20)), None),
    "a strip of 8,000 x 8,000 pixels whose data ends": (lambda: png(8_000, 8_000, zeros(2**20)), None),
    "a text in the picture that unpacks to 100 MB": (lambda: png(64, 64, zeros(64 * 65), TEXT_BOMB), None),
    "a colour profile that unpacks to 100 MB": (lambda: png(64, 64, zeros(64 * 65), PROFILE_BOMB), None),
    "an animation of 10,000 frames": (lambda: gif(10_000), None),
    "an animation of 65,535 x 65,535 pixels": (lambda: gif_that_claims(65_535, 65_535), "image_dimensions"),
    "a JPEG that claims 65,500 x 65,500 pixels": (lambda: jpeg_that_claims(65_500, 65_500), "image_dimensions"),
    "a WebP that claims 16,777,215 pixels a side": (lambda: webp_that_claims(2**24 - 1, 2**24 - 1), "image_dimensions"),
    "a TIFF named .jpg": (tiff, "not_an_image"),
    "a PDF named .jpg": (lambda: b"%PDF-1.7\n" + bytes(1000), "not_an_image"),
    "nothing at all": (lambda: b"", "image_empty"),
    "30 MB of noise behind a good header": (lambda: png(64, 64, bytes(30 * 2**20)), "image_too_large"),
}


OPENED = {"a bomb at the limit, with far more pixels than it claims", "an animation of 10,000 frames"}


def test_pictures_made_to_harm_are_read_or_refused_within_limits(tmp_path: Path) -> None:
    for number, (make, _) in enumerate(MADE_TO_HARM.values(), start=10):
        (tmp_path / f"{number}.jpg").write_bytes(make())

    ended = subprocess.run([sys.executable, "-c", OPEN, str(tmp_path)], capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr.decode()[-500:]
    lines = ended.stdout.decode().splitlines()
    assert len(lines) == len(MADE_TO_HARM)
    told = dict(zip(MADE_TO_HARM, (line.split(" ", 2)[1:] for line in lines), strict=True))
    # What is small by its own header is opened as that, and no byte beyond it is unpacked.
    assert {name for name, (outcome, _) in told.items() if outcome == "opened"} == OPENED
    assert [name for name, (_, reason) in told.items() if "MemoryError" in reason] == []


@pytest.mark.parametrize("name", [name for name, (_, kind) in MADE_TO_HARM.items() if kind is not None])
def test_the_product_turns_such_a_picture_away_by_its_header(name: str) -> None:
    make, kind = MADE_TO_HARM[name]
    content = make()

    with pytest.raises(RecordRejectedError) as caught:
        check_image(content if len(content) <= MOST_BYTES else b"", len(content))

    assert caught.value.reject.kind == kind
