"""Whether money came in or went out. Almost all receipts are for money that went out; the paper must say otherwise.

Kept out: what the money was for (``category``).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.wording import Wording, any_of, lines_with, worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine


class Direction(str, Enum):
    """The transaction's type, from the side of whoever uploaded the paper."""

    INCOME = "income"
    EXPENSE = "expense"


_SAYS_NOTHING = any_of(
    r"(no|not|non|without|strictly|any|for|policy|within|days).{0,25}(refund|return)",
    r"(refund|return)(able|s? polic|s? (will|are|can|must|within|only|not|need))",
    r"exchange|交換",
    r"(返品|返金).{0,12}(でき|不可|お断り|いたしかね|ご遠慮|は致|期限|以内|の際|場合|条件|はレシート|には)",
    r"(クレジット|カード).{0,6}売上|取引内容",
)
"""Lines that use the words of income without being any: a shop's terms ("goods sold are not refundable" is on a
third of all Malaysian receipts), and card terminals, whose slip for a purchase is called a sales slip in Japan."""

_CAME_IN = (
    worth(4, r"返金", r"返品\s?(伝票|レシート|処理|取引)", r"払い?戻し?", r"取消\s?(伝票|票)", r"赤伝"),
    worth(4, r"\brefund(ed)?\b", r"credit note", r"store credit"),
    worth(4, r"支払通知", r"お?支払(い)?明細", r"振込\s?(金額|額|日|通知)", r"お?振込(み)?(いたし|致し)"),
    worth(4, r"入金(額|通知|伝票|明細|票|のお知らせ|いたし)", r"差引支給", r"給与(明細|支給)"),
    worth(
        4,
        r"\bpay-?out\b",
        r"sales deposit",
        r"\bdeposited\b",
        r"\bpayroll\b",
        r"pay ?slip",
        r"\bnet pay\b",
        r"remittance",
    ),
    worth(4, r"売\s*上\s*(伝\s*)?票", r"売上(明細|金額|合計|報告|入金|代金|計算書)", r"販売代金"),
    worth(4, r"買\s*取\s*(金額|明細|伝票|票|承諾|合計|総額|計算書|証)"),
    worth(3, r"gross sales", r"net (deposit|proceeds)", r"(sales|settlement) (report|statement)", r"amount credited"),
)
_WENT_OUT = (
    worth(3, r"お?預り", r"お?釣", r"おつり", r"change(?!d)", r"\bcash tender", r"お買上"),
    worth(4, r"請求", r"ご利用(金額|額|ありがとう)", r"領\s*収\s*(証|書)"),
    worth(2, r"お客様控え?", r"cardholder"),
)

ENOUGH = 4.0


def find_direction(lines: Sequence[TextLine]) -> Direction:
    """INCOME only if the paper speaks for it more than for a purchase."""
    texts = [line.text for line in lines if not _SAYS_NOTHING.search(line.text)]
    came_in = _strength(texts, _CAME_IN)
    return Direction.INCOME if came_in >= ENOUGH and came_in > _strength(texts, _WENT_OUT) else Direction.EXPENSE


def _strength(texts: Sequence[str], table: Sequence[Wording]) -> float:
    """Words of different meaning add up; the same again adds a little."""
    counts = [(row.points, lines_with(row.pattern, texts)) for row in table]
    return sum(points + 0.5 * min(3, count - 1) for points, count in counts if count)
