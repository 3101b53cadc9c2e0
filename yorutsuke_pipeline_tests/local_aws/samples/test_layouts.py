"""What the receipts of every kind print: the truth is on the paper, and the paper adds up."""

from __future__ import annotations

import datetime as dt
import random
import re
import unicodedata
from decimal import Decimal

import pytest

from yorutsuke_pipeline.local_aws.samples.album import KINDS, write_receipt
from yorutsuke_pipeline.local_aws.samples.receipt import FormReceipt, Line, Pair, Receipt, Row, Rule
from yorutsuke_pipeline.local_aws.samples.retail import TILLS, ring_up

MOMENT = dt.datetime(2026, 1, 7, 18, 23, 5, tzinfo=dt.timezone(dt.timedelta(hours=9)))
SEEDS = range(25)
# 7 January 2026 in every notation that the layouts use, without blanks.
DATE = r"(2026|令和0?8|R8)\D*(0?1|Jan)\D*0?7|0[17]/0[17]/2026|Jan7,2026|0?7Jan(uary)?2026"


def money(text: str) -> Decimal:
    """Read the last amount of a printed value."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    return Decimal(re.findall(r"\d+(?:\.\d\d)?", plain)[-1])


def printed(receipt: Receipt) -> str:
    """Return all text of a receipt, in half-width forms and without blanks."""
    texts = [
        row.text if isinstance(row, Line) else f"{row.left} {row.right}"
        for row in receipt.rows
        if isinstance(row, (Line, Pair))
    ]
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", "\n".join(texts)))


def roll(kind: str, seed: int) -> Receipt:
    receipt = write_receipt(kind, MOMENT, random.Random(seed))
    assert isinstance(receipt, Receipt)
    return receipt


def value_of(rows: tuple[Row, ...], *labels: str) -> Decimal | None:
    """Return the value beside the first of `labels` that is printed."""
    found = [money(row.right) for row in rows if isinstance(row, Pair) and row.left.startswith(labels)]
    return found[0] if found else None


ROLLS = sorted(set(KINDS) - {"handwritten"})


@pytest.mark.parametrize("kind", ROLLS)
def test_the_true_amount_is_the_value_printed_in_double_size(kind: str) -> None:
    for seed in SEEDS:
        receipt = roll(kind, seed)
        doubled = [money(row.right) for row in receipt.rows if isinstance(row, Pair) and row.size > 1]
        assert doubled == [receipt.truth.amount]


@pytest.mark.parametrize("kind", ROLLS)
def test_merchant_and_date_are_on_the_paper(kind: str) -> None:
    for seed in SEEDS:
        receipt = roll(kind, seed)
        text = printed(receipt)
        assert receipt.truth.merchant.replace(" ", "") in text
        assert receipt.truth.date == MOMENT.date()
        assert re.search(r"(2026|令和0?8|R8)\D*(0?1|Jan)\D*0?7|0[17]/0[17]/2026|Jan7,2026|0?7Jan(uary)?2026", text), (
            text
        )


@pytest.mark.parametrize("kind", sorted(TILLS))
def test_the_lines_of_a_till_receipt_sum_to_its_subtotal_and_total(kind: str) -> None:
    for seed in SEEDS:
        rows = ring_up(kind, MOMENT, random.Random(seed)).rows
        rules = [index for index, row in enumerate(rows) if isinstance(row, Rule)]
        lines = [money(row.right) for row in rows[rules[0] : rules[1]] if isinstance(row, Pair)]
        added_tax = [money(row.right) for row in rows if isinstance(row, Pair) and row.left.startswith("外税")]
        total = next(money(row.right) for row in rows if isinstance(row, Pair) and row.size > 1)
        assert sum(lines) == value_of(rows, "小計")
        assert sum(lines) + sum(added_tax) == total


@pytest.mark.parametrize("kind", [*sorted(TILLS), "postage", "overseas"])
def test_cash_less_change_is_the_total(kind: str) -> None:
    paid_in_cash = 0
    for seed in SEEDS:
        receipt = roll(kind, seed)
        change = value_of(receipt.rows, "お釣", "おつり", "CHANGE")
        if change is not None:
            given = value_of(receipt.rows, "お預り", "現金", "CASH")
            assert given is not None
            assert given - change == receipt.truth.amount
            paid_in_cash += 1
    assert paid_in_cash > 0


@pytest.mark.parametrize(("kind", "labels"), [("sales_payout", ("販売手数料", "振込手数料")), ("refund_or_payout", ())])
def test_money_that_comes_in_is_income(kind: str, labels: tuple[str, ...]) -> None:
    for seed in SEEDS:
        receipt = roll(kind, seed)
        assert receipt.truth.type == "income"
        if labels:
            deducted = sum(value_of(receipt.rows, label) or 0 for label in labels)
            assert value_of(receipt.rows, "売上小計") == receipt.truth.amount + deducted


def test_a_form_shows_net_and_tax_that_sum_to_the_amount() -> None:
    for seed in SEEDS:
        form = write_receipt("handwritten", MOMENT, random.Random(seed))
        assert isinstance(form, FormReceipt)
        assert money(form.net) + money(form.tax) == money(form.written_amount) == form.truth.amount
        assert form.truth.merchant == form.issuer[0]
        assert form.written_date[0] in {"令和8", "2026"}
        assert form.written_date[1:] == ("1", "7")


def test_every_category_and_currency_of_the_product_occurs() -> None:
    truths = [write_receipt(kind, MOMENT, random.Random(seed)).truth for kind in KINDS for seed in SEEDS]

    assert {truth.category for truth in truths} == {"sale", "purchase", "shipping", "packaging", "fee", "other"}
    assert {truth.currency for truth in truths} == {"JPY", "USD", "GBP"}
    assert all(truth.amount > 0 for truth in truths)
