"""Which of S3's operations a request is: by method, depth of path, query and headers, as botocore's model has them.

What belongs here: reading that model, and choosing among the operations that share a method and a path. What is kept
out: other services (`operation`). A list by hand would know the dozen operations of today's product only.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from yorutsuke_pipeline.local_aws.bedrock.shapes import service_model

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from yorutsuke_pipeline.local_aws.request import Request

# ListDirectoryBuckets is ListBuckets on another host; WriteGetObjectResponse is for functions in front of a bucket.
_OF_OTHER_HOSTS = frozenset({"ListDirectoryBuckets", "WriteGetObjectResponse"})


@dataclass(frozen=True)
class _Form:
    """What a request must have to be an operation. `depth`: 0 the service, 1 a bucket, 2 an object."""

    name: str
    method: str
    depth: int
    query: frozenset[tuple[str, str]]
    query_names: frozenset[str]
    header_names: frozenset[str]
    is_deprecated: bool

    @property
    def rank(self) -> tuple[int, bool]:
        """The form that asks for more is tried first, the older of two twins (GetBucketLifecycle) last."""
        return -len(self.query) - len(self.query_names) - len(self.header_names), self.is_deprecated


def object_operation(request: Request) -> tuple[str, str]:
    """Return the operation's name, and `bucket/key` as far as the path has them; PostObject is a browser's form."""
    bucket, _, key = request.path[1:].partition("/")
    subject = f"{bucket}/{key}" if key else bucket
    depth = 2 if key else int(bool(bucket))
    given = dict(parse_qsl(request.query, keep_blank_values=True))
    for form in _forms():
        if (
            (form.method, form.depth) == (request.method, depth)
            and all(name in given and value in ("", given[name]) for name, value in form.query)
            and form.query_names <= given.keys()
            and form.header_names <= request.headers.keys()
        ):
            return form.name, subject
    return ("PostObject" if request.method == "POST" and depth == 1 else "Unknown"), subject


@functools.cache
def _forms() -> tuple[_Form, ...]:
    model = service_model("s3")
    forms = [_form(model.operation_model(name)) for name in model.operation_names if name not in _OF_OTHER_HOSTS]
    return tuple(sorted(forms, key=lambda form: form.rank))


def _form(operation: OperationModel) -> _Form:
    uri = urlsplit(operation.http["requestUri"])
    required: dict[str, set[str]] = {"querystring": set(), "header": set()}
    shape = operation.input_shape
    for member in (shape.members[name] for name in shape.required_members) if shape else ():
        place = member.serialization
        if place.get("location") in required:
            required[place["location"]].add(place["name"])
    return _Form(
        name=operation.name,
        method=operation.http["method"],
        depth=uri.path.count("{"),
        query=frozenset(parse_qsl(uri.query, keep_blank_values=True)),
        query_names=frozenset(required["querystring"]),
        header_names=frozenset(name.lower() for name in required["header"]),
        is_deprecated=operation.deprecated,
    )
