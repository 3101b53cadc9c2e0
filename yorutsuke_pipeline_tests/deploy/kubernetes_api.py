"""A Kubernetes API on loopback that takes jobs and keeps them: what a real one would have been asked to run."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class KubernetesApi(ThreadingHTTPServer):
    """The server; `jobs` are the bodies of the jobs that were created, by namespace."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.jobs: dict[str, list[dict[str, Any]]] = {}

    def kubeconfig(self) -> dict[str, Any]:
        """Return what a client's configuration file says about it."""
        url = f"http://127.0.0.1:{self.server_address[1]}"
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "fake", "cluster": {"server": url}}],
            "users": [{"name": "fake", "user": {}}],
            "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
            "current-context": "fake",
        }


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        *_, namespace, kind = self.path.partition("?")[0].split("/")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert isinstance(self.server, KubernetesApi)
        assert kind == "jobs", self.path
        self.server.jobs.setdefault(namespace, []).append(body)
        answer = json.dumps(body).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — http.server's name
        """Say nothing: what was asked is in `jobs`."""


@contextmanager
def kubernetes_api() -> Iterator[KubernetesApi]:
    """Run one."""
    with KubernetesApi() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
