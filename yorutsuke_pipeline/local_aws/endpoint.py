"""Where an embedded AWS listens, who it is, and what a client needs to reach it.

What belongs here: the address as a value, its file, the health question. What is kept out: starting and
stopping (`lifecycle`), and everything that the server does (`server`).
"""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
"""Never a name: an address makes every SDK put the bucket in the path, where no DNS entry is needed."""

CONTROL_PATH = "/_yorutsuke/"
"""What is below belongs to this server; no AWS API has such a path, and no bucket name has a `_`."""

SERVICES = (
    "s3", "dynamodb", "bedrock", "bedrock-runtime", "sqs", "sns", "events", "cloudwatch", "logs", "iam", "sts",
    "cloudformation", "scheduler", "stepfunctions", "lambda", "ssm", "secretsmanager", "kms",
    "s3tables", "glue", "athena",
)  # fmt: skip
"""The services, by botocore's names, that users of this product reach for; all are on the one port."""


class Endpoint(BaseModel):
    """A running server. `fresh` is for the moment of reading: whether sample data may still be put in."""

    model_config = ConfigDict(frozen=True)

    url: str
    port: int
    pid: int
    instance: str = Field(description="random, new with each start: proves that an answer comes from it")
    home: str
    region: str
    account_id: str
    environment: str
    version: str = Field(description="of MiniStack, the emulator inside")
    started_at: str = Field(description="ISO 8601, UTC")
    outputs: dict[str, str] = Field(description="of infra/template.yaml: bucket, tables, role, queue, topic")

    @property
    def fresh(self) -> bool:
        """Whether nobody has put the sample data in yet (the marker is `seeded` in the home)."""
        return not (Path(self.home) / "seeded").exists()

    def service_urls(self) -> dict[str, str]:
        """The address of each service; one port serves them all."""
        return dict.fromkeys(SERVICES, self.url)


def read_endpoint(path: Path) -> Endpoint | None:
    """What the latest server on this home wrote, or None. It may long be dead: ask `is_alive`."""
    try:
        return Endpoint.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def write_endpoint(path: Path, endpoint: Endpoint) -> None:
    """Replace the file in one step, so that nobody reads half of it."""
    draft = path.with_suffix(".tmp")
    draft.write_text(endpoint.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def is_alive(endpoint: Endpoint, *, timeout_seconds: float = 5.0) -> bool:
    """Whether this very server answers; takes about a millisecond.

    A stranger that got the port after a crash answers something else, or something without our instance.
    """
    answer = _ask(endpoint, "GET", "health", timeout_seconds)
    return answer.get("instance") == endpoint.instance and answer.get("status") == "ready"


def ask_to_stop(endpoint: Endpoint, *, timeout_seconds: float = 5.0) -> bool:
    """Ask the server to end in good order; False if it was not this server that answered."""
    return _ask(endpoint, "POST", "stop", timeout_seconds).get("status") == "stopping"


def client_environment(endpoint: Endpoint) -> dict[str, str]:
    """The variables that point any AWS SDK or the AWS CLI at this server."""
    return environment_for(endpoint.url, endpoint.region)


def environment_for(url: str, region: str) -> dict[str, str]:
    """The variables that point any AWS SDK or the AWS CLI at an address that leads to the embedded AWS.

    Nothing is needed for S3's addressing: the host is an address, so SDKs use path style by themselves.
    The credentials are the emulator's own: headers are not checked, but presigned URLs are, with these.
    """
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }


def without_aws_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for the server itself: nothing of the user's AWS account or proxy reaches it."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(("AWS_", "MINISTACK_", "LOCALSTACK_")) and name.lower() not in _DROPPED
    }
    # The server's own SDK calls go to itself: no profile, no metadata service, no proxy.
    return kept | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": HOST,
        "no_proxy": HOST,
    }


_DROPPED = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy", "auth", "services", "use_ssl"})


def _ask(endpoint: Endpoint, method: str, question: str, timeout_seconds: float) -> dict[str, object]:
    connection = http.client.HTTPConnection(HOST, endpoint.port, timeout=timeout_seconds)
    try:
        connection.request(method, CONTROL_PATH + question, headers={"x-yorutsuke-instance": endpoint.instance})
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}
