"""What the money was for, in the six words of a small seller's books.

Kept out: whether it came in or went out (``direction``), which is asked first.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.direction import Direction
from yorutsuke_pipeline.local_aws.reader.wording import any_of, lines_with

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.reader.items import Item
    from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine


class Category(str, Enum):
    """The product's categories."""

    SALE = "sale"
    PURCHASE = "purchase"
    SHIPPING = "shipping"
    PACKAGING = "packaging"
    FEE = "fee"
    OTHER = "other"


_WORDS: dict[Category, re.Pattern[str]] = {
    Category.SHIPPING: any_of(
        r"ヤマト運輸|クロネコ|佐川|郵便|ゆうパ|レターパック|宅急便|宅配便|運送|運輸|急送|通運|送料|配送料",
        r"切手|書留|小型包装物|追跡便",
        r"\bEMS\b|\bDHL\b|fed ?ex|\bUPS\b|\bUSPS\b|royal mail|pos laju|courier|post office|freight|airmail",
        r"postage|\bstamps?\b|parcel|shipping(?! (box|bag|label|suppl))|delivery charge",
        r"priority mail|first class|tracked|signed for",
    ),
    Category.PACKAGING: any_of(
        r"段ボール|ダンボール|梱包|包装|包材|緩衝材|気泡|プチプチ|OPP",
        r"宅配用封筒|クラフト紙|薄型ケース|送り状ケース",
        r"packag|packing|shipping box|bubble|mailers?\b|carton|cardboard|poly ?bag|kraft|tissue paper|label roll",
    ),
    Category.FEE: any_of(
        r"手数料|システム利用料|月額|年会費|会費|利用料",
        r"(service|selling|listing|transaction|processing|membership) fees?|commission|subscription",
    ),
    Category.OTHER: any_of(
        r"喫茶|珈琲|カフェ|コーヒー|食堂|レストラン|居酒屋|ラーメン|寿司",
        r"タクシー|交通|ハイヤー|鉄道|乗車|運賃|駐車|パーキング|ホテル|旅館|病院|クリニック|美容",
        r"電力|ガス|水道|携帯",
        r"restaurant|restoran|caf[eé]|coffee|bistro|\bbar\b|grill|kitchen|pizza|burger",
        r"seafood|food court|diner?\b|dine in|guests?\b",
        r"taxi|\bcab\b|parking|petrol|diesel|fuel|\bshell\b|litre|railway|gondola|hotel|clinic|telecom|cinema",
    ),
}
"""Asked in this order: a carrier's slip for a box is shipping, not packaging."""

_REFUND = any_of(r"返金", r"返品", r"払い?戻", r"refund")
_MIXED_SHOP = any_of(
    r"百円", r"100円", r"雑貨", r"コンビニ", r"スーパー", r"ドラッグ", r"convenience", r"department", r"dollar"
)
"""Shops that sell of everything: some tape among their goods makes no packaging supplier of them."""

_FEE_HEADING = any_of(
    r"手数料.{0,8}(請求|領収|明細|通知)", r"(利用料|年会費).{0,6}(請求|領収)", r"(commission|fee) (invoice|statement)"
)
_HEADING = 4
"""Lines from the top in which a paper says what it is."""

_ALONE = 0.6
"""The part of the goods that must speak for a category when neither shop nor heading does."""


def find_category(
    lines: Sequence[TextLine], items: Sequence[Item], merchant: str | None, direction: Direction
) -> Category:
    """The shop's name decides, then what most of its goods are, then the words on the rest of the page."""
    text = "\n".join(line.text for line in lines)
    if direction is Direction.INCOME:
        return Category.PURCHASE if _REFUND.search(text) else Category.SALE
    for category, words in _WORDS.items():
        if merchant and words.search(merchant):
            return category
    if merchant and _MIXED_SHOP.search(merchant):
        return Category.PURCHASE
    texts = [line.text for line in lines]
    if lines_with(_FEE_HEADING, texts[:_HEADING]):
        return Category.FEE
    names = [item.name for item in items if item.price > 0]
    for category, words in _WORDS.items():
        if names and lines_with(words, names) >= _ALONE * len(names):
            return category
    return _by_the_page(texts, has_goods=bool(names))


def _by_the_page(texts: Sequence[str], *, has_goods: bool) -> Category:
    """A slip without goods says in its heading or in 但し書き what it is for."""
    if has_goods:
        return Category.OTHER if lines_with(_WORDS[Category.OTHER], texts) > 1 else Category.PURCHASE
    hits = {category: lines_with(words, texts) for category, words in _WORDS.items()}
    best = max(hits, key=lambda category: hits[category])
    return best if hits[best] else Category.PURCHASE
