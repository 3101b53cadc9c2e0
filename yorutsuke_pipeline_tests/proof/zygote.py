"""Imported by the server that every night is forked from; it leaves behind a process in which all is loaded.

The one module here that does something when imported, because a fork server can only be told what to
import. What a trial would lose seconds with is done or shortened before the fork:

- waits are a hundred times shorter (first of all, as botocore keeps the function). What the product waits
  for between tries is the load of others, which is not there;
- Dagster waits as much less before it tries a stage again (by the clock, so the above does not reach it);
- the descriptions of AWS's services are read once, not by each client anew.
"""

from __future__ import annotations

import functools
import importlib
import time
from typing import Any

_TIMES_FASTER = 100.0
_sleep = time.sleep


def sleep(seconds: Any) -> None:  # noqa: ANN401 — as the function that it stands for
    """Sleep for a hundredth of that."""
    _sleep(seconds / _TIMES_FASTER)


def keep_descriptions() -> None:
    """Let all of botocore's loaders share what one has read."""
    loaders: Any = importlib.import_module("botocore.loaders")
    read = functools.cache(loaders.JSONFileLoader().load_file)
    loaders.JSONFileLoader.load_file = lambda _, path: read(path)
    listed = functools.cache(loaders.create_loader().list_available_services)
    loaders.Loader.list_available_services = lambda _, type_name: listed(type_name)


def retry_at_once() -> None:
    """Shorten the delay of the stages' retries; before the assets are made, which keep the policy."""
    failures: Any = importlib.import_module("yorutsuke_pipeline.defs.failures")
    policy = failures.RETRY_TRANSIENT
    failures.RETRY_TRANSIENT = policy._replace(delay=policy.delay / _TIMES_FASTER)


time.sleep = sleep
keep_descriptions()
retry_at_once()
importlib.import_module("yorutsuke_pipeline_tests.proof.night").rehearse()
