"""The shops, carriers and platforms that the sample receipts come from: all invented, by kind.

Kept out: what they sell (`goods`) and how their receipts look (the layouts). Telephone numbers use exchanges that are
not in service, and registration numbers are random, so that nobody real is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


@dataclass(frozen=True)
class Shop:
    """Who issued a receipt, as it introduces itself at the top of the paper."""

    name: str
    branch: str
    address: str
    telephone: str
    registration: str


NAMES: dict[str, tuple[str, ...]] = {
    "convenience": ("デイリーポケット", "ミチクサマート", "こもれびマート", "スズランストア"),
    "supermarket": ("スーパーまつかぜ", "フレッシュやなぎ", "みのり市場", "食品館たちばな"),
    "secondhand": ("古道具ひいらぎ", "リサイクルもぐら堂", "古着屋ナミウチ", "古書つきよみ堂"),
    "hundred_yen": ("百円雑貨ころころ", "ワンコイン雑貨ことり"),
    "drugstore": ("ドラッグ若葉橋", "くすりの白樺"),
    "packaging": ("包装資材ハコリエ", "ダンボール堂つつみ", "包材センター丸北"),
    "carrier": ("ひばり宅配便", "青空運輸", "シロクマ急送"),
    "post_office": ("若葉橋郵便局", "東白樺郵便局", "朝凪郵便局"),
    "taxi": ("さくらんぼ交通", "朝凪第三タクシー", "朝霧ハイヤー"),
    "cafe": ("喫茶ポラリス", "珈琲ひだまり", "カフェ木もれ日"),
    "platform": ("フリマ広場", "ツキノ市場", "オークション縁日"),
    "workshop": ("有限会社 山野木工", "株式会社 北斗商会", "合同会社 灯台舎", "石原古物店"),
}
_BRANCHES = ("駅前店", "北口店", "本町店", "三丁目店", "中央通り店", "川沿い店", "朝凪台店", "若葉橋店")
_TOWNS = ("東京都千代田区朝凪", "神奈川県横浜市若葉", "大阪府大阪市白樺町", "愛知県名古屋市朝霧", "北海道札幌市灯台")


def invent_shop(kind: str, rng: random.Random) -> Shop:
    """Return a shop of `kind` (a key of `NAMES`) with an invented address and numbers."""
    return Shop(
        name=rng.choice(NAMES[kind]),
        branch=rng.choice(_BRANCHES),
        address=f"{rng.choice(_TOWNS)}{rng.randint(1, 5)}-{rng.randint(1, 28)}-{rng.randint(1, 19)}",
        telephone=f"0{rng.choice('3645')}-0{rng.randint(100, 999)}-{rng.randint(1000, 9999)}",
        registration=f"T{rng.randint(1, 9)}{rng.randint(0, 10**12 - 1):012d}",
    )


@dataclass(frozen=True)
class OverseasShop:
    """A shop abroad: its name, its address lines and the words and money it uses."""

    name: str
    lines: tuple[str, ...]
    currency: str
    category: str


OVERSEAS = (
    OverseasShop(
        "MAPLE & PINE THRIFT", ("418 Alder Street", "Portland, OR 97205", "(503) 555-0142"), "USD", "purchase"
    ),
    OverseasShop(
        "HARBOR OFFICE SUPPLY",
        ("77 Dockside Avenue", "Seattle, WA 98101", "(206) 555-0187"),
        "USD",
        "packaging",
    ),
    OverseasShop("BLUEBIRD COFFEE", ("1209 Juniper Blvd", "Austin, TX 78701", "(512) 555-0119"), "USD", "other"),
    OverseasShop("PARCEL POINT SHIPPING", ("55 Mercer Road", "Boston, MA 02110", "(617) 555-0165"), "USD", "shipping"),
    OverseasShop(
        "Foxglove Antiques Ltd",
        ("14 Tanner's Row", "Bristol BS1 4ZZ", "Tel 0117 496 0134"),
        "GBP",
        "purchase",
    ),
    OverseasShop(
        "Thistle Charity Shop",
        ("92 Kirkgate", "Edinburgh EH6 9ZZ", "Tel 0131 496 0178"),
        "GBP",
        "purchase",
    ),
    OverseasShop("Northgate Post Office", ("3 Northgate", "York YO1 9ZZ", "Tel 01904 960 112"), "GBP", "shipping"),
)
