"""Every error that the product raises on purpose, in one tree.

What belongs here: a class for each way a caller may want to react. What does not: words about a
single record that was turned away (`record.Reject`), which is a value and stops nothing.

    YorutsukeError
    ├── PermanentError               trying again cannot help; a person must change something
    │   ├── ConfigurationError       a setting is missing or wrong; the message names it
    │   ├── BudgetExceededError      the estimate passes a budget; no job was submitted
    │   ├── ManifestChangedError     a part is no longer what was sealed
    │   ├── PreflightFailedError     not one of the records that were asked first got an answer
    │   ├── OrderConflictError       the order's name is taken by another content
    │   ├── NothingToOrderError      no record is left that the order asks for
    │   └── SubmissionRefusedError   the service said no, and the job does not exist
    └── TransientError               trying again later may help
        ├── ThrottledError           refused for now; certainly without effect
        ├── SlotsFullError           as many jobs run as the quota allows
        ├── PausedError              a person has paused submission; nothing was asked or paid
        ├── InDoubtError             it may or may not have taken effect: look before asking again
        ├── LostRaceError            another run changed the row first; read it again
        └── UnwrittenError           a deadline passed with rows left; it names them
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


# As many record ids as a log line can hold; all of them are in the attribute.
_NAMED = 20


class YorutsukeError(Exception):
    """The root of the tree."""


class PermanentError(YorutsukeError):
    """Trying again cannot help."""


class ConfigurationError(PermanentError):
    """A setting is missing or wrong. The message names the setting and what to put there."""


class BudgetExceededError(PermanentError):
    """The estimate passes a budget. Raised before anything but a pre-flight is paid for."""


class ManifestChangedError(PermanentError):
    """A part in the bucket is not the one that was sealed, so it is not submitted."""


class PreflightFailedError(PermanentError):
    """The model answered none of the records that were asked first, so no job was created."""


class OrderConflictError(PermanentError):
    """An order of that name is there already, and asks for something else."""


class NothingToOrderError(PermanentError):
    """No record is left that an order asks for; the message says what removed the most."""


class SubmissionRefusedError(PermanentError):
    """The service refused the job and a look-up confirmed that no such job exists."""


class TransientError(YorutsukeError):
    """Trying again later may help."""


class ThrottledError(TransientError):
    """Refused for now, certainly without effect."""


class SlotsFullError(TransientError):
    """The quota of jobs submitted or running is used up."""


class PausedError(TransientError):
    """A person has paused submission, so this was not submitted; it goes on when it is resumed."""


class InDoubtError(TransientError):
    """The call may or may not have taken effect."""


class LostRaceError(TransientError):
    """A conditional write found that another run had changed the row first."""


class UnwrittenError(TransientError):
    """Rows were still unwritten at the deadline; the next run writes exactly these.

    Args:
        message: What was tried and for how long.
        record_ids: The records that are not in the table.
    """

    def __init__(self, message: str, record_ids: Sequence[str]) -> None:
        named = ", ".join(record_ids[:_NAMED]) + (" …" if len(record_ids) > _NAMED else "")
        super().__init__(f"{message}; unwritten: {named}")
        self.record_ids = tuple(record_ids)
