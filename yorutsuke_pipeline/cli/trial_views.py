"""How a trial looks: what was compared, where the answers differ, and what both cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.output import money, print_json, print_table, remark, with_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.meter import Item
    from yorutsuke_pipeline.engine.terms import Terms
    from yorutsuke_pipeline.engine.trials.acceptance import Acceptance
    from yorutsuke_pipeline.engine.trials.comparison import Comparison, Pair
    from yorutsuke_pipeline.line import Line


class BarMeter:
    """Implements `engine.meter.Meter`: a bar for each piece of long work."""

    def counting(
        self,
        what: str,
        items: Iterable[Item],
        total: int | None = None,
        *,
        size: Callable[[Item], int] | None = None,  # noqa: ARG002 — the stages of a trial count one by one
    ) -> Iterable[Item]:
        """Return the items, with a bar meanwhile."""
        return with_bar(what, items, total)


def compared(line: Line, intent: Intent) -> Comparison:
    """Return how a collected trial compares with the results."""
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.engine.trials.comparison import compare  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.trial_stages import comparer  # noqa: PLC0415 — as above

    pairs = comparer(line).pairs(intent, judged_at=SystemClock().now())
    return compare(with_bar("comparing", pairs, intent.record_count), line.workload.compared_fields)


def trial_document(intent: Intent) -> dict[str, Any]:
    """Return what is known of a trial itself."""
    return {
        "trialId": intent.intent_id,
        "date": intent.day,
        "modelId": intent.model_id,
        "promptVersion": intent.prompt_version,
        "status": intent.status,
        "recordCount": intent.record_count,
        "estimateUsd": money(intent.estimate_usd),
        "costUsd": money(intent.cost_usd),
    }


def print_comparison(line: Line, intent: Intent, comparison: Comparison, *, as_json: bool) -> None:
    """Write a comparison: counts by field, every difference, and the costs."""
    stored_usd, tried_usd = _costs_of_thousand(line.product, comparison)
    terms = line.terms
    if as_json:
        print_json(
            {
                **trial_document(intent),
                "isDone": True,
                "comparedCount": comparison.compared_count,
                "editedCount": comparison.edited_count,
                f"without{terms.result.capitalize()}": comparison.without_stored,
                "withoutAnswer": dict(comparison.failures),
                "fields": {
                    name: {"equal": comparison.equal[name], "different": comparison.different[name]}
                    for name in comparison.fields
                },
                "differences": [_difference(pair, comparison.fields, terms) for pair in comparison.differing],
                "batchUsdOfThousand": {"stored": money(stored_usd), "tried": money(tried_usd)},
            }
        )
        return
    title = f"{intent.intent_id}: {intent.model_id}, prompt {intent.prompt_version}"
    rows = [[name, comparison.equal[name], comparison.different[name]] for name in comparison.fields]
    print_table(title, ["field", "equal", "different"], rows, numbers=["equal", "different"])
    differences = [row for pair in comparison.differing for row in _rows(pair, comparison.fields)]
    if differences:
        click.echo()
        columns = [terms.record, "field", "stored", "tried", "edited"]
        print_table(f"{len(comparison.differing)} {terms.record}s differ", columns, differences)
    _remark(intent, comparison, terms, stored_usd, tried_usd)


def print_acceptance(intent: Intent, done: Acceptance, terms: Terms, *, as_json: bool) -> None:
    """Write what was accepted."""
    if as_json:
        counts = {
            "written": done.written_count,
            "leftEdited": done.edited_count,
            "withoutResult": done.without_result,
        }
        print_json({**trial_document(intent), **counts})
        return
    click.echo(
        f"{done.written_count} {terms.result}s written, {done.edited_count} left because a person edited them, "
        f"{done.without_result} without an answer or without a {terms.result}"
    )
    if intent.is_open:
        remark(f"the trial stays open: accept more, or `{terms.command(f'trial discard {intent.intent_id}')}`")


def print_trials(found: Sequence[Intent], terms: Terms, *, as_json: bool) -> None:
    """Write a list of trials."""
    if as_json:
        print_json({"trials": [trial_document(intent) for intent in found]})
        return
    columns = ["trial", "day", "model", "prompt", "state", f"{terms.record}s", "estimate $", "cost $"]
    rows = [
        [
            *(intent.intent_id, intent.day, intent.model_id, intent.prompt_version, intent.status),
            *(intent.record_count, money(intent.estimate_usd) or "unknown", money(intent.cost_usd) or "unknown"),
        ]
        for intent in found
    ]
    print_table(f"{len(found)} open trials", columns, rows, numbers=[f"{terms.record}s", "estimate $", "cost $"])


def _remark(
    intent: Intent, comparison: Comparison, terms: Terms, stored_usd: Decimal | None, tried_usd: Decimal | None
) -> None:
    failed = comparison.failures.total()
    remark(
        f"{comparison.compared_count} {terms.record}s compared, {comparison.edited_count} of them edited by a person; "
        f"{failed} without a usable answer, {comparison.without_stored} without a {terms.result}"
    )
    remark(
        f"this trial cost {_usd(intent.cost_usd)}; a thousand {terms.record}s in a batch: {_usd(stored_usd)} as "
        f"stored, {_usd(tried_usd)} as tried"
    )
    if intent.is_open:
        accepting, leaving = terms.command(f"trial accept {intent.intent_id}"), terms.command("trial discard")
        remark(f"`{accepting}` writes it, `{leaving}` leaves it")


def _costs_of_thousand(product: Composition, comparison: Comparison) -> tuple[Decimal | None, Decimal | None]:
    price_of = product.prices.price
    stored, tried = comparison.stored_usage, comparison.tried_usage
    return comparison.batch_cost_of_thousand(stored, price_of), comparison.batch_cost_of_thousand(tried, price_of)


def _difference(pair: Pair, fields: tuple[str, ...], terms: Terms) -> dict[str, Any]:
    stored, tried = pair.stored or {}, pair.tried or {}
    return {
        terms.key: pair.identity,
        f"{terms.result}Id": pair.record_id,
        "isEdited": pair.is_edited,
        "reason": pair.reason,
        "fields": {
            name: {"stored": _text(stored.get(name)), "tried": _text(tried.get(name))}
            for name in pair.differing(fields)
        },
    }


def _rows(pair: Pair, fields: tuple[str, ...]) -> list[list[object]]:
    """Return a line for each difference, or one that says why there is no answer."""
    edited = "edited" if pair.is_edited else ""
    stored, tried = pair.stored or {}, pair.tried or {}
    if pair.tried is None:
        return [[pair.identity, pair.kind, "", pair.reason, edited]]
    return [[pair.identity, name, stored.get(name), tried.get(name), edited] for name in pair.differing(fields)]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _usd(amount: Decimal | None) -> str:
    return "an unknown amount" if amount is None else f"{amount:.4f} USD"
