"""Comparing: a trial's answers with the stored results, field by field.

What belongs here: what is equal, what differs, what cannot be compared, and what each cost. Judging an answer is
the same as at night (`engine.judging`). A result that a person has edited is compared as it is: nothing says better
which answer is right.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.cost import TokenUsage, total
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.engine.streams import check_complete_list, chunked, read_json_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from decimal import Decimal

    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.judging import Judge, Judged
    from yorutsuke_pipeline.engine.ports import ObjectStore
    from yorutsuke_pipeline.engine.reconciliation.ports import ResultBook
    from yorutsuke_pipeline.engine.workload import Row

# As many rows as DynamoDB lets one read at once.
_BLOCK = 100
_THOUSAND = 1000


class Pair(NamedTuple):
    """A record's stored result and what the trial made of it; either may be lacking.

    Attributes:
        reason: Why the trial has no result, in a sentence; None if it has one.
        kind: The reason as a short word.
    """

    identity: str
    record_id: str
    stored: Row | None
    tried: Row | None
    kind: str | None = None
    reason: str | None = None

    @property
    def is_edited(self) -> bool:
        """Whether a person has edited the stored result, so that it will not be written over."""
        return self.stored is not None and "editedAt" in self.stored

    def differing(self, fields: tuple[str, ...]) -> list[str]:
        """Return which of `fields` differ; none if one of the two results is lacking."""
        if self.stored is None or self.tried is None:
            return []
        return [name for name in fields if self.stored.get(name) != self.tried.get(name)]


@dataclass(frozen=True)
class Comparer:
    """Reads a trial's answers and the results that are stored of the same records."""

    judge: Judge
    objects: ObjectStore
    results: ResultBook

    def pairs(self, intent: Intent, *, judged_at: datetime) -> Iterator[Pair]:
        """Yield a pair for each record of a trial that is collected.

        Raises:
            ManifestChangedError: The answers are no longer those that were collected, or have expired.
        """
        key, found = layout.answers_key(intent.intent_id), 0
        judged = self.judge.judge(intent, read_json_lines(self.objects, key), extracted_at=judged_at)
        for block in chunked((entry for entry in judged if "identity" in entry.document), _BLOCK):
            found += len(block)
            records = [_record(entry.document) for entry in block]
            stored = self.results.of(records)
            yield from (_pair(entry, stored.get(record.identity)) for entry, record in zip(block, records, strict=True))
        check_complete_list(key, intent.record_count, found)


@dataclass
class Comparison:
    """What comparing found, over all pairs.

    Attributes:
        equal: Records by field in which both results say the same.
        different: Records by field in which they do not.
        failures: Records without a result of the trial, by the short word of the reason.
        without_stored: Records whose stored result is gone.
        edited_count: Compared records whose stored result a person has edited.
        differing: The pairs that differ in any field, or that the trial has no result for.
    """

    fields: tuple[str, ...]
    compared_count: int = 0
    edited_count: int = 0
    without_stored: int = 0
    equal: Counter[str] = field(default_factory=Counter)
    different: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    differing: list[Pair] = field(default_factory=list)
    stored_usage: dict[str, TokenUsage] = field(default_factory=dict)
    tried_usage: dict[str, TokenUsage] = field(default_factory=dict)

    def add(self, pair: Pair) -> None:
        """Count a pair."""
        if pair.tried is None:
            self.failures[pair.kind or "no_answer"] += 1
            self.differing.append(pair)
            return
        if pair.stored is None:
            self.without_stored += 1
            return
        differing = pair.differing(self.fields)
        self.compared_count += 1
        self.edited_count += pair.is_edited
        self.different.update(differing)
        self.equal.update(name for name in self.fields if name not in differing)
        if differing:
            self.differing.append(pair)
        _add_usage(self.stored_usage, pair.stored)
        _add_usage(self.tried_usage, pair.tried)

    def batch_cost_of_thousand(
        self, usage: dict[str, TokenUsage], price_of: Callable[[str], Price | None]
    ) -> Decimal | None:
        """Return what a thousand records cost at the batch price, in USD; None if that is unknown.

        Args:
            usage: `stored_usage` or `tried_usage`: at one price, whether they were asked in a batch or on demand.
            price_of: Tells a model's on-demand price.
        """
        costs: list[Decimal | None] = []
        for model_id, tokens in usage.items():
            price = price_of(model_id)
            costs.append(None if price is None else price.cost(tokens, batch=True))
        whole = total(costs)
        return None if whole is None or not self.compared_count else whole * _THOUSAND / self.compared_count


def compare(pairs: Iterator[Pair], fields: tuple[str, ...]) -> Comparison:
    """Return what comparing all pairs in `fields` finds."""
    comparison = Comparison(fields)
    for pair in pairs:
        comparison.add(pair)
    return comparison


def _pair(entry: Judged, stored: Row | None) -> Pair:
    document, reject = entry.document, entry.reject
    kind, reason = None, None
    if entry.row is None:
        kind = reject.kind if reject is not None else "not_asked"
        reason = reject.reason if reject is not None else "its job ended before it was asked about"
    return Pair(document["identity"], document["recordId"], stored, entry.row, kind, reason)


def _record(document: dict[str, Any]) -> PendingRecord:
    return PendingRecord(document["identity"], document["attributes"])


def _add_usage(usage: dict[str, TokenUsage], row: Row) -> None:
    tokens = row.get("usage")
    if not isinstance(tokens, dict):
        return
    model_id = str(row.get("modelId"))
    read = TokenUsage(int(tokens.get("inputTokens", 0)), int(tokens.get("outputTokens", 0)))
    usage[model_id] = usage.get(model_id, TokenUsage()) + read
