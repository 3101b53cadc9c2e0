"""What the rules need from outside, as protocols. AWS implements them in `aws/`, tests in fakes.

Every method may raise `TransientError` and `ConfigurationError` besides what it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.alerts import Alert
    from yorutsuke_pipeline.engine.batch_job import BatchJob, JobRequest, JobState
    from yorutsuke_pipeline.engine.budgets import Budgets
    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.events import Event
    from yorutsuke_pipeline.engine.figures import IntentFigures
    from yorutsuke_pipeline.engine.hints import Heard, Hint
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.intent_pages import IntentPage
    from yorutsuke_pipeline.engine.quotas import Quotas
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.spending import Amounts, Entry
    from yorutsuke_pipeline.engine.switch import Pause
    from yorutsuke_pipeline.engine.workload import Row


class Clock(Protocol):
    """The time, so that a test can say what it is."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


class EventLog(Protocol):
    """Where structured events go."""

    def emit(self, event: Event) -> None:
        """Write one event."""
        ...


class Metrics(Protocol):
    """Where the figures of closed intents go, for graphs and alarms."""

    def send(self, figures: IntentFigures) -> None:
        """Send an intent's figures; what cannot be sent is logged and lost, and never an error."""
        ...


class AlertChannel(Protocol):
    """How a person is told that something needs one."""

    def send(self, alert: Alert) -> None:
        """Tell it."""
        ...


class HintQueue(Protocol):
    """Messages that say that a job may have changed. They may be lost, doubled, late, or about others' jobs."""

    def receive(self) -> Heard:
        """Return what is there now, some hundred messages at most, without waiting for more.

        What is not settled comes again after some minutes.
        """
        ...

    def settle(self, hints: Sequence[Hint]) -> None:
        """Take messages out of the queue for good."""
        ...


class PriceList(Protocol):
    """Where prices come from."""

    def price(self, model_id: str) -> Price | None:
        """Return a model's on-demand price, or None if it is unknown."""
        ...


class QuotaBook(Protocol):
    """Where the service's limits come from."""

    def quotas(self, model_id: str) -> Quotas:
        """Return the limits of a model's batch jobs; asked once, however often this is called."""
        ...


class SpendingBook(Protocol):
    """The account of a deployment: an entry for each intent, with sums by day and month that always agree."""

    def entry(self, intent_id: str) -> Entry | None:
        """Return an intent's entry, read consistently, or None."""
        ...

    def post(self, entry: Entry, before: Entry | None, budgets: Budgets) -> bool:
        """Put an entry in the place of the one that was read, and change the sums by the difference: all or nothing.

        Returns False, with nothing changed, if a sum of `entry.day` would rise above its limit.

        Raises:
            LostRaceError: Another run wrote the entry first.
        """
        ...

    def month(self, day: date) -> Mapping[date, Amounts]:
        """Return the sums of each day of the month in which `day` lies, read consistently, in order."""
        ...


class PendingRecords(Protocol):
    """The table of records that wait, with the claims on them.

    A claim is the name of an intent on a record. Every change names the claim it relies on, so a run
    that lost its claim changes nothing.
    """

    def pending(self, day: date) -> Iterator[PendingRecord]:
        """Yield the records of a day that wait, claimed ones included, oldest first; never a scan."""
        ...

    def holds(self, identity: str, intent_id: str) -> bool:
        """Tell, read consistently, whether a record waits and an intent has it; `pending` may lag."""
        ...

    def claim(self, identity: str, intent_id: str) -> PendingRecord | None:
        """Claim a record; return it as it now is, or None if it no longer waits or another intent has it."""
        ...

    def release(self, identity: str, intent_id: str, *, attempts: int, reason: str | None) -> bool:
        """Put a claimed record back in line; return whether the claim still stood."""
        ...

    def fail(self, identity: str, intent_id: str, *, attempts: int, reason: str) -> bool:
        """Take a claimed record out of line, to wait for a person; return whether the claim still stood."""
        ...

    def finish(self, identity: str, intent_id: str, *, archived_key: str | None) -> bool:
        """Mark a claimed record processed; return whether it is (also when it already was, for this intent)."""
        ...

    def enqueue(
        self,
        record: PendingRecord,
        day: date,
        intent_id: str,
        now: datetime,
        *,
        is_over: Callable[[str], bool] | None = None,
    ) -> bool:
        """Put a record in line for an order, unclaimed; return whether it waits for that one, put now or before.

        Of many orders at once one gets it. A record that is there already stays as it is if it is processed or failed,
        or if another open intent has it or waits for it. One that waits for nobody changes to this order.

        Args:
            record: What to put; its attributes are the row's.
            day: Where it is to wait.
            intent_id: The order's.
            now: Dates the row, and so sorts the day's line.
            is_over: Tells of another intent whether it is closed. What still waits in the name of such a one waits for
                nobody; None leaves it. Its attempts and its last reason stay.
        """
        ...

    def find(self, identity: str) -> PendingRecord | None:
        """Return a record's row, read consistently, whatever became of the record; None if there is none."""
        ...

    def redrive(self, identity: str, day: date, *, keeps_reason: bool, even_discarded: bool) -> bool:
        """Put a failed record back in line in a day, with no attempts counted; return whether this call did.

        It waits for no order any more: a stopped one would keep the day from asking about it. One that does not wait
        for a person any more, or that somebody discarded, is left as it is.

        Args:
            identity: The record.
            day: Where it is to wait.
            keeps_reason: Whether the next prompt is to say what was wrong the last time.
            even_discarded: Whether a person's earlier word that it is not to be asked about is taken back.
        """
        ...

    def discard(self, identity: str, reason: str) -> bool:
        """Note on a failed record that a person gave it up, and why; return whether this call did."""
        ...


