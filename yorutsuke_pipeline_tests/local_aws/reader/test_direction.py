from __future__ import annotations

import pytest

from yorutsuke_pipeline.local_aws.reader.direction import Direction, find_direction
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines


@pytest.mark.parametrize(
    "lines",
    [
        ["返品・返金伝票", "返金額  ¥4,980"],
        ["お支払通知書", "お振込金額  ¥10,960"],
        ["入金伝票", "入金額  ¥5,000"],
        ["売上票", "売上合計  ¥12,000"],
        ["PAYOUT STATEMENT", "Net payout  $61.34"],
        ["CREDIT NOTE", "TOTAL REFUND  £12.00"],
        ["SALES DEPOSIT", "Deposited to your bank account."],
    ],
)
def test_a_paper_about_money_that_came_in_is_income(lines: list[str]) -> None:
    assert find_direction(plain_lines(lines)) is Direction.INCOME


@pytest.mark.parametrize(
    "lines",
    [
        ["スズランストア", "合計  ¥1,280", "お預り  ¥2,000", "お釣り  ¥720"],
        ["TOTAL  12.00", "GOODS SOLD ARE NOT REFUNDABLE"],
        ["TOTAL  12.00", "STRICTLY NO CASH REFUND."],
        ["Receipts are required for any refund."],
        ["合計  ¥980", "返品・交換はレシート持参で7日以内"],
        ["クレジットカード売上票", "(お客様控え)", "ご利用金額  ¥5,040"],
        ["販売手数料 請求書兼領収書", "上記金額を売上金より領収いたしました。"],
    ],
)
def test_a_purchase_stays_an_expense_whatever_its_terms_mention(lines: list[str]) -> None:
    assert find_direction(plain_lines(lines)) is Direction.EXPENSE
