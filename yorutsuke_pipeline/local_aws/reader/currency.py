"""Which currency the paper is in: signs, codes, and words that only one country prints on its receipts.

Kept out: the figures themselves (``money``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.spelling import has_kana
from yorutsuke_pipeline.local_aws.reader.wording import any_of, lines_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine

USUAL = "JPY"
"""What the product's users mostly hold; said when the paper shows nothing."""

DOLLAR_USUAL = "USD"

_SIGNS: dict[str, re.Pattern[str]] = {
    "JPY": any_of(r"円|¥\s?\d|\bJPY\b|税込|領収|消費税|株式会社|日本|\btokyo\b|\bjapan\b"),
    "MYR": any_of(r"\bRM\b|\bRM\s?\d|\bMYR\b|sdn\.?\s*bhd|malaysia|\bjalan\b|selangor|\bjohor"),
    "GBP": any_of(r"£|\bGBP\b|\bVAT\s?(No|Reg|#|:)|united kingdom|\bLondon\b|scotland|\bUK\b|\.co\.uk"),
    "EUR": any_of(r"€|\bEUR\b|\bTVA\b|\bMwSt|\bUSt\b|\bIVA\b|\bBTW\b|\bGmbH\b|\bSARL\b|\bSIRET\b"),
    "CAD": any_of(
        r"\bC(A|AD)?\$|\bCAD[S$]?\b|\bHST\b|GST#|\b5(\.0+)?\s?% GST|\bPST\b|\bTPS\b|canada|\b(BC|ON|QC|AB)\b\s*$",
        r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|vancouver|toronto|montr[eé]al|calgary",
    ),
    "HKD": any_of(r"HK\$|\bHKD\b|hong ?kong|香港|九[龍龙]|新界|\.hk\b|[a-z]hk\b"),
    "SGD": any_of(r"\bS\$|\bSGD\b|singapore|\bpte\.? ?ltd|\.sg\b"),
    "TWD": any_of(r"NT\$|\bTWD\b|\bNTD\b|taiwan|taipei|台北|台灣|統一編號|統一發票"),
    "CNY": any_of(r"\bRMB\b|\bCNY\b|人民币|北京|上海|微信|支付宝|欢迎|收银|beijing|\bchina\b"),
    "KRW": any_of(r"₩|\bKRW\b|[가-힣]|\bkorea\b|\bseoul\b"),
    "THB": any_of(r"฿|\bTHB\b|\bbaht\b|thailand|bangkok|[ก-๙]"),
    "AUD": any_of(r"\bA\$|\bAUD\b|\bABN\b|australia|\bpty\.? ?ltd|\b(NSW|VIC|QLD)\b"),
    "NZD": any_of(r"NZ\$|\bNZD\b|new zealand|auckland"),
    "INR": any_of(r"₹|\bINR\b|\bRs\.?\s?\d|\bGSTIN\b|\b[CS]GST\b|\bindia\b"),
    "IDR": any_of(r"\bRp\.?\s?\d|\bIDR\b|indonesia|jakarta|\bPPN\b"),
    "PHP": any_of(r"₱|\bPHP\b|philippines|manila|\bVATable"),
    "VND": any_of(r"₫|\bVND\b|vietnam|viet nam"),
    "CHF": any_of(r"\bCHF\b|\bSFr\b|switzerland|zürich|\bMWST-Nr"),
    "USD": any_of(
        r"US\$|\bUSD\b|\bU\.?S\.?A\b|sales ?tax|san francisco|new york|los angeles|las vegas|chicago",
        r",? (CA|NY|TX|WA|FL|IL|MA|NV|OR|PA|NJ|GA|OH|AZ|CO|HI),? ?\d{5}",
    ),
}
_POINTS = 3.0

_DOLLAR = any_of(r"\$\s?\d", r"\btips?\b")
"""A dollar alone is an American one, unless the page says of which country it is."""

_KANA_POINTS = 8.0
"""Kana on two lines make the paper Japanese, whatever foreign words the goods carry."""

_MOST_LINES = 4
"""A sign that stands on every line says no more than one on four."""

_CENTS = re.compile(r"\d\.\d{2}(?!\d)")
"""Prices with cents and no sign at all are no yen; dollars are the likeliest."""


def find_currency(lines: Sequence[TextLine]) -> str:
    """The ISO 4217 code with the most evidence, or :data:`USUAL` where there is none."""
    texts = [line.text for line in lines]
    scores = {code: _POINTS * min(_MOST_LINES, lines_with(signs, texts)) for code, signs in _SIGNS.items()}
    scores[DOLLAR_USUAL] += min(_MOST_LINES, lines_with(_DOLLAR, texts))
    if sum(map(has_kana, texts)) > 1:
        scores["JPY"] += _KANA_POINTS
    best = max(scores, key=lambda code: scores[code])
    if scores[best] > 0:
        return best
    return DOLLAR_USUAL if lines_with(_CENTS, texts) > 1 else USUAL
