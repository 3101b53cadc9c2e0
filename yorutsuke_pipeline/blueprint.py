"""The blueprint of a workload: what Dagster and the command line must know of it before any AWS is reached.

What belongs here: names and words. A workload's folder has one of these in its `line.py`; the assets, jobs and
checks of every workload are built from it by the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.line import Line


@dataclass(frozen=True)
class Face:
    """How one asset of a workload is named and shown.

    Attributes:
        description: Sentences for a person who sees the asset for the first time.
        kinds: Dagster's words for what it is kept in: `dynamodb`, `s3`, `iceberg`.
        columns: Of its preview; never what a record says, only ids and words of our own.
    """

    name: str
    description: str
    kinds: frozenset[str]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Blueprint:
    """A workload as it is shown, and how it is put together.

    Attributes:
        name: Of the workload, of its group of assets, and of its resource.
        noun: What one record is, and `nouns` several.
        assemble: Makes its line; called when something needs it, never while definitions load.
        pending: The asset of what waits.
        results: The asset of its results.
        last: The asset that closes intents: what becomes of records when they are done.
        waits_since: The attribute of a waiting record that says since when.
        waits_for: The attribute that waiting records are counted by, and the words for one and for several of these.
        prefix: Begins the keys of its assets and the names of its jobs; the first workload needs none.
    """

    name: str
    noun: str
    nouns: str
    assemble: Callable[[Composition], Line]
    pending: Face
    results: Face
    last: Face
    waits_since: str
    waits_for: tuple[str, str, str]
    prefix: tuple[str, ...] = field(default=())

    def key(self, asset: str) -> list[str]:
        """Return the key of one of its assets."""
        return [*self.prefix, asset]

    def job(self, name: str) -> str:
        """Return the name of one of its jobs."""
        return "_".join((*self.prefix, name))

    @property
    def submitted_half(self) -> tuple[list[str], ...]:
        """The keys of the assets before the hours of waiting."""
        return tuple(map(self.key, (self.pending.name, "manifest", "bedrock_job")))

    @property
    def ingested_half(self) -> tuple[list[str], ...]:
        """The keys of the assets after them."""
        return tuple(map(self.key, ("raw_output", self.results.name, self.last.name)))
