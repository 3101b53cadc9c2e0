"""boto3 clients as any user of the embedded AWS would make them, from the endpoint alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


def client(endpoint: Endpoint, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    make: Any = boto3.client  # its overloads want a literal
    return make(
        service,
        endpoint_url=endpoint.url,
        region_name=endpoint.region,
        aws_access_key_id="anyone",
        aws_secret_access_key="anything",
        config=Config(retries={"total_max_attempts": 1}),
    )
