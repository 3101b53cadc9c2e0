"""The workload of docs/adding-a-workload.md as a reader of it would have it: its files in a folder, and its commands.

What belongs here: reading the document, and doing what it says. What must come of it stands in the test.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from yorutsuke_pipeline.aws.attribute_values import from_item

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENT = (CHECKOUT / "docs" / "adding-a-workload.md").read_text(encoding="utf-8")
_FILE = re.compile(r"^`(postcard[\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)
_SETTING = re.compile(r"(YORUTSUKE_\w+)=(\S+)")
_PROGRAMS = {"yorutsuke": "yorutsuke_pipeline.cli", "dagster": "dagster"}
# Both jobs of a day one after the other, as a run of each does; a `dagster job execute` would start four processes.
_DAY = """
import sys
import dagster as dg
from yorutsuke_pipeline.definitions import defs
loaded, instance = defs(), dg.DagsterInstance.ephemeral()
for name in sys.argv[2:]:
    assert loaded.resolve_job_def(name).execute_in_process(partition_key=sys.argv[1], instance=instance).success
"""
# A job of three records that ends at once.
_QUICK = {
    "timing": dict.fromkeys(("submitted", "validating", "scheduled", "in_progress"), 0),
    "quotas": {"min_records": 3},
}


@dataclass(frozen=True)
class WrittenWorkload:
    """The document's files in a folder, with an embedded AWS in it."""

    folder: Path

    @cached_property
    def environment(self) -> dict[str, str]:
        """What the document exports, and what makes it quick."""
        exported = "\n".join(line for line in commands() if line.startswith("export "))
        foreign = ("YORUTSUKE_", "AWS_", "DAGSTER_", "PYTHON")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
            **dict(_SETTING.findall(exported)),
            "PYTHONPATH": f"{self.folder}{os.pathsep}{CHECKOUT}",
            "DAGSTER_HOME": str(self.folder),
            "YORUTSUKE_HOME": str(self.folder / "aws"),
            "YORUTSUKE_FEWEST_RECORDS": "3",
            "YORUTSUKE_BEDROCK_FAULTS": json.dumps(_QUICK),
        }

    def write(self) -> None:
        """Write the document's files."""
        for name, text in _FILE.findall(DOCUMENT):
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, command: str) -> str:
        """Run a command of the document; return what it says."""
        program, *words = shlex.split(command, comments=True)
        return self._python("-m", _PROGRAMS[program], *words)

    def run_day(self) -> None:
        """Run the jobs that the document executes, for the day that it names."""
        executed = [shlex.split(command) for command in commands() if command.startswith("dagster job execute")]
        names = [words[words.index("-j") + 1] for words in executed]
        (day,) = {json.loads(words[words.index("--tags") + 1])["dagster/partition"] for words in executed}
        self._python("-c", _DAY, day, *names)

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stderr}{done.stdout}"
        return done.stdout

    def said(self, command: str) -> dict[str, Any]:
        """Run a command of ours; return its JSON."""
        return dict(json.loads(self.run(f"{command} --json")))

    def deploy(self) -> None:
        """Start the embedded AWS, and make the tables as the document declares them."""
        client: CloudFormationClient = self._session.client("cloudformation", endpoint_url=self._url)
        template = (self.folder / "postcards.yaml").read_text(encoding="utf-8")
        client.create_stack(StackName="postcards", TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
        client.get_waiter("stack_create_complete").wait(StackName="postcards", WaiterConfig={"Delay": 1})

    def put(self, identity: str, **changes: str | None) -> None:
        """Put the document's record in line under another id, with other values in some places; None is left out."""
        written = json.loads((self.folder / "postcard.json").read_text(encoding="utf-8"))
        other = {name: None if value is None else {"S": value} for name, value in changes.items()}
        item = {**written, "postcardId": {"S": identity}, **other}
        self._dynamodb.put_item(
            TableName="yorutsuke-pending-postcards-dev",
            Item={name: value for name, value in item.items() if value is not None},
        )

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table's rows."""
        return [from_item(item) for item in self._dynamodb.scan(TableName=f"yorutsuke-{table}-dev")["Items"]]

    @cached_property
    def _url(self) -> str:
        return str(self.said("yorutsuke aws env")["AWS_ENDPOINT_URL"])

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        return self._session.client("dynamodb", endpoint_url=self._url)


def commands() -> list[str]:
    """Return the commands of the document's shell blocks, each with its remarks."""
    return _COMMAND.findall(DOCUMENT)
