"""The words by which a merchant's name is told from what surrounds it on the paper: companies, shops, addresses.

Kept out: the weighing of place, size and repeats (``merchant``), and any list of shops by name.
"""

from __future__ import annotations

import re

from yorutsuke_pipeline.local_aws.reader.wording import any_of, worth

NAMES = (
    worth(
        6.0,
        r"株式会社|有限会社|合同会社|\(株\)|\(有\)|有限公司",
        r"s[do][nm]\.?\s*,?b[hn]d|\bbhd\b|\bs/b\b|\bS\.?B\.?\b\s*(\(|$)|perniagaan|syarikat",
        r"\bpte\b|\bltd\b|\blimited\b|\binc\b\.?$|\bllc\b|\bcorp\b|\bplc\b|\bco\.(,|\s\()|enterprise|\bholdings\b|\btrading\b",
        r"\bgmbh\b|\bs\.?a\.?r\.?l\b",
    ),
    worth(
        2.5,
        r"restaurant|restoran|\bcaf[eé]\b|coffee|\bbar\b|\bgrill\b|kitchen|bistro|\bpizza|burger|bakery|bakeries|boulangerie",
        r"stationery|\bbooks?|\bmart\b|market|\bstores?\b|shop$|\bkedai\b|pharmacy|hardware|electrical|boutique",
        r"\bhotel\b|salon|clinic|post office",
        r"商店|ストア|スーパー|マート|カフェ|コーヒー|珈琲|喫茶|食堂|酒店|書店|本舗|堂$|屋$",
        r"郵便局|薬局|ドラッグ|タクシー|交通|運輸|ホテル",
    ),
    worth(-1.0, r"店$"),  # mostly the branch, below the name
    worth(3.0, r"^(加盟店名?|店舗?名|発行者|会社名|merchant( name)?|store( name)?)\s?:"),
)

SURROUNDINGS = (
    worth(
        -9.0,
        r"領\s?収\s?[書証]|レシート|明細|納品書|請求書|伝票|お客様控|控え?$|通知書|計算書",
        r"receipt|invoice|\bbill\b|statement|\bcopy\b",
    ),
    worth(
        -9.0,
        r"ありがとう|いらっしゃい|ようこそ|毎度|またの|お待ち|お買い?上",
        r"welcome|thank|please|come again|terima|\bsave\b|\bvisit|enjoy|\btq\b",
    ),
    worth(
        -9.0,
        r"\btel\b|te[l1]\s?[:.]|phone|電話|\bfax\b|hotline|whatsapp|e-?mail|@|www\.|http|\.com",
        r"登録番号|\b(gst|vat|tax|abn|reg|co)\b.{0,8}(no|id|reg|#)",
    ),
    worth(
        -9.0, r"\d\s*年\s*\d|\d\s*月\s*\d|\d日$|^(発行|支払|振込|取引|利用|受付|購入|入金|返金)日|番号|^令和|\d:\d\d"
    ),
    worth(
        -8.0,
        r"様|御中|担当|レジ|責任者|車番",
        r"cashier|server|operator|\bhost\b|table|guests?\b|\border\b|\bstation\b|terminal|\btill\b|\bclerk\b|served",
    ),
    worth(
        -8.0,
        r"日付|日時|合計|小計|税|取引|運賃|上記|として|正に",
        r"\bdate\b|\btime\b|total|amount|\bqty\b|\bitem\b|price|cash\b(?!\s?(&|and))|\bsales?\b|merchant id|\btrans",
    ),
    worth(
        -3.0,
        r"営業時間|本日|会員|お客|ポイント|再発行|印紙|但し|内訳|之印|之\b|之$",
        r"no\.$|member|customer|\bowned by\b|duplicate",
    ),
)

ADDRESS = (
    worth(-7.0, r"〒|[都道府県].{1,8}[市区郡町村]|^.{1,6}[市区].{1,8}\d|丁目|番地|\d-\d+-\d|ビル|\d\s?[F階]$"),
    worth(
        -7.0,
        r"\bno\.?\s?\d|\blots?\b|\bsuite\b|\bfloor\b|\bground\b|\blevel\b|\b\d{5}\b",
        r"\broad\b|\brd\b|\bstreet\b|\bst\.?$|\bave(nue)?\b|\bblvd\b|\bdrive\b|\bdr\b|\brue\b",
        r"\bjalan\b|\bjl?n\b|\btaman\b|\blebuh\b|\bbandar\b|\bseksyen\b|\bpersiaran\b|\bkawasan\b|\blorong\b|\bbatu\b",
    ),
    worth(-7.0, r"selangor|\bjohor|kuala lumpur|(?<!\()\bkl\b|\bmall\b|\bplaza\b|\bcentre,"),
    worth(-7.0, r"[A-Z]\d[A-Z] ?\d[A-Z]\d|\b[A-Z]{1,2}\d{1,2} ?\d[A-Z]{2}\b|,\s?[A-Z]{2}\b"),  # post codes, states
)

CONTACT = any_of(
    r"\btel\b|te[l1]\s?[:.]|phone|電話|登録番号",
    r"\(\d{3}\) ?\d{3}|\d{3}[.-]\d{3}[.-]\d{4}|0\d{1,3}-\d{2,4}-\d{4}",
    r"〒|[都道府県].{1,8}[市区郡町村]",
    r"\bjalan\b|\b(street|road|avenue|ave|st|rd|blvd)\b\.?(,|$)|\b[A-Z]{2} \d{5}\b",
)
"""Whoever issued the paper says below the name how to be reached; whom it is addressed to does not."""

ADDRESSEE = any_of(r"様\s*$", r"御中")

LABELLED = re.compile(r"^(加盟店名?|店舗?名|発行者|会社名|merchant( name)?|store( name)?)\s?:\s?", re.IGNORECASE)

SUFFIX_ALONE = re.compile(
    r"^\W*(\(\w{1,3}\)\s*)?"
    r"(sdn\.?\s*bhd\.?|s/b|pte\.?\s*ltd\.?|ltd\.?|limited|inc\.?|llc|enterprise|trading|株式会社)\W*$",
    re.IGNORECASE,
)
"""The rest of a name that was too long for its line."""

REGISTRATION = re.compile(
    r"\s*[\[(]?\s?(co\.?\s?(reg|no)[^)]*|[A-Z]{0,3}\d{4,}[\s-]?[A-Z]?)\s?[\])]?.*$", re.IGNORECASE
)
"""The company's number behind its name, and all that follows."""

SDN = re.compile(r"\bS[O0]N(?=\.?\s?BHD)")
"""The D of Sendirian, as thermal printers and their readers often have it."""

DECORATION = " *☆★■□◆◇●○・.,:;-_=~|《》«»<>「」【】[]/#"
