"""What a look at an account found, and what a look that fails says.

What belongs here: the words for both. What is looked at is the other modules'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import BOTO_ERRORS, DENIED, Target, code_of, translated
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable

# The embedded AWS has no such operation; no real service says so of one that botocore knows.
_NOT_OFFERED = frozenset({"UnknownOperationException", "UnknownOperation", "NotImplemented", "InvalidAction"})


class State(Word):
    """What a finding means for the first night."""

    GOOD = "good"
    LOOK = "look"
    """It works; a person should know all the same."""
    MEND = "mend"
    """The night would fail, something is open that must not be, or a setting leads nowhere."""
    UNCHECKED = "unchecked"
    """It could not be looked at; a person has to."""
    ABSENT = "not here"
    """This AWS has nothing of the kind: the embedded one enforces no policies, for instance."""


@dataclass(frozen=True)
class Finding:
    """One line of the examination.

    Attributes:
        check: What was looked at, in a word or two.
        found: What there is.
        remedy: What to do about it; empty if nothing need be done.
    """

    check: str
    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Look:
    """One look at an account.

    Attributes:
        check: The name of its finding.
        target: What is called, for the message of an error.
        action: The IAM action that it needs, for whoever may not look.
    """

    check: str
    target: Target
    action: str

    def find(self, examine: Callable[[], Finding]) -> Finding:
        """Return what `examine` finds, or what the failure to look says; raises nothing of the product's or AWS's."""
        try:
            return examine()
        except ClientError as error:
            if code_of(error) in _NOT_OFFERED:
                return self.absent("this AWS does not offer it")
            if code_of(error) in DENIED:
                return self._denied()
            return self._failed(translated(error, self.target, "look at it"))
        except BOTO_ERRORS as error:
            return self._failed(translated(error, self.target, "look at it"))
        except YorutsukeError as error:
            # An adapter's words are for whoever runs the night; who examines may be another.
            cause = error.__cause__
            is_denied = isinstance(cause, ClientError) and code_of(cause) in DENIED
            return self._denied() if is_denied else self._failed(error)

    def good(self, found: str) -> Finding:
        """Return that all is well."""
        return Finding(self.check, State.GOOD, found)

    def mend(self, found: str, remedy: str) -> Finding:
        """Return that something must be done."""
        return Finding(self.check, State.MEND, found, remedy)

    def worth_a_look(self, found: str, remedy: str) -> Finding:
        """Return what a person should know."""
        return Finding(self.check, State.LOOK, found, remedy)

    def absent(self, found: str) -> Finding:
        """Return that there is nothing of the kind here."""
        return Finding(self.check, State.ABSENT, found)

    def _denied(self) -> Finding:
        remedy = f"allow {self.action}, or see to {self.target.name} by hand"
        return Finding(self.check, State.UNCHECKED, f"{self.action} is not allowed to these credentials", remedy)

    def _failed(self, error: YorutsukeError) -> Finding:
        # Every message of the product ends with what to do, after a semicolon.
        found, _, remedy = str(error).rpartition("; ")
        return self.mend(found or remedy, remedy if found else f"correct {self.target.setting}")
