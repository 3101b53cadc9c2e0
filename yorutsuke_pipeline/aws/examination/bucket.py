"""The bucket: whether it is there, in this region, closed to the public, encrypted, and open to TLS only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.examination.finding import Finding, Look, State
from yorutsuke_pipeline.aws.failures import Target, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

_DEPLOY = "deploy infra/template.yaml"
_FORBIDDEN, _NOT_FOUND, _MOVED = 403, 404, 301
_PUBLIC = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True)
class BucketExamination:
    """The looks at one bucket, in the region where its jobs are to run."""

    s3: S3Client
    bucket: str
    region: str

    def findings(self) -> Iterator[Finding]:
        """Yield what was found; the rest is not looked at where there is no bucket."""
        bucket = self._look("bucket", "s3:ListBucket")
        there = bucket.find(lambda: self._exists(bucket))
        yield there
        if there.state is not State.GOOD:
            return
        public = self._look("bucket: public access", "s3:GetBucketPublicAccessBlock")
        yield public.find(lambda: self._public_access(public))
        encryption = self._look("bucket: encryption", "s3:GetEncryptionConfiguration")
        yield encryption.find(lambda: self._encryption(encryption))
        tls = self._look("bucket: TLS only", "s3:GetBucketPolicy")
        yield tls.find(lambda: self._tls(tls))

    def _look(self, check: str, action: str) -> Look:
        return Look(check, Target(f"bucket {self.bucket}", "YORUTSUKE_BUCKET"), action)

    def _exists(self, look: Look) -> Finding:
        try:
            found = self.s3.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            # A HEAD has no words, only its status.
            return self._not_there(look, error)
        region = found.get("BucketRegion", self.region)
        if region != self.region:
            return self._elsewhere(look, region)
        return look.good(f"{self.bucket} in {region}")

    def _not_there(self, look: Look, error: ClientError) -> Finding:
        status = status_of(error)
        if status == _NOT_FOUND:
            return look.mend(f"there is no bucket {self.bucket}", f"{_DEPLOY}, or correct YORUTSUKE_BUCKET")
        if status == _FORBIDDEN:
            remedy = "allow s3:ListBucket on it, or correct YORUTSUKE_BUCKET: it may be another account's"
            return look.mend(f"{self.bucket} may not be looked at", remedy)
        if status == _MOVED:
            headers = error.response["ResponseMetadata"]["HTTPHeaders"]
            return self._elsewhere(look, headers.get("x-amz-bucket-region", "another region"))
        raise error

    def _elsewhere(self, look: Look, region: str) -> Finding:
        remedy = (
            f"set AWS_REGION to {region}, or deploy the stack in {self.region}: jobs read only buckets of their region"
        )
        return look.mend(f"{self.bucket} is in {region}, and jobs would run in {self.region}", remedy)

    def _public_access(self, look: Look) -> Finding:
        try:
            blocked: Any = self.s3.get_public_access_block(Bucket=self.bucket)["PublicAccessBlockConfiguration"]
        except ClientError as error:
            if status_of(error) != _NOT_FOUND:
                raise
            blocked = {}
        open_ways = [name for name in _PUBLIC if not blocked.get(name)]
        if open_ways:
            return look.mend(f"not set: {', '.join(open_ways)}", f"{_DEPLOY}, or block all public access to the bucket")
        return look.good("blocked in all four ways")

    def _encryption(self, look: Look) -> Finding:
        rules = self.s3.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        algorithms = [rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "none") for rule in rules]
        if any(algorithm.startswith("aws:kms") for algorithm in algorithms):
            remedy = "allow kms:Decrypt and kms:GenerateDataKey on its key for the actors' roles and for Bedrock's"
            return look.worth_a_look("with a key of KMS", remedy)
        return look.good(f"at rest, {', '.join(algorithms)}")

    def _tls(self, look: Look) -> Finding:
        try:
            policy = json.loads(self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"])
        except ClientError as error:
            if status_of(error) != _NOT_FOUND:
                raise
            policy = {}
        if any(_refuses_plain_http(statement) for statement in _listed(policy.get("Statement", []))):
            return look.good("its policy refuses plain HTTP")
        return look.mend("its policy lets plain HTTP in", _DEPLOY)


def _refuses_plain_http(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return statement.get("Effect") == "Deny" and str(condition.get("aws:SecureTransport")).lower() == "false"


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 — a policy takes one or several of everything
    return value if isinstance(value, list) else [value]
