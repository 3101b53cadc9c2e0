"""Small pictures for requests."""

import base64
import io

from PIL import Image


def picture(width: int = 60, height: int = 40, *, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (200, 180, 20)).save(buffer, kind)
    return buffer.getvalue()


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def nova_image(data: bytes, claimed: str = "jpeg") -> dict[str, object]:
    return {"image": {"format": claimed, "source": {"bytes": base64_of(data)}}}


def nova_s3_image(uri: str) -> dict[str, object]:
    return {"image": {"format": "jpeg", "source": {"s3Location": {"uri": uri}}}}
