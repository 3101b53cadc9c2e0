"""Terms: how people call what a workload works on, and the commands that they type about it.

What belongs here: the one place that makes a command for a message, so that it names the workload where that is
needed; and the nouns for sentences of rules that serve every workload.
"""

from __future__ import annotations

from dataclasses import dataclass

# Whose days and jobs the command line means if nobody says otherwise.
DEFAULT_WORKLOAD = "receipts"
_TRIAL = "-trial"


def command(workload: str, words: str) -> str:
    """Return what a person types: `yorutsuke jobs --open`, or `yorutsuke --workload violations jobs --open`.

    Args:
        workload: Its name; that of its trials means the same commands.
        words: What follows, without the option.
    """
    name = workload.removesuffix(_TRIAL)
    return f"yorutsuke {words}" if name == DEFAULT_WORKLOAD else f"yorutsuke --workload {name} {words}"


@dataclass(frozen=True)
class Terms:
    """The nouns of one workload.

    Attributes:
        workload: Its name.
        record: What one record is called; several have an s.
        result: What becomes of an accepted answer, likewise.
        key: The attribute that holds a record's own id, in its row and in documents.
        time: The attribute that dates a record.
        table: The short name of the table of its records.
        added_by: The command, without the program's name, that puts a record in line whose row is gone; None where
            orders do.
    """

    workload: str = DEFAULT_WORKLOAD
    record: str = "record"
    result: str = "result"
    key: str = "identity"
    time: str = "time"
    table: str = "records"
    added_by: str | None = None

    def command(self, words: str) -> str:
        """Return what a person types about this workload."""
        return command(self.workload, words)

    @property
    def adding(self) -> str:
        """How a record comes in line whose row is gone, as it stands after a semicolon."""
        if self.added_by is None:
            return f"order the {self.record} again"
        return f"add the {self.record} again with `yorutsuke {self.added_by}`"


# Of whoever is not told more.
PLAIN_TERMS = Terms()
