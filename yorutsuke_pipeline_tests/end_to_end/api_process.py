"""`yorutsuke api` as a process of its own, beside a `dagster dev` and on the same embedded AWS."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from yorutsuke_pipeline_tests.end_to_end.dagster_dev import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.end_to_end.dagster_dev import DagsterDev


class Caller:
    """Calls one API with the token of this machine."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a body, which must be taken."""
        answer = self._client.post(path, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def when_final(self, status_url: str, *, seconds: float) -> dict[str, Any]:
        """Ask how a job is until its answer says that nothing will change any more; return that answer."""
        return until(lambda: self._if_final(status_url), f"{status_url} is final", seconds=seconds)

    def _if_final(self, status_url: str) -> dict[str, Any] | None:
        answer = self._client.get(status_url)
        assert answer.is_success, answer.text
        return None if "retry-after" in answer.headers else dict(answer.json())

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


@contextmanager
def api_of(dev: DagsterDev) -> Iterator[Caller]:
    """Serve the API in the surroundings of a `dagster dev`; end it as whoever started it in the background does."""
    command = [sys.executable, "-m", "yorutsuke_pipeline.cli", "api", "--port", "0"]
    with (
        (dev.folder / "api.log").open("ab") as log,
        subprocess.Popen(
            command, cwd=dev.folder, env=dev.environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, (dev.folder / "api.log").read_text()[-3000:]
            caller = Caller(url, (dev.folder / "aws" / "api-token").read_text().strip())
            yield caller
            caller.close()
        finally:
            process.terminate()
            process.wait(timeout=30)
