"""The frames of sentences that a row's values are put into, by what the violation is about.

A frame says nothing that the row does not: no count, no name, no cause. `{where}` is " in Tulsa, OK" or empty and ends
a clause, `{place}` never is; `{kind}` is the type, `{field}` what the violation is about after its article, and
`{Agency}`, `{Kind}`, `{Field}` begin a sentence. Kept out: choosing a frame (``text``).
"""

from __future__ import annotations

from yorutsuke_pipeline.local_aws.writer.subject import Subject

TITLES = (
    "{company} fined {fine} over {kind}",
    "{initials} fines {company} {fine} over {kind}",
    "{fine} fine for {company} over {kind}",
    "{Kind}: {company} fined {fine}",
    "{company} to pay {fine} over {kind}",
    "{initials} sets {fine} fine for {company} over {kind}",
    "{place}: {company} fined {fine} over {kind}",
)
TITLES_WITHOUT_FINE = (
    "{initials} cites {company} over {kind}",
    "{company} cited over {kind} without a fine",
    "{Kind}: {company} cited, no fine set",
    "{place}: {company} cited over {kind}",
)
# For names so long that none of the others has room.
SHORT_TITLES = (
    "{initials} cites {company}",
    "{Kind}: {initials} case",
    "{initials} violation record",
    "Regulatory violation record",
)

OPENINGS = (
    "{Agency} cited {company} over {kind}{where}.",
    "{company} was cited by {agency} over {kind}{where}.",
    "{Agency} has recorded {field} violation by {company}{where}, listed as {kind}.",
    "{Field} case of {agency} names {company} over {kind}{where}.",
    "In {place}, {agency} cited {company} over {kind}.",
    "In {place}, {company} was named by {agency} in a case about {kind}.",
)
OWN_OPENINGS = {
    Subject.MINING: (
        "{Agency} issued a citation to the mine operator {company} over {kind}{where}.",
        "{company} received a citation under mine safety rules on {kind}{where}, according to {agency}.",
        "Mine safety rules on {kind} were not met by {company}{where}, according to {agency}.",
    ),
    Subject.WORKPLACE: (
        "{Agency} found that {company} did not meet workplace safety rules on {kind}{where}.",
        "{company} was cited under workplace safety rules on {kind}{where}, according to {agency}.",
        "A workplace safety citation issued to {company} by {agency} concerns {kind}{where}.",
    ),
    Subject.ENVIRONMENT: (
        "{Agency} found that {company} did not meet environmental rules on {kind}{where}.",
        "{company} faces an environmental enforcement action by {agency} over {kind}{where}.",
        "An environmental case about {kind} names {company}{where}, according to {agency}.",
    ),
    Subject.FOOD_AND_DRUG: (
        "{Agency} took action against {company} over {kind}{where}.",
        "{company} did not meet requirements on {kind}{where}, according to {agency}.",
        "A case of {agency} about {kind} concerns {company}{where}.",
    ),
    Subject.CARRIERS: (
        "{Agency} cited the carrier {company} under its rules on {kind}{where}.",
        "The carrier {company} did not meet rules on {kind}{where}, according to {agency}.",
        "Rules on {kind} for motor carriers were not met by {company}{where}, {agency} found.",
    ),
    Subject.VEHICLES: (
        "{Agency} took action against {company} over {kind}{where}.",
        "A vehicle safety case of {agency} about {kind} concerns {company}{where}.",
        "{company} did not meet vehicle safety rules on {kind}{where}, according to {agency}.",
    ),
    Subject.COMMUNICATIONS: (
        "{Agency} took enforcement action against {company} over {kind}{where}.",
        "{company} did not meet communications rules on {kind}{where}, according to {agency}.",
        "An enforcement case of {agency} about {kind} names {company}{where}.",
    ),
    Subject.PRODUCTS: (
        "{Agency} took action against {company} over {kind}{where}.",
        "A product safety case of {agency} about {kind} concerns {company}{where}.",
        "{company} did not meet product safety rules on {kind}{where}, according to {agency}.",
    ),
    Subject.SECURITIES: (
        "{Agency} brought a case against {company} over {kind}{where}.",
        "A securities case of {agency} about {kind} names {company}{where}.",
        "{company} did not meet securities rules on {kind}{where}, according to {agency}.",
    ),
    Subject.FINANCE: (
        "{Agency} took action against {company} over {kind}{where}.",
        "{company} did not meet consumer finance rules on {kind}{where}, according to {agency}.",
        "A consumer finance case of {agency} about {kind} names {company}{where}.",
    ),
    Subject.GENERAL: (
        "{Agency} took action against {company} over {kind}{where}.",
        "An enforcement case of {agency} about {kind} names {company}{where}.",
    ),
}

CLOSINGS = (
    "The fine of {fine} was issued on {date}.",
    "On {date}, a fine of {fine} was issued.",
    "A penalty of {fine} was set on {date}.",
    "The amount assessed is {fine}, as issued on {date}.",
    "The case carries a fine of {fine} and is dated {date}.",
    "The record, dated {date}, puts the fine at {fine}.",
    "The violation was issued on {date} with a fine of {fine}.",
)
CLOSINGS_WITHOUT_FINE = (
    "The record is dated {date} and carries no fine.",
    "No fine was assessed in the case, which was issued on {date}.",
    "The violation was issued on {date} without a monetary penalty.",
)

# For names so short that opening and closing are too little to publish.
MORE = "The record lists the violation as {kind}."
