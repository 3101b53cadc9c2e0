"""Nobody else on the network reaches the embedded AWS, the fault proxy, or the Dagster of `make dev`."""

from __future__ import annotations

import ipaddress
import os
import re
import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dagster_webserver.cli import DEFAULT_WEBSERVER_HOST

from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

_ROOT = Path(__file__).resolve().parents[2]
_LISTENS = "0A"
_SOCKET = re.compile(r"socket:\[(\d+)\]")

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's own list of sockets")


def sockets_of(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    inodes = set()
    # A process, or a file of one, may be gone by the time that it is looked at.
    with suppress(FileNotFoundError, ProcessLookupError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                found = _SOCKET.fullmatch(str(link.readlink()))
                inodes |= {found[1]} if found else set()
    return inodes


def family_of(pid: int) -> set[int]:
    """Return a process and all that it started, and these."""
    parents = {}
    for folder in (folder for folder in Path("/proc").iterdir() if folder.name.isdecimal()):
        with suppress(FileNotFoundError, ProcessLookupError):
            status = (folder / "stat").read_text()
            parents[int(folder.name)] = int(status.rpartition(")")[2].split()[1])
    family, before = {pid}, 0
    while len(family) > before:
        before = len(family)
        family |= {child for child, parent in parents.items() if parent in family}
    return family


def listening_on(pids: set[int]) -> set[tuple[str, int]]:
    """Return address and port of every TCP socket, of either IP, on which one of the processes listens."""
    owned = {inode for pid in pids for inode in sockets_of(pid)}
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        lines = Path(table).read_text().splitlines()[1:] if Path(table).exists() else []
        for fields in (line.split() for line in lines):
            if fields[3] == _LISTENS and fields[9] in owned:
                address, _, port = fields[1].partition(":")
                found.add((_address(address), int(port, 16)))
    return found


def _address(text: str) -> str:
    """Read an address as the kernel prints it: words of 32 bits, each in the machine's own order."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(struct.pack("=I", word) for word in words)))


def test_the_embedded_aws_and_all_that_it_starts_listen_on_loopback_alone(embedded_aws: Endpoint) -> None:
    listening = listening_on(family_of(embedded_aws.pid))

    assert ("127.0.0.1", embedded_aws.port) in listening
    assert {address for address, _ in listening} == {"127.0.0.1"}


def test_the_fault_proxy_listens_on_loopback_alone(embedded_aws: Endpoint) -> None:
    before = listening_on({os.getpid()})

    with FaultProxy(embedded_aws.url) as proxy:
        opened = listening_on({os.getpid()}) - before

        assert opened == {("127.0.0.1", int(proxy.url.rpartition(":")[2]))}


def test_dagster_is_never_told_to_listen_elsewhere_than_it_does_by_itself() -> None:
    documents = [_ROOT / "Makefile", _ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))]

    lines = [line for document in documents for line in document.read_text().splitlines() if "dagster dev" in line]

    assert lines
    assert DEFAULT_WEBSERVER_HOST == "127.0.0.1"
    assert [line for line in lines if re.search(r"(\s-h|--host)[ =](?!127\.0\.0\.1)", line)] == []
