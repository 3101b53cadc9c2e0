"""A caller of the service: boto3's clients, bare HTTP, and short ways to what tests do often."""

import functools
import json
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from yorutsuke_pipeline_tests.local_aws.bedrock.served import ACCOUNT, REGION, until

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetModelInvocationJobResponseTypeDef
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_s3 import S3Client

ROLE = f"arn:aws:iam::{ACCOUNT}:role/batch"
NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
QUICK = {"submitted": 0.01, "validating": 0.01, "scheduled": 0.01, "in_progress": 0.01, "stopping": 0.01}
FEW = {"min_records": 1}
TERMINAL = {"Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired"}


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)


@functools.cache  # a client takes longer to make than a job to end
def _client(service: str, endpoint: str, attempts: int, read_timeout: float) -> Any:  # noqa: ANN401 - one of boto3's many
    config = Config(retries={"mode": "standard", "total_max_attempts": attempts}, read_timeout=read_timeout)
    return _session().client(service, endpoint_url=endpoint, config=config)  # type: ignore[call-overload]


@dataclass(frozen=True)
class Aws:
    """Clients of a served service, and short ways to what tests do often."""

    url: str
    s3_url: str
    bucket: str

    def client(self, service: str, *, attempts: int = 1, read_timeout: float = 60) -> Any:  # noqa: ANN401 - boto3's
        endpoint = self.s3_url if service == "s3" else self.url
        return _client(service, endpoint, attempts, read_timeout)

    @property
    def bedrock(self) -> "BedrockClient":
        client: BedrockClient = self.client("bedrock")
        return client

    @property
    def runtime(self) -> "BedrockRuntimeClient":
        client: BedrockRuntimeClient = self.client("bedrock-runtime")
        return client

    @property
    def s3(self) -> "S3Client":
        client: S3Client = self.client("s3")
        return client

    def set_faults(self, **faults: Any) -> None:  # noqa: ANN401 - JSON
        """Put faults in force, over quick timing and a minimum of one record."""
        status, answer = self.http(
            "PUT", "/_yorutsuke/bedrock/faults", json.dumps({"timing": QUICK, "quotas": FEW, **faults}).encode()
        )
        assert status == 200, answer

    def http(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        request = urllib.request.Request(self.url + path, data=body, method=method)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def put(self, key: str, *lines: object) -> None:
        text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())

    def create(self, name: str, source: str, **more: Any) -> str:  # noqa: ANN401 - members of the request
        """Submit a job that reads `source` and writes below `out/`; gives its ARN."""
        return self.bedrock.create_model_invocation_job(**self.request(name, source, **more))["jobArn"]

    def request(self, name: str, source: str, **more: Any) -> Any:  # noqa: ANN401 - members of the request
        return {
            "jobName": name,
            "roleArn": ROLE,
            "modelId": NOVA,
            "inputDataConfig": {"s3InputDataConfig": {"s3Uri": f"s3://{self.bucket}/{source}"}},
            "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{self.bucket}/out/"}},
            **more,
        }

    def run(self, name: str, source: str, **more: Any) -> "GetModelInvocationJobResponseTypeDef":  # noqa: ANN401
        """Submit a job and wait for its end."""
        return self.ended(self.create(name, source, **more))

    def ended(self, arn: str) -> "GetModelInvocationJobResponseTypeDef":
        bedrock = self.bedrock

        def look() -> Any:  # noqa: ANN401 - the job once it has ended
            job = bedrock.get_model_invocation_job(jobIdentifier=arn)
            return job if job["status"] in TERMINAL else None

        result: GetModelInvocationJobResponseTypeDef = until(look, f"{arn} ends")
        return result

    def output(self, arn: str) -> dict[str, str]:
        """Every object that a job wrote: name below its folder, and text."""
        s3, prefix = self.s3, f"out/{arn[-12:]}/"
        found = s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {
            item["Key"].removeprefix(prefix): s3.get_object(Bucket=self.bucket, Key=item["Key"])["Body"].read().decode()
            for item in found
        }

    def lines(self, arn: str, name: str) -> list[Any]:
        return [json.loads(line) for line in self.output(arn)[name].splitlines()]


def record(record_id: str, text: str = "say hello", **body: object) -> dict[str, object]:
    """A line of input for Nova."""
    return {"recordId": record_id, "modelInput": nova_body({"text": text}, **body)}


def nova_body(*content: object, **more: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": list(content)}], **more}
