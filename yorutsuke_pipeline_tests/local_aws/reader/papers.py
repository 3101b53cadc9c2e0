"""Invented receipts as lines of text, in the layouts that real tills, terminals and platforms print.

Two blanks part what stands apart on the paper. Kept out: pictures, and what the rules make of these.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """The text of one receipt and what a person reads on it."""

    name: str
    text: str
    amount: str
    date: str
    merchant: str
    currency: str = "JPY"
    type: str = "expense"

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.strip().splitlines() if line.strip()]


JAPANESE = (
    Paper(
        "a convenience store with reduced tax, paid from a prepaid card",
        """
コモレビ-マート
千代田朝凪店
東京都千代田区朝凪1-2-3
電話:03-0123-4567  レジ#2
2024年05月18日(土) 12:34  責061
領収書
手巻おにぎり 紅しゃけ  *140
からあげ棒  *220
小計(税抜 8%)  ¥360
消費税等( 8%)  ¥28
合計  ¥388
(税率 8%対象  ¥388)
(内消費税等 8%  ¥28)
プリペイド支払  ¥388
残高  ¥4,612
お買上明細は上記のとおりです。
""",
        "388",
        "2024-05-18",
        "コモレビ-マート",
    ),
    Paper(
        "a spaced label, cash and change, points after it",
        """
スズラン ストア
朝霧二丁目店
愛知県名古屋市朝霧区2-10
TEL 052-000-1234
登録番号 T1234567890123
2023年11月 3日(金) 18:05
レジ 1-4021  担当 佐藤
【 領 収 証 】
牛乳1L  228軽
ボールペン  132
合  計  ¥360
( 8%対象  ¥228)
(10%対象  ¥132)
(内消費税額  ¥28)
お預り  ¥1,000
お釣  ¥640
ポイント残高  1,250P
今回ポイント  3P
""",
        "360",
        "2023-11-03",
        "スズラン ストア",
    ),
    Paper(
        "a restaurant with a two digit year and no yen sign on the total",
        """
居酒屋 とうろう
TEL 06-0123-9876
24/06/01 19:22  卓 12  3名
生ビール  3  1,650
枝豆  1  380
焼鳥盛合せ  1  1,280
小計  3,310
外税  331
合計金額  3,641
現金  5,000
お釣り  1,359
またのご来店をお待ちしております
""",
        "3641",
        "2024-06-01",
        "居酒屋 とうろう",
    ),
    Paper(
        "a card slip, which is called a sales slip and is still an expense",
        """
クレジットカード売上票
(お客様控え)
加盟店名:ひいらぎ燃料 本町SS
電話番号:03-0456-1111
ご利用日:2024/02/29 07:45:10
伝票番号:00123
カード会社:VISA
会員番号:************1234
有効期限:XX/XX
取引内容:売上
支払区分:一括
金額  ¥5,040
合計金額  ¥5,040
承認番号 0654321
""",
        "5040",
        "2024-02-29",
        "ひいらぎ燃料 本町SS",
    ),
    Paper(
        "a hand-written form with the issuer at the foot",
        """
領 収 証  No.0042
夜付商店  様
令和6年3月1日
金額  ¥5,500-
但  お品代として
上記正に領収いたしました
内訳  有限会社 山野木工
税抜金額  ¥5,000  京都府京都市白樺町4-5-6
消費税額等  ¥500  TEL 075-000-1212
""",
        "5500",
        "2024-03-01",
        "有限会社 山野木工",
    ),
    Paper(
        "an era written as a letter",
        """
朝凪郵便局
〒100-0001
東京都千代田区朝凪5-1
TEL 03-0999-0000
R06.12.24 09:15
第一種定形外
120円  3通  ¥360
レターパック  ¥430
小計  ¥790
合計  ¥790
お預り金額  ¥1,000
おつり  ¥210
""",
        "790",
        "2024-12-24",
        "朝凪郵便局",
    ),
    Paper(
        "a payout of a platform, less its commission",
        """
売上金 振込明細書
フリマ広場株式会社
東京都千代田区灯台2-2
登録番号 T9876543210987
振込日  2024年4月30日
対象期間  2024年4月1日~2024年4月15日
売上合計  ¥12,400
販売手数料  -¥1,240
振込手数料  -¥200
振込金額  ¥10,960
""",
        "10960",
        "2024-04-30",
        "フリマ広場株式会社",
        type="income",
    ),
    Paper(
        "a refund slip",
        """
古着屋ナミウチ
北口店
TEL 03-0777-2222
2024年7月8日(月) 15:01
返品伝票
返品 デニムジャケット  -4,980
返金合計  ¥4,980
現金返金  ¥4,980
""",
        "4980",
        "2024-07-08",
        "古着屋ナミウチ",
        type="income",
    ),
    Paper(
        "a purchase whose terms mention returns",
        """
リサイクルもぐら堂
三丁目店
TEL 011-000-9999
2024年09月15日 11:20
ガラス花瓶  ¥1,650
合計  ¥1,650
(内消費税10%  ¥150)
電子マネー  ¥1,650
電子マネー残高  ¥8,350
返品・交換はレシート持参で7日以内に限ります
""",
        "1650",
        "2024-09-15",
        "リサイクルもぐら堂",
    ),
    Paper(
        "a discount after the subtotal and a coupon's date",
        """
