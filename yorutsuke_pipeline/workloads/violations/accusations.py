"""Grave words: what may be said of a company only if the agency's record says it.

What belongs here: words that accuse by themselves, in groups that mean the same. It is no list of all accusations, but
of those that a model is most likely to add to a dry record, and that nobody may publish unproved.
"""

from __future__ import annotations

import re

from yorutsuke_pipeline.engine.record import RecordRejectedError

_WORD = re.compile(r"[a-z]+")
_GROUPS = """
dead deadly death deaths deceased die died dies drowned electrocuted fatal fatalities fatality fatally kill killed
killing kills lethal

arrested convicted conviction crime crimes criminal criminally criminals felonies felony guilty indicted indictment
jail jailed prison prosecuted prosecution

cheat cheated deceive deceived deception deceptive deceptively defraud defrauded fraud frauds fraudulent
fraudulently lied lying mislead misleading misled scam scams

deliberate deliberately intentional intentionally knowing knowingly purposely wilful wilfully willful willfully

careless carelessly negligence negligent negligently reckless recklessly recklessness

bribe bribed bribery bribes corrupt corruption kickback kickbacks

conceal concealed concealing concealment fabricated falsified falsifying
"""
_GROUP_OF = {word: group for group in map(frozenset, map(str.split, _GROUPS.split("\n\n"))) for word in group}


def check_accusations(field: str, text: str, row_text: str) -> None:
    """Reject a text with a grave word unless the row has it, or one that means the same.

    Args:
        field: What the text is of the answer, for the reason.
        text: On one line.
        row_text: All texts of the row.

    Raises:
        RecordRejectedError: It accuses of more than the row does; the reason shows the word.
    """
    row_words = frozenset(_WORD.findall(row_text.lower()))
    for word in _WORD.findall(text.lower()):
        if word in _GROUP_OF and row_words.isdisjoint(_GROUP_OF[word]):
            raise RecordRejectedError("accusation", f"the {field} says {word!r}, and the row does not")
