"""Starting the server's process, and hearing what becomes of it.

What belongs here: the process, its pipe, its last words. What is kept out: whether to start one (`lifecycle`).
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.endpoint import Endpoint, read_endpoint, without_aws_settings
from yorutsuke_pipeline.local_aws.errors import StartFailedError
from yorutsuke_pipeline.local_aws.options import READY, Options

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.home import Home


def launch(home: Home, options: Options, *, timeout_seconds: float) -> Endpoint:
    """Start the process and wait until it serves; raises StartFailedError with its last words.

    A server that was started and is not ready in time is left to the caller to stop.
    """
    command = [sys.executable, "-m", "yorutsuke_pipeline.local_aws.server", *options.to_arguments()]
    with home.console_file.open("wb") as console:
        launched = subprocess.Popen(  # noqa: S603 - our own module, with our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=console,
            env=without_aws_settings(os.environ),
            start_new_session=True,  # Ctrl-C in the caller's terminal is not meant for it
        )
    with launched:  # it ends at once: the server is its child
        said = _first_words(launched, timeout_seconds)
    endpoint = read_endpoint(home.endpoint_file)
    if said == READY and endpoint is not None and endpoint.instance == options.instance:
        return endpoint
    what = "ended" if said is not None else f"was not ready within {timeout_seconds:.0f} s"
    raise StartFailedError(f"the embedded AWS on {home.path} {what}. Its last words:\n{_last_words(home)}")


def _first_words(launched: subprocess.Popen[bytes], timeout_seconds: float) -> bytes | None:
    """What the server says on its pipe: `READY`, nothing if it ended, None if it says nothing."""
    if launched.stdout is None:
        return b""
    readable, _, _ = select.select([launched.stdout], [], [], timeout_seconds)
    return launched.stdout.readline() if readable else None


def _last_words(home: Home) -> str:
    """The end of what it printed, or else of its log."""
    for path in (home.console_file, home.log_file):
        if path.exists() and (text := path.read_text(encoding="utf-8", errors="replace").strip()):
            return "\n".join(text.splitlines()[-15:])
    return f"(none; {home.log_file} is empty)"
