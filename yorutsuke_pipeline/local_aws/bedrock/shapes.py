"""Requests held against AWS's own description of them: botocore's service models.

What belongs here: required members, lengths, ranges, patterns, enumerations and unions, with messages in the
service's own form. Kept out: rules that no model states (is the name in use, does the bucket exist).

botocore itself checks only required members and types before it sends, so a client learns of a bad pattern
from the service; that is the behaviour this module gives back.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from yorutsuke_pipeline.local_aws.bedrock.errors import SerializationError, ValidationError

# The service's pattern for names backtracks without end on "a----...!"; this one takes the same names, in one pass.
_SAME_LANGUAGE = {r"[a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9\+\-\.]){0,63}": r"[a-zA-Z0-9][a-zA-Z0-9+.\-]*"}

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
}


@functools.cache
def service_model(service: str) -> ServiceModel:
    """The model of `bedrock` or `bedrock-runtime` (some 50 ms the first time, from a file of botocore)."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def check_request(service: str, operation: str, values: Mapping[str, Any]) -> None:
    """Hold the members of a request against its input shape.

    Args:
        service: `bedrock` or `bedrock-runtime`.
        operation: its name, such as `CreateModelInvocationJob`.
        values: member name to JSON value, whatever part of the request it came in; unknown members are
            ignored, as the service does.

    Raises:
        SerializationError: a value has the wrong JSON type.
        ValidationError: all that breaks a constraint, in one message, as the service words it.
    """
    shape = service_model(service).operation_model(operation).input_shape
    problems = list(_problems(shape, values, "")) if shape else []
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise ValidationError(f"{len(problems)} validation {noun} detected: {'; '.join(problems)}")


def _problems(shape: Shape, value: object, path: str) -> Iterator[str]:
    _check_type(shape, value, path)
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        yield from _structure_problems(shape, value, path)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _size_problems(shape, len(value), value, path)
        for number, item in enumerate(value, start=1):
            yield from _problems(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _problems(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _text_problems(shape, value, path)
    elif isinstance(value, (int, float)):
        yield from _range_problems(shape, value, path)


def _check_type(shape: Shape, value: object, path: str) -> None:
    if getattr(shape, "is_document_type", False):
        return
    wanted = _JSON_TYPES.get(shape.type_name)
    if wanted is None:
        return
    is_bool_elsewhere = isinstance(value, bool) and shape.type_name != "boolean"
    if is_bool_elsewhere or not isinstance(value, wanted):
        raise SerializationError(f"The value at '{path or '/'}' must be of type {shape.type_name}.")


def _structure_problems(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    prefix = f"{path}." if path else ""
    given = {name for name in shape.members if value.get(name) is not None}
    if getattr(shape, "is_tagged_union", False) and len(given) != 1:
        members = ", ".join(shape.members)
        yield f"Value at '{path}' failed to satisfy constraint: Member must set exactly one of [{members}]"
    for name in shape.required_members:
        if name not in given:
            yield f"Value null at '{prefix}{name}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if name in given:
            yield from _problems(member, value[name], f"{prefix}{name}")


def _text_problems(shape: Shape, value: str, path: str) -> Iterator[str]:
    before = f"Value '{value[:200]}' at '{path}' failed to satisfy constraint: "
    too_long = list(_size_problems(shape, len(value), value, path))
    yield from too_long
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{before}Member must satisfy enum value set: [{', '.join(sorted(allowed))}]"
    pattern = shape.metadata.get("pattern")
    if pattern and not too_long and not _compiled(pattern).fullmatch(value):
        yield f"{before}Member must satisfy regular expression pattern: {pattern}"


def _size_problems(shape: Shape, size: int, value: object, path: str) -> Iterator[str]:
    before = f"Value '{str(value)[:200]}' at '{path}' failed to satisfy constraint: Member must have length "
    if size < shape.metadata.get("min", 0):
        yield f"{before}greater than or equal to {shape.metadata['min']}"
    if size > shape.metadata.get("max", size):
        yield f"{before}less than or equal to {shape.metadata['max']}"


def _range_problems(shape: Shape, value: float, path: str) -> Iterator[str]:
    before = f"Value '{value}' at '{path}' failed to satisfy constraint: Member must have value "
    if value < shape.metadata.get("min", value):
        yield f"{before}greater than or equal to {shape.metadata['min']}"
    if value > shape.metadata.get("max", value):
        yield f"{before}less than or equal to {shape.metadata['max']}"


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_SAME_LANGUAGE.get(pattern, pattern), re.ASCII)
