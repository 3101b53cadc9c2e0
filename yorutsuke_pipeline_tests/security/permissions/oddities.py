"""What AWS answers only rarely, and what an actor asks of it then."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.object_writer import PART_BYTES
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.aws.wire import answer, answering
from yorutsuke_pipeline_tests.security.permissions.actors import API, INGESTER, OPERATOR, SENSOR, SUBMITTER

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.security.permissions.actors import Actors

_NO_SUCH_UPLOAD = b"<Error><Code>NoSuchUpload</Code></Error>"
_OF_SUBMITTER = ("batch-input/", "batch-work/", "batch-output/ondemand-", "dead-letters/")
# Folders that each actor writes to as streams; whoever tries something out writes to those of trials.
STREAMED = {
    SUBMITTER: _OF_SUBMITTER,
    INGESTER: ("batch-work/", "dead-letters/"),
    OPERATOR: ("uploads/", *(f"{folder}receipts-trial-" for folder in _OF_SUBMITTER)),
}


def an_account_whose_own_quotas_are_not_listed(actors: Actors, _folder: Path) -> None:
    """Those of every account are asked for then."""
    for actor in (SUBMITTER, SENSOR, OPERATOR, API):
        product = actors.with_settings().product(actor)
        with answering(product.clients.service_quotas, "ListServiceQuotas", lambda: answer({"Quotas": []})):
            assert product.quota_book.quotas(product.settings.model_id).note is None


def large_objects_that_are_written_with_difficulty(actors: Actors, _folder: Path) -> None:
    """One is given up in the middle; of another, S3 says that there is no such upload, so it is looked for."""
    for actor, folders in STREAMED.items():
        product = actors.product(actor)
        for folder in folders:
            with suppress(InterruptedError), product.objects.writing(f"{folder}given-up") as out:
                out.write(bytes(PART_BYTES))
                raise InterruptedError
            with (
                answering(product.clients.s3, "CompleteMultipartUpload", lambda: answer(_NO_SUCH_UPLOAD, 404)),
                suppress(TransientError),
                product.objects.writing(f"{folder}unheard") as out,
            ):
                out.write(bytes(PART_BYTES))
