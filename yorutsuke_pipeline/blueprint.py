"""The blueprint of a workload: what Dagster and the command line must know of it before any AWS is reached.

What belongs here: names and words. A workload's folder has one of these in its `line.py`; the assets, jobs and
checks of every workload are built from it by the same functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.line import line_on_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape, ResultTableShape
    from yorutsuke_pipeline.engine.workload import Workload
    from yorutsuke_pipeline.line import Line

# Dagster's groups take no hyphen, Bedrock's job names no underscore; and a job of `{name}-trial` on the day
# 2026-01-09 must fit into 63 characters.
_NAME = re.compile(r"[a-z][a-z0-9]{0,28}")
_DYNAMODB = frozenset({"dynamodb"})


@dataclass(frozen=True)
class Face:
    """How one asset of a workload is named and shown.

    Attributes:
        description: Sentences for a person who sees the asset for the first time.
        kinds: Dagster's words for what it is kept in: `dynamodb`, `s3`, `iceberg`.
        columns: Of its preview; never what a private record says, only ids and words of our own, or what is published.
    """

    name: str
    description: str
    kinds: frozenset[str] = _DYNAMODB
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Blueprint:
    """A workload as it is shown, and how it is put together.

    Attributes:
        name: Of the workload, of its group of assets, and of its resource: up to 29 lower-case letters and digits.
        noun: What one record is, and `nouns` several.
        assemble: Makes its line; called when something needs it, never while definitions load.
        pending: The asset of what waits.
        results: The asset of its results.
        last: The asset that closes intents: what becomes of records when they are done.
        waits_since: The attribute of a waiting record that says since when.
        waits_for: The attribute that waiting records are counted by, and the words for one and for several of these;
            None if they are not.
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
    waits_for: tuple[str, str, str] | None = None
    prefix: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(
                f"{self.name!r} cannot name a workload: 1 to 29 lower-case letters and digits, beginning with a letter"
            )

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


def plain_blueprint(
    workload: Workload,
    waiting: RecordTableShape,
    results: ResultTableShape,
    *,
    assemble: Callable[[Composition], Line] | None = None,
) -> Blueprint:
    """Return the blueprint of a workload on two tables, with names and words that follow from their shapes.

    Its assets are `{name}/pending_{nouns}`, `{name}/{results' nouns}` and `{name}/closed_intents`, its jobs
    `{name}_submit_batch` and so on.

    Args:
        workload: Its rules.
        waiting: The table of records that wait.
        results: The table of results.
        assemble: Makes its line, where it has more than its tables: settings of its own, a source, a publisher.
    """
    name, nouns = workload.name, f"{waiting.noun}s"
    return Blueprint(
        name=name,
        noun=waiting.noun,
        nouns=nouns,
        assemble=assemble or (lambda product: line_on_tables(product, workload, waiting, results)),
        pending=Face(
            f"pending_{_word(nouns)}",
            f"The {nouns} of a day that wait to be asked about, and those that the orders of the day ask for.",
            columns=(waiting.key, waiting.time, "attempts"),
        ),
        results=Face(
            _word(f"{results.noun}s"),
            f"What the model said of each {waiting.noun}; answers that cannot be accepted go back in line with their "
            "reason.",
            columns=(results.identity, "promptVersion", "modelId"),
        ),
        last=Face("closed_intents", "The intents of the day, closed with their result."),
        waits_since=waiting.time,
        prefix=(name,),
    )


def _word(text: str) -> str:
    return text.replace(" ", "_")
