"""What the words beside a figure say about it: how much each label speaks for or against "this is the total".

Of the words that speak for, the strongest counts; all those against are added. The points were tuned on real scans
of several countries and on invented Japanese receipts.

Kept out: weighing labels against size, repeats and arithmetic (``amount``).
"""

from __future__ import annotations

import re

from yorutsuke_pipeline.local_aws.reader.wording import any_of, points_of, worth

FOR = (
    worth(12.5, r"差引支給", r"振込み?\s?(金額|額)", r"net\s?(pay|deposit|payout|proceeds)"),
    worth(11, r"(総|税込)\s?合\s?計", r"合\s?計\s?\(?\s?税込", r"税込\s?(総額|金額)", r"領\s?収\s?(金\s?)?額"),
    worth(11, r"お?買\s?上げ?\s?(合計|計|額|金額)", r"ご?請求\s?(金額|額|合計)", r"お?支払い?\s?(総額|金額|額|合計)"),
    worth(11, r"(ご?利用|お?取引)\s?(金額|額|合計)", r"お?会計\s?(金額|額|合計)?$", r"現\s?計|払込金額"),
    worth(11, r"(返金|払戻し?|返品)\s?(金額|額|合計|計)", r"入金\s?(金額|額|合計)"),
    worth(11, r"(grand|final)\s?total", r"net+\s?(total|amt|amount)", r"rounded\s?total"),
    worth(11, r"total\s?((amount|amt)\s?)?(due|payable|paid|to\s?pay)", r"total\s?(amount\s?)?(rounded|collected)"),
    worth(11, r"(amount|amt|balance)\s?(due|payable|to\s?pay)", r"total\s?refund", r"refund\s?(total|amount)"),
    worth(11, r"(payout|deposit)\s?(total|amount)?$"),
    worth(10, r"[合台含]\s?[計汁]|総\s?[額計]", r"合计|總\s?計|总计|應付|应付|實收|实收|單總額"),
    worth(10, r"売上\s?(合計|金額|額)", r"ご?宿泊(料金)?合計", r"결제\s?금액", r"합\s?계", r"총\s?액", r"받을\s?금액"),
    worth(10, r"[aà]\s?payer", r"\bttc\b", r"gesamtbetrag", r"zu\s?zahlen", r"total\s?a\s?pagar", r"da\s?pagare"),
    worth(10, r"totaal", r"te\s?betalen", r"to\s?pay\b", r"after\s?rounding"),
    worth(10, r"tota[il1]\s?(sales?\s?)?(amount|amt)?\s?[\[(]?\s?(incl|inc\b|with|w/)"),
    worth(9, r"\b[tf][o0][tf][ao][il1]\b", r"\bttl\b", r"\btl\b", r"\bjumlah\b", r"\bmontant\b", r"\bsumme\b"),
    worth(9, r"\bgesamt", r"\btotale\b", r"\bimporte\b"),
    worth(7, r"^(ご?請求|代金|料金|運賃|乗車料金|駐車料金|お代)\s?(合計|計)?$"),
    worth(7, r"\bamount\b", r"\bbalance\b", r"\bamt\b", r"\bpaid\b", r"\bcharged?\b"),
    worth(8, r"^お?支払い?$", r"^\(?税込\)?$", r"(通行|利用|受診)料金?$", r"(invoice|order|bill|fuel|sales?) total"),
    worth(6, r"^\s?計\s?$", r"^金\s?額?\s?也?$", r"^計\s", r"ご?決済(金額|額)"),
    # How it was paid repeats the total, unless change was given.
    worth(4, r"visa", r"master\s?card", r"amex", r"\bcard\b", r"credit", r"debit", r"paypay", r"suica", r"nets\b"),
    worth(4, r"クレジット", r"カード", r"電子マネー", r"現金", r"\bcash\b"),
)

