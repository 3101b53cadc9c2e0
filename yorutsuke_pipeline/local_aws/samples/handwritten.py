"""The 領収書 that a small shop fills in by hand: the words for each line of the form.

Kept out: the form itself and the strokes of the pen (`form`, `pen`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.chance import happens
from yorutsuke_pipeline.local_aws.samples.notation import reiwa_year
from yorutsuke_pipeline.local_aws.samples.receipt import FormReceipt, ReceiptTruth
from yorutsuke_pipeline.local_aws.samples.shops import invent_shop

if TYPE_CHECKING:
    import datetime as dt
    import random

_PURPOSES = (("お品代", "purchase"), ("古物代", "purchase"), ("梱包材代", "packaging"), ("運送料", "shipping"))


def fill_in_form(moment: dt.datetime, rng: random.Random) -> FormReceipt:
    """Return a 領収書 over a round sum, dated in 令和 years or western ones."""
    shop = invent_shop("workshop", rng)
    day = moment.date()
    total = rng.randint(12, 480) * 100
    tax = total * 10 // 110
    purpose, category = rng.choice(_PURPOSES)
    year = f"令和{reiwa_year(day)}" if happens(60, rng) else str(day.year)
    return FormReceipt(
        truth=ReceiptTruth(Decimal(total), "JPY", day, shop.name, "expense", category),
        written_date=(year, str(day.month), str(day.day)),
        written_amount=f"¥{total:,}-",
        addressee=rng.choice(("上", "夜付商店", "古物のアオイ")),
        purpose=purpose,
        net=f"¥{total - tax:,}",
        tax=f"¥{tax:,}",
        issuer=(shop.name, shop.address, f"TEL {shop.telephone}", f"登録番号 {shop.registration}"),
        number=f"{rng.randint(1, 999):04d}",
    )
