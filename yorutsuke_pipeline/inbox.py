"""The inbox: puts photos in line, as the app does: the object first, then its row.

What belongs here: the order of the two writes. What is kept out: which files, and how many at once
(`cli/photo_files.py`), and what a photo must be (`workloads/receipts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from yorutsuke_pipeline.aws.receipt_images import NewImage
from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.workloads.receipts.line import images

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.ports import ObjectStore
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.workloads.receipts.upload import Upload


class Fate(Word):
    """What became of a photo that was offered."""

    ADDED = "added"
    ALREADY_THERE = "already_there"
    REFUSED = "refused"


class ImageTable(Protocol):
    """What the inbox needs of the pending-images table."""

    def find(self, identity: str) -> PendingRecord | None:
        """Return an image's row, read consistently, or None."""
        ...

    def add(self, image: NewImage) -> bool:
        """Put a row; return False if its id is there already."""
        ...


@dataclass(frozen=True)
class NamedImage(NewImage):
    """A row with the name of the file that it came from, for the people who list it."""

    original_name: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return the row under the table's names."""
        return {**super().as_row(), "originalName": self.original_name}


@dataclass(frozen=True)
class Inbox:
    """Where photos are put.

    A process that dies between the two writes leaves an object without a row; putting the same photo in
    again writes the same object again, and then the row.
    """

    objects: ObjectStore
    images: ImageTable

    def put(self, upload: Upload, content: bytes) -> Fate:
        """Put a photo in line, unless the same one of the same user is there, whatever became of it."""
        # Asked first: the object of a photo that was archived is gone, and would come back for nobody.
        if self.images.find(upload.image_id) is not None:
            return Fate.ALREADY_THERE
        with self.objects.writing(upload.s3_key) as out:
            out.write(content)
        row = NamedImage(
            image_id=upload.image_id,
            user_id=upload.user_id,
            s3_key=upload.s3_key,
            md5=upload.md5,
            uploaded_at=upload.uploaded_at,
            byte_count=upload.byte_count,
            original_name=upload.original_name,
        )
        return Fate.ADDED if self.images.add(row) else Fate.ALREADY_THERE


def inbox(product: Composition) -> Inbox:
    """Return the inbox of a product."""
    return Inbox(product.objects, images(product))
