"""S3: objects read whole or by range, written at once or in parts, copied, listed and deleted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.stub.connection import Answer
from yorutsuke_pipeline_tests.bench.stub.rope import Rope, blank, in_file

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.stub.connection import Request
    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

_KEY = re.compile(rb"<Key>([^<]*)</Key>")
_XML = "Content-Type: application/xml\r\n"
_DATE = "Last-Modified: Fri, 09 Jan 2026 03:00:00 GMT\r\n"
_NONE = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
_CHANGED = b"<Error><Code>PreconditionFailed</Code><Message>At least one condition did not hold.</Message></Error>"


class Bucket:
    """The one bucket there is, whatever its name.

    Attributes:
        made: The objects that a run finds there; they outlive it.
        objects: These, and what the run has written.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.bytes_in = 0
        self.bytes_out = 0
        self.made: dict[str, Rope] = {}
        self.objects: dict[str, Rope] = {}
        self.settings: StubSettings | None = None
        self._uploads: dict[str, dict[int, memoryview]] = {}

    def begin(self, settings: StubSettings) -> None:
        """Begin a run."""
        self.settings, self.objects = settings, dict(self.made)
        self._uploads.clear()
        self.calls.clear()
        self.bytes_in = self.bytes_out = 0

    def answer(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        _, _, key = path.removeprefix("/").partition("/")
        asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        self.bytes_in += len(request.body)
        operation = _operation(request, asked)
        self.calls[operation] += 1
        answered: Answer = getattr(self, f"_{operation}")(unquote(key), asked, request)
        return answered

    def _get(self, key: str, _asked: dict[str, str], request: Request) -> Answer:
        found = self._find(key)
        if found is None:
            return self._sent(404, _NONE)
        wanted = request.header(b"if-match")
        if wanted and wanted != found.etag.lower():
            return self._sent(412, _CHANGED)
        start, end = _range(request.header(b"range"), found.size)
        headers = f"ETag: {found.etag}\r\nAccept-Ranges: bytes\r\n{_DATE}"
        status = 200
        if request.header(b"range"):
            status = 206
            headers += f"Content-Range: bytes {start}-{end - 1}/{found.size}\r\n"
        assert self.settings is not None
        pace = self.settings.bytes_per_second
        self.bytes_out += end - start
        return Answer(status, b"", headers, self.settings.bucket_delay, (found, start, end), pace)

    def _head(self, key: str, _asked: dict[str, str], _request: Request) -> Answer:
        found = self._find(key)
        if found is None:
            return self._sent(404)
        return self._sent(200, headers=f"ETag: {found.etag}\r\n{_DATE}", length=found.size)

    def _put(self, key: str, _asked: dict[str, str], request: Request) -> Answer:
        self.objects[key] = Rope([request.body], f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"')
        return self._sent(200, headers=f"ETag: {self.objects[key].etag}\r\n")

    def _copy(self, key: str, _asked: dict[str, str], request: Request) -> Answer:
        source = unquote(request.header(b"x-amz-copy-source")).removeprefix("/").partition("/")[2]
        found = self._find(source)
        if found is None:
            return self._sent(404, _NONE)
        self.objects[key] = found
        return self._sent(200, f"<CopyObjectResult><ETag>{escape(found.etag)}</ETag></CopyObjectResult>".encode())

    def _begin(self, key: str, _asked: dict[str, str], _request: Request) -> Answer:
        name = f"upload-{self.calls['begin']}"
        self._uploads[name] = {}
        told = f"<Key>{escape(key)}</Key><UploadId>{name}</UploadId>"
        return self._sent(200, f"<InitiateMultipartUploadResult>{told}</InitiateMultipartUploadResult>".encode())

    def _part(self, key: str, asked: dict[str, str], request: Request) -> Answer:
        # Of a job's input only the size is kept: none but Bedrock reads it, and it comes by the gigabyte.
        keep = blank if key.startswith(layout.INPUT_PREFIX) else in_file
        self._uploads[asked["uploadId"]][int(asked["partNumber"])] = keep([request.body])
        return self._sent(200, headers=f'ETag: "{asked["uploadId"]}-{asked["partNumber"]}"\r\n')

    def _complete(self, key: str, asked: dict[str, str], _request: Request) -> Answer:
        parts = self._uploads.pop(asked["uploadId"])
        self.objects[key] = Rope([parts[number] for number in sorted(parts)], f'"{asked["uploadId"]}-{len(parts)}"')
        told = f"<Key>{escape(key)}</Key><ETag>{escape(self.objects[key].etag)}</ETag>"
        return self._sent(200, f"<CompleteMultipartUploadResult>{told}</CompleteMultipartUploadResult>".encode())

    def _delete(self, key: str, asked: dict[str, str], request: Request) -> Answer:
        self._uploads.pop(asked.get("uploadId", ""), None)
        for name in [key] if key else [unquote(name.decode()) for name in _KEY.findall(request.body)]:
            self.objects.pop(name, None)
        return self._sent(200 if not key else 204, b"<DeleteResult></DeleteResult>" if not key else b"")

    def _list(self, _key: str, asked: dict[str, str], _request: Request) -> Answer:
        prefix = asked.get("prefix", "")
        found = sorted(key for key in self.objects if key.startswith(prefix))
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-09T03:00:00.000Z</LastModified>"
            f"<ETag>{escape(self.objects[key].etag)}</ETag><Size>{self.objects[key].size}</Size></Contents>"
            for key in found
        )
        told = f"<KeyCount>{len(found)}</KeyCount><IsTruncated>false</IsTruncated>{rows}"
        return self._sent(200, f"<ListBucketResult>{told}</ListBucketResult>".encode())

    def _find(self, key: str) -> Rope | None:
        """Return an object; a receipt's photo is there whatever its name."""
        assert self.settings is not None
        if key.startswith(layout.UPLOADS_PREFIX):
            return _photo(self.settings.image_bytes)
        return self.objects.get(key)

    def _sent(self, status: int, body: bytes = b"", headers: str = "", length: int | None = None) -> Answer:
        assert self.settings is not None
        return Answer(status, body, headers or _XML, self.settings.bucket_delay, length=length)


@lru_cache(maxsize=2)
def _photo(size: int) -> Rope:
    return Rope([contents.image(size)], contents.photo_etag(size))


def _operation(request: Request, asked: dict[str, str]) -> str:
    if request.method == "GET":
        return "list" if "list-type" in asked else "get"
    if request.method == "HEAD":
        return "head"
    if request.method == "DELETE":
        return "delete"
    if request.method == "PUT":
        return "part" if "partNumber" in asked else "copy" if request.header(b"x-amz-copy-source") else "put"
    return "begin" if "uploads" in asked else "complete" if "uploadId" in asked else "delete"


def _range(header: str, size: int) -> tuple[int, int]:
    """Return the first byte wanted and the one after the last."""
    if not header:
        return 0, size
    first, _, last = header.removeprefix("bytes=").partition("-")
    return int(first), min(int(last) + 1, size) if last else size
