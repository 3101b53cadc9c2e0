"""What goes wrong in a trial, and at which call.

What belongs here: the value, its words on the command line, and the call at which it happens. Making it
happen is `scene`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.local_aws.fault_proxy.call import Moment

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
    from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation

# Operations that neither change nor cost anything begin so; whatever else there is counts as a write.
_READS = ("Get", "Head", "List", "Query", "Scan", "BatchGet", "Describe")


class Mode(Word):
    """What happens."""

    NOTHING = "nothing"
    KILL_BEFORE = "kill-before"  # the pipeline is killed before the call takes effect
    KILL_AFTER = "kill-after"  # ... after that, before it has the answer
    SERVER_BEFORE = "server-before"  # the embedded AWS is killed; the pipeline lives on
    SERVER_AFTER = "server-after"
    STALL_BEFORE = "stall-before"  # the call is held while a second run goes through the whole night
    STALL_AFTER = "stall-after"
    FAULT = "fault"  # the call meets a fault on the wire

    @property
    def moment(self) -> Moment:
        """When it happens."""
        return Moment.AFTER if self.value.endswith("-after") else Moment.BEFORE


@dataclass(frozen=True)
class Interruption:
    """What happens at the `at`-th call of a day's first night, or to the call that `fault` names."""

    mode: Mode
    at: int | None = None
    fault: Fault | None = None

    def as_options(self) -> str:
        """Return it as the options of the command line that repeat it."""
        options = f"--mode {self.mode}"
        if self.at is not None:
            options += f" --at {self.at}"
        if self.fault is not None:
            fields = self.fault.model_dump(exclude_unset=True, mode="json")
            options += f" --fault '{' '.join(f'{name}={value}' for name, value in fields.items())}'"
        return options


NOTHING = Interruption(Mode.NOTHING)


@dataclass(frozen=True)
class StagedCall:
    """A call with the stage of the pipeline that made it."""

    number: int
    operation: Operation
    stage: str

    @property
    def is_write(self) -> bool:
        """Whether it changes or costs anything."""
        return not self.operation.name.startswith(_READS)

    def __str__(self) -> str:
        return f"call {self.number}, {self.operation} in {self.stage}"
