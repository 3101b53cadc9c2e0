"""What one server is started with, as a value and as the command line of its process.

What belongs here: what passes between who starts it (`launch`) and the process itself (`server`).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BEDROCK = "yorutsuke_pipeline.local_aws.bedrock.service:BedrockService"
READY = b"ready\n"
"""What the server says on its standard output once it serves."""


@dataclass(frozen=True)
class Options:
    """What one server is started with. `bedrock` is a class by its dotted path: `module:Class`."""

    home: Path
    instance: str
    port: int
    must_have_port: bool
    region: str
    account_id: str
    environment: str
    idle_exit_seconds: float
    bedrock: str = BEDROCK

    def to_arguments(self) -> list[str]:
        """For the command line of the process."""
        return [f"--{name.replace('_', '-')}={value}" for name, value in vars(self).items()]

    @classmethod
    def from_arguments(cls, arguments: Sequence[str]) -> Options:
        """The inverse of `to_arguments`."""
        parser = argparse.ArgumentParser(prog="python -m yorutsuke_pipeline.local_aws.server")
        parser.add_argument("--home", type=Path, required=True)
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--must-have-port", type=lambda text: text == "True", required=True)
        parser.add_argument("--idle-exit-seconds", type=float, required=True)
        for name in ("--instance", "--region", "--account-id", "--environment", "--bedrock"):
            parser.add_argument(name, required=True)
        return cls(**vars(parser.parse_args(arguments)))
