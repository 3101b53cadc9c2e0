"""The command line on the session's embedded AWS, without a process of its own for each command."""

from __future__ import annotations

import io
import json
import struct
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from yorutsuke_pipeline.cli.program import program
from yorutsuke_pipeline.cli.surroundings import RunQueue, Surroundings
from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings

if TYPE_CHECKING:
    from click.testing import Result

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline.stages import Stages


@dataclass(frozen=True)
class Terminal:
    """Runs commands for one product."""

    product: Composition
    run_queue: RunQueue | None = None
    stages: Stages | None = None

    def run(self, *words: str | Path, said: str | None = None) -> Result:
        """Run a command; `said` is typed in. An error that is none of the product's is raised."""
        given = Surroundings(self.product, self.run_queue, self.stages)
        return CliRunner(catch_exceptions=False).invoke(program, [str(word) for word in words], obj=given, input=said)

    def document(self, *words: str | Path) -> Any:  # noqa: ANN401 — JSON
        """Run a command with `--json`; its stdout must be one document and nothing else."""
        return json.loads(self.run(*words, "--json").stdout)


class TerminalScreen(io.StringIO):
    """What a person sees."""

    def isatty(self) -> bool:
        return True


def product_of(home: Path, **settings: str) -> Composition:
    """Return a product on the embedded AWS of a home."""
    given = {"YORUTSUKE_HOME": str(home), "YORUTSUKE_SAMPLES": "false"}
    given |= {f"YORUTSUKE_{name.upper()}": value for name, value in settings.items()}
    return Composition(load_settings(given), AwsEnvironment(None))


def png(mark: str) -> bytes:
    """Return a picture's header followed by a mark: enough of an image for whoever does not decode it."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 600, 900) + mark.encode()


@pytest.fixture
def terminal(embedded_aws: Endpoint) -> Terminal:
    return Terminal(product_of(Path(embedded_aws.home)))


@pytest.fixture
def user() -> str:
    """A user of this test's own: tests share the tables."""
    return f"user-{uuid.uuid4().hex[:12]}"
