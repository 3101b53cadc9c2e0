"""What agencies find in records, filings, tests and on the air.

Kept out: what is seen at a site (`site_offences`), and the sentences around a finding (`narrative`).
"""

from __future__ import annotations

from yorutsuke_pipeline.local_aws.samples.violations.offence import Area, Offence

FOUND_ON_RECORD: dict[Area, tuple[Offence, ...]] = {
    Area.MOTOR_CARRIERS: (
        Offence(
            "Hours of service and false logs",
            "49 CFR 395.8",
            "{n} records of duty status were false, and drivers exceeded the 11-hour limit",
        ),
        Offence(
            "Controlled substances testing",
            "49 CFR 382.301",
            "{n} drivers were used before a negative pre-employment test was received",
        ),
        Offence(
            "Vehicle maintenance",
            "49 CFR 396.3",
            "{percent}% of the vehicles sampled were placed out of service for brake defects",
        ),
        Offence(
            "Driver qualification files",
            "49 CFR 391.51",
            "qualification files were missing for {n} of the drivers reviewed",
        ),
    ),
    Area.SECURITIES: (
        Offence(
            "Misleading disclosure",
            "17 CFR 240.10b-5",
            "quarterly reports overstated revenue by {percent}% over {n} months",
        ),
        Offence(
            "Late filing of reports",
            "17 CFR 240.13a-13",
            "{n} periodic reports were filed late or not at all",
        ),
        Offence(
            "Custody of client assets",
            "17 CFR 275.206(4)-2",
            "client assets in {big} accounts were not verified by an independent accountant",
        ),
        Offence(
            "Recordkeeping failures",
            "17 CFR 240.17a-4",
            "business messages sent from personal phones by {n} associated persons were not preserved",
        ),
    ),
    Area.CONSUMER_FINANCE: (
        Offence(
            "Unfair debt collection",
            "12 CFR 1006.14",
            "collectors placed more than 7 calls in 7 days to {big} consumers",
        ),
        Offence(
            "Inaccurate credit reporting",
            "12 CFR 1022.42",
            "disputed information on {big} accounts was furnished without an investigation",
        ),
        Offence(
            "Mortgage servicing errors",
            "12 CFR 1024.41",
            "foreclosure filings were made against {n} borrowers while applications were pending",
        ),
        Offence(
            "Undisclosed fees",
            "12 CFR 1026.17",
            "fees of up to {percent}% were charged to {big} borrowers and not disclosed in the loan documents",
        ),
    ),
    Area.COMMUNICATIONS: (
        Offence(
            "Unlawful robocalls",
            "47 CFR 64.1200",
            "{big} prerecorded calls were placed without the consent of the people called",
        ),
        Offence(
            "Unlicensed operation",
            "47 U.S.C. 301",
            "agents traced transmissions on 97.{n} MHz to a roof antenna without a license",
        ),
        Offence(
            "Emergency Alert System failure",
            "47 CFR 11.35",
            "alert equipment was out of order for {n} days and no entry was made in the log",
        ),
        Offence(
            "Tower lighting and marking",
            "47 CFR 17.51",
            "the obstruction lights of a tower of {big} feet were dark for {n} nights",
        ),
    ),
    Area.VEHICLES: (
        Offence(
            "Untimely recall",
            "49 CFR 573.6",
            "a defect report on {big} vehicles was filed {n} days late",
        ),
        Offence(
            "Incomplete early warning reports",
            "49 CFR 579.21",
            "{n} claims of injury were left out of the quarterly reports",
        ),
        Offence(
            "Noncompliant equipment",
            "49 CFR 571.108",
            "{big} tail lamps failed the photometric test by up to {percent}%",
        ),
    ),
}