AGAINST = (
    worth(-6, r"小\s?[計汁]", r"sub[\s-]?to[ti]", r"sub[\s-]?ttl", r"\bnet\b(?!.*(total|pay|amount|amt|deposit))"),
    worth(-8, r"税(?!込)", r"(?<!込)対象", r"\b(vat|hst|pst|tva|iva)\b", r"\btax(?!\s?inv)\b"),
    worth(-8, r"mwst", r"\bbtw\b", r"부가세", r"과세"),
    worth(-6, r"\bgst\b(?!.*in[ck]l?)", r"service\s?(charge|chg)", r"サービス料"),
    worth(-9, r"excl", r"exc\b", r"before", r"税抜", r"税別", r"本体", r"w/?o\s?gst", r"zero\s?rated", r"supplies"),
    worth(-9, r"includes", r"included\s?in"),
    worth(-11, r"change(?!d)|baki|rückgeld|rendu|cambio", r"釣|おつり|找續|找零|거스름"),
    worth(-8, r"預\s?り", r"預か", r"お預", r"tender", r"received", r"receive\b", r"cash\s?paid", r"paid\s?amount"),
    worth(-8, r"入金(?!額|金額|合計)", r"投入"),
    worth(
        -9, r"discount", r"saving", r"saved", r"値\s?引", r"割\s?引", r"クーポン", r"coupon", r"voucher", r"\bless\b"
    ),
    worth(-9, r"\boff\b", r"promotion"),
    worth(-6, r"rounding", r"\bround\s?adj", r"端数"),
    worth(-10, r"point", r"ポイント", r"残\s?高", r"\bpts\b", r"マイル", r"opening", r"closing", r"previous", r"stamp"),
    worth(-10, r"前回", r"繰越", r"累計"),
    worth(-9, r"\bqty", r"quantity", r"\bitems?\b", r"点数", r"お?買上点", r"個数", r"数量", r"\bcount\b", r"\bpcs\b"),
    worth(-9, r"pax", r"guests?", r"人数"),
    worth(
        -10,
        r"\btel\b",
        r"電話",
        r"\bfax\b",
        r"登録番号",
        r"番号",
        r"〒",
        r"table",
        r"ticket",
        r"\border\s?(no|id)",
        r"\bid\b",
    ),
    worth(-10, r"\bno\.?\s?[:#]", r"#\s?\d", r"invoice\s?no", r"receipt\s?no"),
    worth(-10, r"summary", r"単\s?価", r"unit\s?price", r"u/price", r"@"),
    worth(-9, r"suggest", r"gratuity guide", r"対象期間"),
    worth(-4, r"deposit\s?(used|paid)", r"手付", r"内金", r"\btips?\b"),
    worth(-6, r"仮払", r"源泉", r"控除", r"deduct"),
)

# What a figure may bear witness to.
GIVEN = any_of(r"預\s?り|預か|お預|現\s?金|投入", r"tender|received|\bcash\b|paid amount|amount paid")
CHANGE = any_of(r"change(?!d)|baki|rückgeld|rendu|cambio", r"釣|おつり|找續|找零|거스름")
ROUNDING = any_of(r"round", r"端数")
SUBTOTAL = any_of(r"小\s?[計汁]", r"sub[\s-]?to", r"excl", r"税抜合?計", r"\bnet\b", r"\bgross\b", r"売上(小計|合計)")
TAX = any_of(r"税(?!込|抜)", r"\bvat\b", r"\bgst\b", r"\btax\b", r"service\s?(charge|chg)", r"サービス料", r"\btips?\b")
REDUCTION = any_of(r"discount|saving|coupon|promotion", r"値\s?引|割\s?引|クーポン|ポイント利用|利用ポイント")
FEE = any_of(r"手数料", r"\bfees?\b", r"commission", r"控除")
TAX_SUMMARY = any_of(r"(gst|tax|vat)\s?(code\s?)?summary", r"tax\s?code", r"^\(?税率", r"税率別", r"内訳")

_WITH_TAX = any_of(
    r"in[ck1]l?[a-z]*\.?\s*(of\s*)?(\d+\s?%\s*)?(gst|sst|tax|vat)(\s?@?\s?\d+\s?%?)?",
    r"(gst|sst|tax|vat)\s?in[ck]l[a-z]*",
)
"""A total *with* tax names the tax too, and means the total: these words are taken as one before the tables."""


def points(words: str) -> float:
    """How much these words speak for the total; 0 for words that say nothing either way."""
    words = re.sub(_WITH_TAX, " incl ", words)
    spoken_for = max((row.points for row in FOR if row.occurs_in(words)), default=0.0)
    return spoken_for + points_of(AGAINST, words)
