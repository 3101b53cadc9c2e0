"""What waits before a trial: the flows, their images, and how an undisturbed night of each must end.

What belongs here: values only. Putting them into the tables and the bucket is `world`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from yorutsuke_pipeline_tests.proof.picture import Told, draw

FIRST_DAY = date(2020, 1, 1)
# In the product and in the embedded service alike, so that a batch need not hold 100 images.
FEWEST_RECORDS = 4
MOST_ATTEMPTS = 2
# Stands in every merchant, description and bad answer; it must never leave the tables and the bucket.
CANARY = "Kanariya-7731"

TRANSACTION = "transaction"
DEAD_LETTER = "dead letter"


@dataclass(frozen=True)
class Receipt:
    """An image that waits: what the model says of it, and where it must end if nothing goes wrong.

    Attributes:
        first: `good`, `bad` (no JSON) or `odd` (JSON with an amount that is none).
        then: The same, when it was told what was wrong.
        is_picture: Otherwise the object is empty, and the record is turned away.
    """

    first: str = "good"
    then: str = "good"
    is_picture: bool = True
    ends_as: str = TRANSACTION


@dataclass(frozen=True)
class Flow:
    """A kind of day.

    Attributes:
        nights: How many an undisturbed day takes until nothing waits.
        ending: What the embedded Bedrock does to the day's first job (its `JobFault`).
    """

    name: str
    receipts: tuple[Receipt, ...]
    nights: int
    ending: dict[str, Any] = field(default_factory=dict)

    @property
    def ends_badly(self) -> bool:
        """Whether the day's first job ends otherwise than Completed."""
        return bool(self.ending)


_GOOD = Receipt()
_BAD_FIRST = Receipt(first="bad")
_STUBBORN = Receipt(first="odd", then="odd", ends_as=DEAD_LETTER)
_EMPTY = Receipt(is_picture=False, ends_as=DEAD_LETTER)

FLOWS = {
    flow.name: flow
    for flow in (
        Flow("batch", (*[_GOOD] * 5, _EMPTY), nights=1),
        Flow("on-demand", (_GOOD, _BAD_FIRST, _STUBBORN), nights=2),
        # Three of four are answered: the last is not. The second night asks about it, and about the first again.
        Flow("partial", (_BAD_FIRST, *[_GOOD] * 3), nights=2, ending={"ending": "partial", "fraction": 0.75}),
    )
}


@dataclass(frozen=True)
class Image:
    """One image of one day, ready to be put in line."""

    image_id: str
    user_id: str
    s3_key: str
    content: bytes
    uploaded_at: str
    receipt: Receipt


@dataclass(frozen=True)
class Day:
    """A partition of a trial's own, so that no trial needs another's cleaned away."""

    flow: Flow
    number: int

    @property
    def date(self) -> date:
        """The day."""
        return FIRST_DAY + timedelta(days=self.number)

    @property
    def key(self) -> str:
        """The partition's key."""
        return self.date.isoformat()

    @property
    def user_id(self) -> str:
        """Whose receipts they are."""
        return f"user-{self.number:05d}"

    @property
    def intent_prefix(self) -> str:
        """How the ids of its intents begin."""
        return f"receipts-{self.key}-"

    @property
    def images(self) -> tuple[Image, ...]:
        """What waits."""
        return tuple(self._image(place, receipt) for place, receipt in enumerate(self.flow.receipts, start=1))

    def _image(self, place: int, receipt: Receipt) -> Image:
        image_id = f"image-{self.number:05d}-{place}"
        says = {
            "good": _answer(self.key, place, 1000 + place),
            "odd": _answer(self.key, place, f"{CANARY} yen"),
            "bad": f"{CANARY}: this is no JSON at all",
        }
        content = draw(Told(image_id, says[receipt.first], says[receipt.then])) if receipt.is_picture else b""
        return Image(
            image_id=image_id,
            user_id=self.user_id,
            s3_key=f"uploads/{self.user_id}/{image_id}.png",
            content=content,
            uploaded_at=f"{self.key}T03:00:{place:02d}.000Z",
            receipt=receipt,
        )


def _answer(day: str, place: int, amount: int | str) -> str:
    return json.dumps(
        {
            "amount": amount,
            "currency": "JPY",
            "type": "expense",
            "date": day,
            "merchant": f"{CANARY} shop {place}",
            "category": "other",
            "description": f"{CANARY} goods",
            "lines_total": None,
        }
    )