class RecordSource(Protocol):
    """Where the records come from that orders select in the workload's own words."""

    def select(self, selection: Mapping[str, Any]) -> Iterator[PendingRecord]:
        """Yield what a selection means, what matters most first; as many as anybody asks for."""
        ...

    def most(self, selection: Mapping[str, Any]) -> int:
        """Return how many records it asks for at most."""
        ...

    def why_none(self, selection: Mapping[str, Any]) -> str:
        """Return a sentence that says why `select` yields nothing, and which part of a selection removes the most."""
        ...


class Publisher(Protocol):
    """Where a workload's results go besides its table, before their intent is closed."""

    def publish(self, intent: Intent, rows: Iterable[Row]) -> Mapping[str, int]:
        """Publish the accepted results of an intent, all or nothing; doing it again changes nothing.

        Returns counts for a person, by a word each.
        """
        ...


class IntentLedger(Protocol):
    """The batch-jobs table: intents and their jobs. Each write is conditional on the row's version."""

    def create(self, intent: Intent) -> bool:
        """Put a new intent; return False if one with that id is there already (whoever put it)."""
        ...

    def intent(self, intent_id: str) -> Intent | None:
        """Return an intent, read consistently, or None."""
        ...

    def save(self, intent: Intent) -> Intent:
        """Write an intent over the version it was read at; return it with its new version.

        Raises:
            LostRaceError: Another run wrote it first.
        """
        ...

    def open_intents(self, workload: str) -> Iterator[Intent]:
        """Yield the workload's intents that are not closed."""
        ...

    def listing(self, workload: str, *, day: date | None = None, before: str | None = None, most: int) -> IntentPage:
        """Return intents of a workload, closed ones too, the newest first, from an index that may lag a moment.

        Args:
            workload: Its name.
            day: Only those of this day; None for all.
            before: `IntentPage.before` of the page that came before; None for the first one.
            most: How many at most, from 1.

        Raises:
            ValueError: `before` is not what a page said.
        """
        ...

    def orders(self, workload: str, day: date) -> Iterator[Intent]:
        """Yield the orders of a workload's day, closed ones too, from an index that may lag a moment."""
        ...

    def jobs(self, intent_id: str) -> Sequence[BatchJob]:
        """Return an intent's jobs by number, read consistently."""
        ...

    def jobs_of(self, intents: Sequence[Intent]) -> Mapping[str, tuple[BatchJob, ...]]:
        """Return the jobs that count of each intent, by its id, as `jobs` does, but of many intents at once."""
        ...

    def find_job(self, job_id: str) -> BatchJob | None:
        """Return the job that the service knows by that id, of whatever workload, or None; it may lag a moment."""
        ...

    def save_job(self, job: BatchJob) -> BatchJob:
        """Write a job over the version it was read at (0: it must not exist); return it with its new one.

        Raises:
            LostRaceError: Another run wrote it first.
        """
        ...


@dataclass(frozen=True)
class StoredObject:
    """What is known of an object without reading it."""

    key: str
    size: int
    etag: str


