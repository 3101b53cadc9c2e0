"""A PostgreSQL of a test's own: made in a folder, on a free port of loopback, and gone with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.end_to_end.dagster_dev import until

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAMS = ("initdb", "postgres", "pg_isready")
_USER = "dagster"
_PASSWORD = "a-password-of-this-test"


class Postgres:
    """One server with a database `postgres`, in a folder. It refuses to be root: a root's test runs it as another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._as_whom: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _unprivileged()
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as_whom = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its files."""
        password = self._folder / "password"
        password.write_text(_PASSWORD)
        password.chmod(0o644)
        options = ["-U", _USER, "-A", "scram-sha-256", f"--pwfile={password}", "-N", "-E", "UTF8"]
        command = ["initdb", "-D", "data", *options]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True, **self._as_whom)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["postgres", "-D", "data", "-h", "127.0.0.1", "-p", str(self._port), "-k", self._folder, "-F"],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._as_whom,
            )
        until(self._answers, "PostgreSQL answers", seconds=60)

    def stop(self) -> None:
        """End it in its own way, in which it clears away its children."""
        if self._process is not None and self._process.poll() is None:
            # "Fast" in PostgreSQL's words: whoever is still connected is disconnected.
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=20)
        self.kill()

    def kill(self) -> None:
        """End it without a word; its children notice."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def environment(self) -> dict[str, str]:
        """Return what deploy/dagster.yaml asks the environment for."""
        return {
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(self._port),
            "DAGSTER_POSTGRES_USER": _USER,
            "DAGSTER_POSTGRES_PASSWORD": _PASSWORD,
            "DAGSTER_POSTGRES_DB": "postgres",
        }

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
        command = ["pg_isready", "-h", "127.0.0.1", "-p", str(self._port)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def is_installed() -> bool:
    """Tell whether PostgreSQL's server is on the PATH."""
    return all(shutil.which(program) for program in _PROGRAMS)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run one in a folder of its own: pytest's folders are closed to the user that it runs as."""
    folder = Path(tempfile.mkdtemp(prefix="yorutsuke-postgres-"))
    postgres = Postgres(folder)
    try:
        postgres.make()
        postgres.start()
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")
