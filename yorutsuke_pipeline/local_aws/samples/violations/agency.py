"""The agencies that issue the sample violations: real names, so that filters by agency look as they would in life.

Kept out: what they find (`offence`) and how much they fine (`fine`, from the median given here).
"""

from __future__ import annotations

from dataclasses import dataclass

from yorutsuke_pipeline.local_aws.samples.violations.offence import Area


@dataclass(frozen=True)
class Agency:
    """Who issues violations.

    Attributes:
        initials: The first part of its violations' ids.
        weight: How many of a hundred rows are its own, about.
        median_fine: USD; half of its fines are higher.
        state: The only state that it acts in, for a state's own agency.
    """

    initials: str
    name: str
    area: Area
    weight: int
    median_fine: int
    state: str | None = None


AGENCIES = (
    Agency("OSHA", "Occupational Safety and Health Administration", Area.WORKPLACE, 20, 12_000),
    Agency("EPA", "Environmental Protection Agency", Area.ENVIRONMENT, 13, 62_000),
    Agency("MSHA", "Mine Safety and Health Administration", Area.MINING, 10, 3_500),
    Agency("FMCSA", "Federal Motor Carrier Safety Administration", Area.MOTOR_CARRIERS, 10, 7_200),
    Agency("FDA", "Food and Drug Administration", Area.FOOD_AND_DRUG, 8, 28_000),
    Agency("SEC", "Securities and Exchange Commission", Area.SECURITIES, 7, 240_000),
    Agency("CFPB", "Consumer Financial Protection Bureau", Area.CONSUMER_FINANCE, 5, 310_000),
    Agency("FCC", "Federal Communications Commission", Area.COMMUNICATIONS, 5, 21_000),
    Agency("NHTSA", "National Highway Traffic Safety Administration", Area.VEHICLES, 4, 180_000),
    Agency("CPSC", "Consumer Product Safety Commission", Area.PRODUCTS, 4, 130_000),
    Agency("TCEQ", "Texas Commission on Environmental Quality", Area.ENVIRONMENT, 3, 16_000, "TX"),
    Agency("DTSC", "California Department of Toxic Substances Control", Area.ENVIRONMENT, 3, 45_000, "CA"),
    Agency("DFS", "New York State Department of Financial Services", Area.CONSUMER_FINANCE, 2, 350_000, "NY"),
    Agency("DLI", "Washington State Department of Labor and Industries", Area.WORKPLACE, 3, 5_400, "WA"),
    Agency("FDACS", "Florida Department of Agriculture and Consumer Services", Area.FOOD_AND_DRUG, 3, 2_600, "FL"),
)
WEIGHTS = tuple(agency.weight for agency in AGENCIES)
