"""Objects in S3, read and written by plain boto3 in threads of this package's own.

Own threads, because S3 answers from the same process: its handlers may need the loop's default threads, and two
sides waiting for the same few threads would wait for ever. Bodies are streamed through files; a part may be 1 GB.
Kept out: what the objects mean (`job_input`, `job_output`).
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")
_THREADS = 6
_CONFIG = Config(s3={"addressing_style": "path"}, retries={"mode": "standard", "max_attempts": 5})
_READ_BYTES = 1024 * 1024


class ObjectError(Exception):
    """S3 did not give or take an object; the message names it."""


@dataclass(frozen=True)
class Location:
    """A place in S3; `key` may be empty (the bucket) or a prefix."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> "Location":
        """The place behind `s3://bucket/key`, whose form was checked before."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return cls(bucket, key)

    @property
    def folder(self) -> str:
        """The key as a folder: empty, or ending in one slash."""
        stripped = self.key.rstrip("/")
        return f"{stripped}/" if stripped else ""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing; `size` in bytes."""

    key: str
    size: int


class Objects:
    """S3 as this service sees it.

    Args:
        endpoint: gives S3's address; asked on every use, since the port may be known only after the start.
        region: of the embedded account.
    """

    def __init__(self, *, endpoint: Callable[[], str], region: str) -> None:
        self._endpoint = endpoint
        self._region = region
        self._lock = threading.Lock()
        self._clients: dict[str, S3Client] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="bedrock-s3")

    async def in_thread(self, work: Callable[..., T], *args: object) -> T:
        """Run blocking work that may reach S3, away from the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    def close(self) -> None:
        """Let go of the threads, of which one that is under way finishes by itself, and of the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for client in self._clients.values():
                client.close()

    def has_bucket(self, bucket: str) -> bool:
        """Whether the bucket is there and open to the service."""
        try:
            self._client().head_bucket(Bucket=bucket)
        except ClientError:
            return False
        return True

    def find(self, place: Location) -> Iterator[StoredObject]:
        """The objects under a folder, page by page, or the one object of exactly that key.

        Raises:
            ObjectError: the listing was refused.
        """
        try:
            pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
            for page in pages:
                for item in page.get("Contents", []):
                    yield StoredObject(item["Key"], item["Size"])
        except (ClientError, BotoCoreError) as error:
            raise ObjectError(f"Listing {place} failed: {error}") from error

    def download(self, place: Location, to: Path) -> None:
        """Stream an object into a file. Raises ObjectError."""
        try:
            body = self._client().get_object(Bucket=place.bucket, Key=place.key)["Body"]
            with to.open("wb") as file:
                for chunk in body.iter_chunks(_READ_BYTES):
                    file.write(chunk)
        except (ClientError, BotoCoreError) as error:
            raise ObjectError(f"Reading {place} failed: {error}") from error

    def read(self, place: Location, *, at_most: int) -> bytes:
        """A small object whole. Raises ObjectError, also when it is larger than `at_most` bytes."""
        try:
            answer = self._client().get_object(Bucket=place.bucket, Key=place.key)
            with answer["Body"] as body:
                if answer["ContentLength"] > at_most:
                    raise ObjectError(f"{place} has {answer['ContentLength']} bytes, at most {at_most} are taken.")
                return body.read()
        except (ClientError, BotoCoreError) as error:
            raise ObjectError(f"Reading {place} failed: {error}") from error

    def upload(self, file: Path, to: Location) -> None:
        """Stream a file into an object, in parts when it is large. Raises ObjectError."""
        try:
            self._client().upload_file(str(file), to.bucket, to.key)
        except (ClientError, BotoCoreError, Boto3Error) as error:
            raise ObjectError(f"Writing {to} failed: {error}") from error

    def _client(self) -> "S3Client":
        endpoint = self._endpoint()
        with self._lock:
            if endpoint not in self._clients:
                # Never the user's own profile: what serves here must work with no AWS configuration at all.
                session = boto3.session.Session(
                    aws_access_key_id="embedded",
                    aws_secret_access_key="embedded",  # noqa: S106 - S3 on loopback checks no secret
                    region_name=self._region,
                )
                self._clients[endpoint] = session.client("s3", endpoint_url=endpoint, config=_CONFIG)
            return self._clients[endpoint]
