"""The file that tokens are kept in: a JSON list of entries, hashes only, for the owner's eyes.

What belongs here: reading it again when it has changed, and writing it whole or not at all. What an entry means is
`tokens.py`.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from yorutsuke_pipeline.api.tokens import TokenEntry
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTRIES = TypeAdapter(tuple[TokenEntry, ...])


class TokenFile:
    """Implements `TokenBook` on a file. A token that is revoked in it is refused from the next request on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._entries: tuple[TokenEntry, ...] = ()

    def entries(self) -> tuple[TokenEntry, ...]:
        """Return the entries; the file is read only if it is another than the last time.

        Raises:
            ConfigurationError: It is not there, or holds something else. The last good list is not gone on with: it
                may have in it what somebody has just tried to revoke.
        """
        with self._lock:
            try:
                status = self.path.stat()
                seen = (status.st_mtime_ns, status.st_size, status.st_ino)
                if seen != self._seen:
                    self._entries, self._seen = _read(self.path), seen
            except OSError as error:
                raise _unreadable(self.path, error) from error
            return self._entries

    def add(self, entry: TokenEntry) -> None:
        """Write an entry, into a new file if there is none.

        Raises:
            ConfigurationError: The file holds something else than entries, or cannot be written.
        """
        with self._alone():
            _write(self.path, (*_existing(self.path), entry))

    def add_first(self, entry: TokenEntry) -> bool:
        """Write an entry into a new file; False, and nothing is done, if there is one already."""
        with self._alone():
            if self.path.exists():
                return False
            _write(self.path, (entry,))
            return True

    def revoke(self, identity: str) -> TokenEntry | None:
        """Take an entry out, and return it; None if there is none of that id.

        Raises:
            ConfigurationError: As `add`.
        """
        with self._alone():
            entries = _existing(self.path)
            found = next((entry for entry in entries if entry.id == identity), None)
            if found is not None:
                _write(self.path, tuple(entry for entry in entries if entry.id != identity))
            return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other writers out: two commands at once must not lose each other's entry."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Beside the file: the file itself is replaced, and a lock on the old one would hold nobody off.
            descriptor = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Raises:
        OSError: It cannot be written; what was there before stays.
    """
    # mkstemp makes it 0600, so at no moment can anybody else read it.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _existing(path: Path) -> tuple[TokenEntry, ...]:
    try:
        return _read(path)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _unreadable(path, error) from error


def _read(path: Path) -> tuple[TokenEntry, ...]:
    try:
        entries = _ENTRIES.validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in fault["loc"]) or "the file"
        raise _unreadable(path, f"{place}: {fault['msg']}") from error
    if len({entry.id for entry in entries}) != len(entries):
        raise _unreadable(path, "two entries have the same id")
    return entries


def _write(path: Path, entries: tuple[TokenEntry, ...]) -> None:
    text = _ENTRIES.dump_json(entries, indent=2, exclude_none=True).decode()
    try:
        write_privately(path, text + "\n")
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, why: object) -> ConfigurationError:
    return ConfigurationError(
        f"the tokens of the API in {path} cannot be used: {why}; mend the file, or set YORUTSUKE_API_TOKENS_FILE to "
        "another and fill it with `yorutsuke api token create`",
    )