くすりの白樺
川沿い店
TEL 045-000-3333
2024/10/10(木) 20:44
目薬  698
絆創膏  328
小計  2点  1,026
割引  10%  -102
合計  ¥924
うち消費税  ¥84
クーポン有効期限 2024/12/31
""",
        "924",
        "2024-10-10",
        "くすりの白樺",
    ),
)

ABROAD = (
    Paper(
        "an American restaurant that suggests tips",
        """
JUNIPER DINER
418 Alder Street
Portland, OR 97205
(503) 555-0142
Server: Kim  Table 7
03/04/2023 7:41 PM
2 Club Sandwich  27.00
1 Lemonade  4.50
Subtotal  31.50
Tax  2.52
Total  34.02
Suggested Tip
18% = 5.67
20% = 6.30
Thank you!
""",
        "34.02",
        "2023-03-04",
        "JUNIPER DINER",
        "USD",
    ),
    Paper(
        "a British shop with the day first and a loyalty balance",
        """
FOXGLOVE FOODS
Tanner's Row
Bristol BS1 4ZZ
VAT No: 123 4567 89
Bread  £1.20
Cheddar  £3.75
TOTAL  £4.95
VISA DEBIT  £4.95
CHANGE DUE  £0.00
Points balance 1,204
04/03/2023 17:55
""",
        "4.95",
        "2023-03-04",
        "FOXGLOVE FOODS",
        "GBP",
    ),
    Paper(
        "a German shop with commas for points",
        """
Backhaus Lindner GmbH
Marktplatz 3
10115 Berlin
Vollkornbrot  4,20 A
Kaffee  2,80 B
SUMME EUR  7,00
Bar EUR  10,00
Rückgeld EUR  3,00
MwSt A 7%  0,27
MwSt B 19%  0,45
12.05.2022 08:14
""",
        "7.00",
        "2022-05-12",
        "Backhaus Lindner GmbH",
        "EUR",
    ),
    Paper(
        "a French bill with the tax inside",
        """
Boulangerie du Pont
12 rue des Lilas
75011 Paris
Le 05/02/2023 à 12:31
Formule midi  13,90
Café  2,10
TOTAL TTC  16,00 €
dont TVA 10%  1,45 €
CB  16,00 €
Merci de votre visite
""",
        "16.00",
        "2023-02-05",
        "Boulangerie du Pont",
        "EUR",
    ),
    Paper(
        "a Malaysian shop with rounding and a tax summary",
        """
KEDAI BUKU CAHAYA SDN BHD
(123456-X)
NO. 12, JALAN MAWAR 3
43000 KAJANG, SELANGOR
TEL: 03-8000 1234
GST ID : 000123456789
TAX INVOICE
Date : 05/06/2017 14:22
EXERCISE BOOK  2 x 3.50  7.00 SR
PEN BLUE  1 x 1.93  1.93 SR
Sub Total  8.93
Rounding Adj  0.02
Total Incl. GST 6%  8.95
CASH  10.00
CHANGE  1.05
GST Summary  Amount(RM)  Tax(RM)
SR 6%  8.42  0.51
Goods sold are not refundable
""",
        "8.95",
        "2017-06-05",
        "KEDAI BUKU CAHAYA SDN BHD",
        "MYR",
    ),
    Paper(
        "a bank slip of a card terminal with the amount under its label",
        """
HARBOR PARKING
77 Dockside Avenue
Seattle, WA 98101
Entry: 08/28/2022 09:10
Exit: 08/29/2022 18:02
Amount:
$24.00
Card: ************2825
AUTH 004321
Thank you
""",
        "24.00",
        "2022-08-29",
        "HARBOR PARKING",
        "USD",
    ),
    Paper(
        "a payout statement in dollars",
        """
Bazaarly Marketplace
PAYOUT STATEMENT
Date  Mar 2, 2024
Payout ID  PO-204811
Brass Lamp  $48.00
Tea Cup Set  $22.50
Gross sales  $70.50
Selling fees  -$9.16
Net payout  $61.34
Deposited to your bank account.
""",
        "61.34",
        "2024-03-02",
        "Bazaarly Marketplace",
        "USD",
        "income",
    ),
    Paper(
        "a Singapore food court",
        """
LAKSA HOUSE PTE LTD
Blk 12 Orchard Link #01-23
Singapore 238801
GST Reg No: 201234567K
Rcpt 1182  21 Aug 2023 13:05
1 Laksa  6.80
1 Teh Tarik  2.20
Subtotal  9.00
10% Svc Chg  0.90
8% GST  0.79
TOTAL  S$10.69
NETS  10.69
""",
        "10.69",
        "2023-08-21",
        "LAKSA HOUSE PTE LTD",
        "SGD",
    ),
    Paper(
        "a Canadian grocer, tendered by card",
        """
MAPLE FRESH
1766 Robson St, Vancouver BC
GST# 895588788RT0001
Peanut Butter  $4.49
Apples  $5.82
SUBTOTAL  $10.31
5% GST  $0.52
TOTAL  $10.83
MasterCard TENDER  $10.83
Cash CHANGE  $0.00
Your Total Savings  $0.50
DATE 08/28/2018 TIME 13:21:54
""",
        "10.83",
        "2018-08-28",
        "MAPLE FRESH",
        "CAD",
    ),
)
