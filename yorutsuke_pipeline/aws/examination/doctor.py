"""The examination as a whole: what is looked at, in which order, and what is left out once nothing more can be asked.

What is kept out: how findings are shown (`cli/doctor.py`), and comparing every property with the template.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.alerts_topic import examine_alerts_topic
from yorutsuke_pipeline.aws.examination.bucket import BucketExamination
from yorutsuke_pipeline.aws.examination.caller import (
    CREDENTIALS,
    Caller,
    examine_clock,
    examine_credentials,
    who_calls,
)
from yorutsuke_pipeline.aws.examination.events_queue import examine_events_queue
from yorutsuke_pipeline.aws.examination.finding import Finding, Look, State
from yorutsuke_pipeline.aws.examination.limits import SPENDING, examine_budget, examine_minimum, examine_quotas
from yorutsuke_pipeline.aws.examination.model import ModelExamination
from yorutsuke_pipeline.aws.examination.service_role import RoleExamination
from yorutsuke_pipeline.aws.examination.tables import examine_tables
from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.engine.budgets import Budgets, budgets_of
from yorutsuke_pipeline.engine.days import day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from yorutsuke_pipeline.aws.clients import AwsClients
    from yorutsuke_pipeline.aws.examination.tables import Layout
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import Clock, PriceList, QuotaBook, SpendingBook

_SETTINGS = Target("the settings", "the settings (docs/settings.md)")


@dataclass(frozen=True)
class Doctor:
    """Examines one deployment.

    Attributes:
        policy: Return the choices; raises ConfigurationError where one is missing.
        bucket: Return the bucket's name; likewise.
        tables: What is expected of each, by its name without the environment.
        full_name: Return a table's name with it.
        quota_book: Who knows the limits of batch jobs.
        spending_book: Who knows what is spent.
        queue_url: The queue of events; None if none is read.
        topic_arn: The topic of alerts; None if there is none.
        submitter: The ARN of the role or user that submits; None for whoever asks.
        is_embedded: Whether the AWS is the one that needs no account.
        further: What workloads have looked at besides their tables.
    """

    clients: AwsClients
    policy: Callable[[], Policy]
    bucket: Callable[[], str]
    tables: Mapping[str, Layout]
    full_name: Callable[[str], str]
    prices: PriceList
    clock: Clock
    quota_book: QuotaBook
    spending_book: SpendingBook
    queue_url: str | None = None
    topic_arn: str | None = None
    submitter: str | None = None
    is_embedded: bool = False
    further: Sequence[Callable[[], Iterable[Finding]]] = ()

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, each as soon as it was; no more than a fault where nobody can be asked."""
        named = Look("settings", _SETTINGS, "").find(self._settings)
        yield named
        callers: list[Caller] = []
        credentials = CREDENTIALS.find(lambda: self._credentials(callers))
        yield credentials
        if State.MEND in {named.state, credentials.state}:
            return
        (caller,) = callers
        yield examine_clock(caller)
        yield from self._of_account(caller)
        yield from self._of_limits()
        yield examine_events_queue(lambda: self.clients.sqs, self.queue_url)
        yield examine_alerts_topic(lambda: self.clients.sns, self.topic_arn)

    def _settings(self) -> Finding:
        policy, bucket = self.policy(), self.bucket()
        region = self.clients.s3.meta.region_name
        return Finding("settings", State.GOOD, f"{policy.model_id} in {region}, bucket {bucket}")

    def _credentials(self, callers: list[Caller]) -> Finding:
        callers.append(who_calls(self.clients.sts, self.clock.now()))
        return examine_credentials(callers[0], is_embedded=self.is_embedded)

    def _of_limits(self) -> Iterator[Finding]:
        policy = self.policy()
        quotas = self.quota_book.quotas(policy.model_id)
        yield examine_quotas(policy, quotas)
        yield examine_minimum(policy, quotas, is_embedded=self.is_embedded)
        found, budgets = examine_budget(policy, self.prices, ()), budgets_of(policy)
        if found.state is State.GOOD and budgets != Budgets():
            found = SPENDING.find(lambda: self._used(policy, budgets))
        yield found

    def _used(self, policy: Policy, budgets: Budgets) -> Finding:
        day = day_of(self.clock.now())
        return examine_budget(policy, self.prices, budgets.uses(day, self.spending_book.month(day)))

    def _of_account(self, caller: Caller) -> Iterator[Finding]:
        clients, policy, bucket = self.clients, self.policy(), self.bucket()
        region = clients.bedrock.meta.region_name
        yield from ModelExamination(clients.bedrock, policy.model_id).findings()
        yield from RoleExamination(
            clients.iam,
            policy.role_arn,
            caller.account,
            region,
            bucket,
            self.submitter or (None if caller.is_root else caller.policy_source),
            is_embedded=self.is_embedded,
        ).findings()
        yield from BucketExamination(clients.s3, bucket, region).findings()
        yield from examine_tables(clients.dynamodb, self.tables, self.full_name)
        yield from chain.from_iterable(look() for look in self.further)
