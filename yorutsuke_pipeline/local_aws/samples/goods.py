"""What the invented shops sell: names and shelf prices, by kind of shop.

Kept out: choosing and adding up (`basket`). A price is in whole yen, or in cents and pence for the shops abroad.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """One article; `reduced` marks food, which bears Japan's 8 % consumption tax instead of 10 %."""

    name: str
    price: int
    reduced: bool = False


def _food(prices: dict[str, int]) -> tuple[Good, ...]:
    return tuple(Good(name, price, reduced=True) for name, price in prices.items())


def _ware(prices: dict[str, int]) -> tuple[Good, ...]:
    return tuple(Good(name, price) for name, price in prices.items())


GOODS: dict[str, tuple[Good, ...]] = {
    "convenience": (
        *_food(
            {
                "手巻おにぎり鮭": 150,
                "緑茶600ml": 158,
                "ミックスサンド": 328,
                "肉まん": 160,
                "低脂肪牛乳": 198,
                "のど飴": 216,
            }
        ),
        *_food({"幕の内弁当": 598, "アイスコーヒーR": 140, "バウムクーヘン": 248, "カップ麺しょうゆ": 231}),
        *_ware({"レジ袋M": 5, "ボールペン黒": 132, "単3電池4本": 548, "クリアファイル": 220, "マスク7枚": 398}),
    ),
    "supermarket": (
        *_food(
            {
                "国産豚こま切れ": 438,
                "木綿豆腐": 78,
                "長ねぎ": 178,
                "たまご10個": 258,
                "食パン6枚": 158,
                "りんごふじ": 398,
            }
        ),
        *_food({"牛乳1L": 228, "鮭切身2切": 498, "玉ねぎ": 198, "ヨーグルト": 168, "うどん3食": 218, "納豆3P": 98}),
        *_ware({"食器用洗剤": 198, "ラップ30cm": 248, "台所スポンジ": 128, "布テープ": 298}),
    ),
    "secondhand": _ware(
        {
            "小皿五枚組": 1200,
            "真鍮の燭台": 2800,
            "文庫本": 220,
            "デニムジャケット": 4980,
            "フィルムカメラ": 8800,
            "木製スツール": 3500,
            "レコードLP": 1100,
            "腕時計ジャンク": 3300,
            "ガラス花瓶": 1650,
        }
    ),
    "hundred_yen": _ware(
        {
            "OPP袋A4": 110,
            "緩衝材ロール": 110,
            "宛名ラベル": 110,
            "はさみ": 110,
            "梱包用ひも": 110,
            "収納箱": 330,
            "油性ペン": 110,
        }
    ),
    "drugstore": (
        *_ware({"目薬": 698, "絆創膏20枚": 328, "ハンドソープ": 298, "洗濯洗剤詰替": 438, "歯ブラシ": 178}),
        *_food({"栄養ドリンク": 198, "ビタミンゼリー": 168, "麦茶2L": 128}),
    ),
    "packaging": _ware(
        {
            "段ボール60サイズ": 98,
            "段ボール80サイズ": 148,
            "宅配用封筒A4": 42,
            "気泡緩衝材10m": 680,
            "OPPテープ5巻": 895,
            "クラフト紙50枚": 520,
            "薄型ケース10枚": 760,
            "送り状ケース": 330,
        }
    ),
    "cafe": _ware(
        {
            "ブレンドコーヒー": 480,
            "カフェラテ": 560,
            "チーズケーキ": 520,
            "ナポリタン": 980,
            "紅茶ポット": 620,
            "たまごサンド": 720,
        }
    ),
    "purchase": _ware(
        {
            "Wool Scarf": 1250,
            "Brass Lamp": 4800,
            "Paperback x1": 399,
            "Tea Cup Set": 2250,
            "Picture Frame": 850,
            "Vinyl Record": 1199,
            "Leather Bag": 3650,
        }
    ),
    "packaging_abroad": _ware(
        {
            "Shipping Box 12x9": 249,
            "Bubble Wrap 30ft": 1179,
            "Packing Tape 3pk": 899,
            "Poly Mailers 25ct": 1349,
            "Label Roll": 725,
        }
    ),
    "other": _ware(
        {"Latte 12oz": 475, "Drip Coffee": 325, "Blueberry Muffin": 395, "Bagel w/ Cream": 450, "Iced Tea": 350}
    ),
    "shipping": _ware(
        {
            "Parcel Tracked 48": 445,
            "Small Parcel 2kg": 620,
            "Large Letter 1st": 315,
            "Signed For": 170,
            "Intl Tracked": 1285,
        }
    ),
}
