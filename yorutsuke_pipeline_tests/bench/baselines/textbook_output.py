"""How a job's output is read in the books: `iter_lines`, `json.loads`, a pydantic model, one object after the other."""

from __future__ import annotations

import json
from typing import Any

import boto3
from pydantic import BaseModel


class Text(BaseModel):
    text: str


class Message(BaseModel):
    content: list[Text]


class Output(BaseModel):
    message: Message


class Usage(BaseModel):
    inputTokens: int  # noqa: N815 — as the model names it
    outputTokens: int  # noqa: N815 — likewise


class ModelOutput(BaseModel):
    output: Output
    stopReason: str  # noqa: N815 — likewise
    usage: Usage


class Line(BaseModel):
    recordId: str  # noqa: N815 — likewise
    modelInput: dict[str, Any]  # noqa: N815 — likewise
    modelOutput: ModelOutput  # noqa: N815 — likewise


def collect(bucket: str, key: str, to: str) -> tuple[int, int]:
    """Keep each line's answer in one object; return how many lines, and how many bytes, were read."""
    s3: Any = boto3.client("s3")
    kept: list[str] = []
    size = 0
    for raw in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_lines():
        line = Line.model_validate(json.loads(raw))
        answer = {"recordId": line.recordId, "text": line.modelOutput.output.message.content[0].text}
        kept.append(json.dumps({**answer, **line.modelOutput.usage.model_dump()}))
        size += len(raw) + 1
    s3.put_object(Bucket=bucket, Key=to, Body="\n".join(kept).encode())
    return len(kept), size
