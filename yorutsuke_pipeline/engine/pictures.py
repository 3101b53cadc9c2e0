"""How an image goes along with its question: as bytes in its line, or by the place where it lies.

What belongs here: the one difference between the two, which is what a line shows, and what must have happened before
it is written. The service reads an image by its place only from the job's own input folder, so each is copied there
once its job is known. See docs/decisions/0015-images-by-location.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.engine.input_line import input_line
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.policy import Images
from yorutsuke_pipeline.engine.streams import map_bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yorutsuke_pipeline.engine.input_line import InputLine
    from yorutsuke_pipeline.engine.intake import Claimed
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.model_family import ModelFamily, Question
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import ObjectStore
    from yorutsuke_pipeline.engine.workload import Workload

# While nobody knows yet which job a record goes to, its line has the place that it would have in this one: no other
# place is longer, so what was shared out by it fits.
_ANY_JOB = 999


class Pictures(Protocol):
    """One of the two ways."""

    @property
    def needs_folder(self) -> bool:
        """Whether a job must be told its folder, also where it has only one part."""
        ...

    def line(self, record_id: str, question: Question, family: ModelFamily) -> InputLine:
        """Return the line that asks a record's question, as far as it is known before its job is."""
        ...

    def placed(self, shared: Iterable[tuple[int, Claimed]]) -> Iterable[tuple[int, Claimed]]:
        """Yield records, with the numbers of their jobs, ready to be written into their parts.

        Raises:
            TransientError: An image is no longer what was looked at.
        """
        ...


@dataclass(frozen=True)
class InlinePictures:
    """Images as bytes in their lines."""

    needs_folder: bool = False

    def line(self, record_id: str, question: Question, family: ModelFamily) -> InputLine:
        """Return the line with the picture in it."""
        return input_line(record_id, question, family)

    def placed(self, shared: Iterable[tuple[int, Claimed]]) -> Iterable[tuple[int, Claimed]]:
        """Return the records as they are."""
        return shared


@dataclass(frozen=True)
class LocatedPictures:
    """Images by the place of their copies, in the folders of the jobs that a draft's records go to."""

    objects: ObjectStore
    draft: Intent
    concurrency: int
    needs_folder: bool = True

    def line(self, record_id: str, question: Question, family: ModelFamily) -> InputLine:
        """Return the line with the place that the picture would have in some job's folder."""
        picture = question.picture
        name = "" if picture is None else f"{record_id}.{picture.format}"
        return input_line(record_id, question, family, self._place(_ANY_JOB) + name.encode("ascii"))

    def placed(self, shared: Iterable[tuple[int, Claimed]]) -> Iterator[tuple[int, Claimed]]:
        """Copy each image to the folder of its job, and yield its record with that place in its line.

        Raises:
            TransientError: An image was replaced or deleted since it was looked at.
        """
        return map_bounded(lambda each: (each[0], self._placed(*each)), shared, workers=self.concurrency)

    def _placed(self, job: int, claimed: Claimed) -> Claimed:
        source, line = claimed.source, claimed.line
        if source is None or not line.picture:
            return claimed
        name = line.picture.rpartition(b"/")[2]
        key = layout.images_folder(self.draft.intent_id, self.draft.version, job) + name.decode("ascii")
        if self.objects.copy(source, key) is None:
            # Its job counts on it already. The next run looks at it anew, and turns it away if it is gone.
            raise TransientError(f"{source.key!r} was replaced or deleted while it was copied to {key}; try again")
        return claimed._replace(line=line._replace(picture=self._place(job) + name))

    def _place(self, job: int) -> bytes:
        return _place_of(self.objects.bucket, self.draft.intent_id, self.draft.version, job)


# A million records ask for a few.
@lru_cache(maxsize=64)
def _place_of(bucket: str, intent_id: str, draft: int, job: int) -> bytes:
    return layout.s3_uri(bucket, layout.images_folder(intent_id, draft, job)).encode("ascii")


def check_images(workload: Workload, policy: Policy) -> None:
    """Refuse to send a model images in a way that it does not take, and a model that nobody knows how to ask.

    Raises:
        ConfigurationError: It names the settings.
    """
    family = family_of(policy.model_id)
    if _is_located(workload, policy) and not family.takes_locations:
        raise ConfigurationError(
            f"YORUTSUKE_IMAGES={Images.S3_LOCATION} needs a model that reads images from S3, which is Amazon Nova, and "
            f"YORUTSUKE_MODEL_ID, or whoever ordered this, names {policy.model_id}; set YORUTSUKE_IMAGES="
            f"{Images.INLINE}, or name a model amazon.nova-…",
        )


def pictures_of(workload: Workload, policy: Policy, objects: ObjectStore, draft: Intent) -> Pictures:
    """Return the way in which the images of a draft are sent; of a workload that has none, there is no difference."""
    return LocatedPictures(objects, draft, policy.concurrency) if _is_located(workload, policy) else InlinePictures()


def _is_located(workload: Workload, policy: Policy) -> bool:
    return policy.images is Images.S3_LOCATION and workload.source_prefix is not None