class ObjectWriter(Protocol):
    """An object being written; it exists only once its context ends without an error."""

    def write(self, content: bytes) -> None:
        """Append bytes."""
        ...


class ObjectStore(Protocol):
    """The bucket."""

    @property
    def bucket(self) -> str:
        """Its name."""
        ...

    def read(self, key: str, *, longest: int) -> tuple[StoredObject, bytes] | None:
        """Return an object and its content, or None if there is none; of a longer one, no content."""
        ...

    def head(self, key: str) -> StoredObject | None:
        """Return what is known of an object, or None if there is none."""
        ...

    def lines(self, key: str, *, longest: int, in_ranges: bool = False) -> Iterator[bytes]:
        """Yield an object's lines without ends, of a longer one `longest` + 1 bytes; nothing if there is none.

        `in_ranges` is for who reads a large object faster than one connection gives it: it takes several, and memory.
        """
        ...

    def writing(self, key: str) -> AbstractContextManager[ObjectWriter]:
        """Write an object as a stream; on an error nothing is left behind."""
        ...

    def create(self, key: str, content: bytes) -> bool:
        """Write a small object unless one of that key exists; return whether this call wrote it."""
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin with `prefix`."""
        ...

    def copy(self, source: StoredObject, key: str) -> StoredObject | None:
        """Copy an object if it is still what `source` says; None if it is gone or has changed."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; one that is not there is no error."""
        ...

    def delete_unchanged(self, objects: Sequence[StoredObject]) -> Sequence[str]:
        """Delete objects that are still what was seen; return the keys of those that have been replaced."""
        ...


class BatchService(Protocol):
    """Bedrock's control plane for batch jobs."""

    def create(self, request: JobRequest) -> str:
        """Create a job; return its ARN.

        Raises:
            ThrottledError: Refused for now, without effect.
            SlotsFullError: The quota of running jobs is used up, without effect.
            InDoubtError: No telling whether it took effect, a name that is in use included.
            SubmissionRefusedError: Refused for what the request says.
        """
        ...

    def find(self, job_name: str, client_request_token: str) -> JobState | None:
        """Return the job of that name and token, or None if the service knows none."""
        ...

    def get(self, job_id: str) -> JobState | None:
        """Return a job, or None if the service does not know it."""
        ...

    def since(self, moment: datetime) -> Iterator[JobState]:
        """Yield every job submitted since, a page at a time; cheaper than `get` when many are open."""
        ...

    def named(self, beginning: str) -> Iterator[JobState]:
        """Yield every job whose name begins so."""
        ...

    def stop(self, job_id: str) -> JobState | None:
        """Have a job stopped; return it as it is then, None if the service does not know it.

        One that had ended before is left as it is, which its state tells.
        """
        ...


class SubmissionSwitch(Protocol):
    """The switch that pauses submission."""

    def current(self) -> Pause | None:
        """Return the pause that holds, read consistently; None while submission goes on."""
        ...


class OnDemandModel(Protocol):
    """Bedrock's runtime, for the records that are too few for a batch job."""

    def invoke(self, model_id: str, body: bytes) -> dict[str, Any]:
        """Ask once, never twice by itself when the answer got lost; return the model's output.

        Raises:
            ModelRefusedError: The model refused this record.
        """
        ...


class ModelRefusedError(Exception):
    """A model refused one record, on demand; it becomes an error line like the batch service writes."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ResultTable(Protocol):
    """The workload's table of results."""

    def key(self, row: Row) -> dict[str, str]:
        """Return the values that name a row in the table."""
        ...

    def write(self, rows: Iterable[Row]) -> int:
        """Put rows, over older ones of the same key but never over one that a person has edited.

        Some hundred at a time; who has more calls it from several threads. Returns the number of rows that
        were kept back because a person had edited them.

        Raises:
            UnwrittenError: Rows were left at the deadline; it names them.
        """
        ...

    def read(self, keys: Iterable[Mapping[str, str]]) -> Iterator[Row]:
        """Yield the rows of keys, each as `key` returns it, read consistently, in any order; some are not there.

        Raises:
            TransientError: Some were still unread at the deadline.
        """
        ...

    def neighbours(self, neighbourhoods: Sequence[tuple[str, str]]) -> Iterable[Row]:
        """Return the stored rows of some hundred neighbourhoods, each as `Workload.neighbourhood` names it."""
        ...

    def mark_archive_failed(self, key: dict[str, str], reason: str) -> None:
        """Note on a result that its source could not be archived and stays where it is."""
        ...
