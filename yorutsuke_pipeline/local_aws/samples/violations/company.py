"""The companies of the sample violations: all invented, of place names that are on no map and a trade.

Kept out: what they are said to have done (`offence`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.chance import happens
from yorutsuke_pipeline.local_aws.samples.violations.offence import Area

if TYPE_CHECKING:
    import random

_STEMS = ("Brindle", "Harro", "Calder", "Vex", "Sable", "Dunmar", "Pell", "Quill", "Tarn", "Osk", "Fenni", "Marrow")
_ENDINGS = ("moor", "wick", "fen", "ley", "crest", "row", "worth", "mere", "field", "holt", "gate", "stead")
_TWINS = ("Bros.", "& Sons", "Group", "Partners", "Holdings")
_FORMS = ("LLC", "Inc.", "Corp.", "Co.", "LP", "Ltd.")
_ACCENTED = ("Peñablanca", "Müllerbach", "Côtevigne", "Żelazowski", "São Tibério", "Åkerhjelm", "Núñez-Iriarte", "東雲")
_TRADES = {
    Area.WORKPLACE: ("Roofing", "Construction", "Foundry", "Sawmill", "Packaging", "Steel Erection", "Warehousing"),
    Area.ENVIRONMENT: ("Chemical", "Refining", "Plating", "Galvanizing", "Waste Services", "Solvents", "Terminals"),
    Area.MINING: ("Coal", "Aggregates", "Quarry", "Stone", "Gypsum", "Minerals"),
    Area.MOTOR_CARRIERS: ("Trucking", "Freight Lines", "Hauling", "Logistics", "Transport", "Motor Coach"),
    Area.FOOD_AND_DRUG: ("Dairy", "Seafood", "Bakery", "Nutrition", "Pharma", "Produce", "Devices"),
    Area.SECURITIES: ("Capital", "Asset Management", "Securities", "Advisors", "Energy Trust", "Biosciences"),
    Area.CONSUMER_FINANCE: ("Lending", "Mortgage", "Collections", "Auto Finance", "Credit", "Remittance"),
    Area.COMMUNICATIONS: ("Broadcasting", "Telecom", "Wireless", "Voice", "Radio", "Cable"),
    Area.VEHICLES: ("Motors", "Trailer Works", "Tire", "Auto Parts", "Coachworks", "Airbag Systems"),
    Area.PRODUCTS: ("Toys", "Appliances", "Furniture", "Outdoor Goods", "Juvenile Products", "Lighting"),
}


def invent_company(area: Area, rng: random.Random) -> str:
    """Return the name of an invented company whose trade fits `area`."""
    root = rng.choice(_STEMS) + rng.choice(_ENDINGS)
    return _with_trade(root, area, rng)


def invent_foreign_company(area: Area, rng: random.Random) -> str:
    """Return the name of an invented company that plain ASCII cannot write."""
    return _with_trade(rng.choice(_ACCENTED), area, rng)


def _with_trade(root: str, area: Area, rng: random.Random) -> str:
    twin = f" {rng.choice(_TWINS)}" if happens(25, rng) else ""
    return f"{root} {rng.choice(_TRADES[area])}{twin} {rng.choice(_FORMS)}"
