"""What inspectors see with their own eyes: at work sites, in mines, kitchens and shops.

Kept out: what is found in books and on the air (`record_offences`), and the sentences around a finding (`narrative`).
"""

from __future__ import annotations

from yorutsuke_pipeline.local_aws.samples.violations.offence import Area, Offence

FOUND_ON_SITE: dict[Area, tuple[Offence, ...]] = {
    Area.WORKPLACE: (
        Offence(
            "Fall protection",
            "29 CFR 1926.501",
            "{n} employees worked at heights of up to {height} feet without guardrails, nets or harnesses",
        ),
        Offence(
            "Lockout/tagout",
            "29 CFR 1910.147",
            "energy control procedures were missing for {n} machines, and a mechanic's hand was caught in a press",
        ),
        Offence(
            "Respiratory protection",
            "29 CFR 1910.134",
            "{n} workers sprayed isocyanate coatings without fit-tested respirators",
        ),
        Offence(
            "Machine guarding",
            "29 CFR 1910.212",
            "points of operation on {n} presses were not guarded",
        ),
        Offence(
            "Excavation and trenching",
            "29 CFR 1926.652",
            "a crew of {n} worked in a trench {height} feet deep without a protective system",
        ),
        Offence(
            "Hazard communication",
            "29 CFR 1910.1200",
            "safety data sheets were not kept for {n} hazardous chemicals used on site",
        ),
    ),
    Area.ENVIRONMENT: (
        Offence(
            "Clean Water Act discharge",
            "40 CFR 122.41",
            "about {big} gallons of untreated wastewater reached a tributary, with zinc {percent}% above the limit",
        ),
        Offence(
            "Hazardous waste storage",
            "40 CFR 262.16",
            "{n} drums of spent solvent were stored for longer than 180 days without labels",
        ),
        Offence(
            "Clean Air Act emissions",
            "40 CFR 60.112",
            "stack tests showed volatile organic compounds {percent}% above the permitted rate",
        ),
        Offence(
            "Outdated risk management plan",
            "40 CFR 68.150",
            "the plan for a process that holds {big} pounds of anhydrous ammonia had not been updated",
        ),
        Offence(
            "Toxic release reporting",
            "40 CFR 372.30",
            "releases of {big} pounds of toluene were not reported by July 1",
        ),
    ),
    Area.MINING: (
        Offence(
            "Roof control",
            "30 CFR 75.202",
            "the roof of the No. {n} entry was not supported, and loose rock hung over the travelway",
        ),
        Offence(
            "Accumulation of combustible materials",
            "30 CFR 75.400",
            "loose coal and coal dust up to {n} inches deep lay along {big} feet of the belt",
        ),
        Offence(
            "Berms and guardrails",
            "30 CFR 56.9300",
            "no berm was provided on an elevated roadway with a drop-off of {height} feet",
        ),
        Offence(
            "Electrical equipment maintenance",
            "30 CFR 75.512",
            "weekly examinations of {n} pieces of electrical equipment were not recorded",
        ),
    ),
    Area.FOOD_AND_DRUG: (
        Offence(
            "Current good manufacturing practice",
            "21 CFR 211.22",
            "the quality unit released {n} lots without complete laboratory records",
        ),
        Offence(
            "Sanitation controls",
            "21 CFR 117.35",
            "Listeria monocytogenes was found on {n} of the swabs taken in the slicing room",
        ),
        Offence(
            "Misbranding",
            "21 U.S.C. 343",
            "labels on {big} units did not declare milk and soy as allergens",
        ),
        Offence(
            "Medical device reporting",
            "21 CFR 803.50",
            "{n} complaints of device malfunction were not reported within 30 days",
        ),
    ),
    Area.PRODUCTS: (
        Offence(
            "Failure to report a hazard",
            "15 U.S.C. 2064",
            "{n} incidents of overheating were known before a report was made",
        ),
        Offence(
            "Lead in children's products",
            "16 CFR 1303.4",
            "the paint of {big} units contained lead {percent}% above the limit",
        ),
        Offence(
            "Flammability of mattresses",
            "16 CFR 1632.4",
            "samples of {n} mattress models failed the cigarette test",
        ),
        Offence(
            "Small parts hazard",
            "16 CFR 1501.4",
            "parts that come loose from {big} toys fit into the small parts cylinder",
        ),
    ),
}
