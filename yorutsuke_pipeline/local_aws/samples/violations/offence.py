"""What an agency can find: the type of a violation, the rule that it breaks, and what was seen.

The rules are real sections of the Code of Federal Regulations and the United States Code, so that the rows look as they
would in life; who broke them is invented. Kept out: the offences themselves (`site_offences`, `record_offences`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Area(str, Enum):
    """What an agency watches over."""

    WORKPLACE = "workplace"
    ENVIRONMENT = "environment"
    MINING = "mining"
    MOTOR_CARRIERS = "motor carriers"
    FOOD_AND_DRUG = "food and drug"
    SECURITIES = "securities"
    CONSUMER_FINANCE = "consumer finance"
    COMMUNICATIONS = "communications"
    VEHICLES = "vehicles"
    PRODUCTS = "products"


@dataclass(frozen=True)
class Offence:
    """One type of violation, the section that it breaks, and a finding without its closing stop.

    A finding's `{n}` stands for a count from 3 to 60, `{big}` for one from 120 to 48,000, `{height}` for feet.
    """

    name: str
    section: str
    finding: str
