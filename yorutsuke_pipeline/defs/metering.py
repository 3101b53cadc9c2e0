"""How far long work is, as events in Dagster's log: `sources archived: 12,000 of 50,000 (24 %), 350 a second`."""

from dataclasses import replace
from typing import TypeVar

import dagster as dg

from yorutsuke_pipeline.engine.archive import Archiver
from yorutsuke_pipeline.engine.manifest import ManifestWriter
from yorutsuke_pipeline.engine.meter import Reading, TellingMeter
from yorutsuke_pipeline.engine.raw_output import RawOutputCollector
from yorutsuke_pipeline.engine.results import ResultRecorder
from yorutsuke_pipeline.engine.submission import Submitter

Stage = TypeVar("Stage", ManifestWriter, Submitter, RawOutputCollector, ResultRecorder, Archiver)


def metered(stage: Stage, context: dg.AssetExecutionContext) -> Stage:
    """Return a stage that tells the log of the asset being materialized how far it is, from time to time."""

    def tell(reading: Reading) -> None:
        context.log.info(str(reading))

    return replace(stage, meter=TellingMeter(stage.clock, tell))
