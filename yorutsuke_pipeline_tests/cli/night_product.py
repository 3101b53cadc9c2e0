"""The product over a night's fakes, for commands and assets whose world no embedded AWS needs to be started for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.engine.table_shapes import terms_of
from yorutsuke_pipeline.line import Line
from yorutsuke_pipeline.settings import Settings, load_settings
from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline_tests.cli.conftest import Terminal
from yorutsuke_pipeline_tests.fakes.record_book import FakeRecordBook
from yorutsuke_pipeline_tests.fakes.result_book import FakeResultBook

if TYPE_CHECKING:
    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline_tests.engine.nights import Night
    from yorutsuke_pipeline_tests.fakes.batch_service import FakeBatchService
    from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger
    from yorutsuke_pipeline_tests.fakes.metrics import FakeMetrics
    from yorutsuke_pipeline_tests.fakes.model import FakeModel
    from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore
    from yorutsuke_pipeline_tests.fakes.prices import FixedPrices
    from yorutsuke_pipeline_tests.fakes.spending_book import FakeSpendingBook
    from yorutsuke_pipeline_tests.fakes.switch import FakeSwitch


@dataclass(frozen=True)
class NightProduct:
    """What stages and commands ask of a `Composition`, each port a fake of the night's."""

    settings: Settings
    ledger: FakeIntentLedger
    objects: FakeObjectStore
    batch_service: FakeBatchService
    on_demand_model: FakeModel
    prices: FixedPrices
    switch: FakeSwitch
    spending_book: FakeSpendingBook
    metrics: FakeMetrics

    @property
    def quota_book(self) -> FixedQuotas:
        return FixedQuotas(self.settings.policy().quotas)

    def switch_of(self, _: str) -> FakeSwitch:
        return self.switch


def product_of(night: Night, **settings: str) -> Composition:
    """Return a product over a night's fakes, in batches of three records or more."""
    given = {f"YORUTSUKE_{name.upper()}": value for name, value in settings.items()}
    product = NightProduct(
        load_settings({"YORUTSUKE_FEWEST_RECORDS": "3", "YORUTSUKE_MOST_RECORDS": "4", **given}),
        night.ledger,
        night.objects,
        night.service,
        night.model,
        night.prices,
        night.switch,
        night.spending_book,
        night.metrics,
    )
    return cast("Composition", product)


def line_of(night: Night, **settings: str) -> Line:
    """Return the line of receipts over a night's fakes."""
    return Line(
        product_of(night, **settings),
        ReceiptsWorkload(),
        night.pending,
        FakeRecordBook(night.pending),
        night.table,
        FakeResultBook(night.table),
        terms=terms_of("receipts", IMAGES, TRANSACTIONS),
    )


def terminal_of(night: Night, **settings: str) -> Terminal:
    """Return a terminal whose commands work on a night's fakes."""
    line = line_of(night, **settings)
    return Terminal(line.product, stages=Stages(line))
