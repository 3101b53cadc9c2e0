"""The OpenAPI document: what fastapi cannot see by itself, because bodies and errors are read and written by us."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from yorutsuke_pipeline.api.problems import MEDIA_TYPE, Problem

_PLACE = "#/components/schemas/"
# Every route can end in these.
_ALWAYS = (401, 403, 429, 500, 502, 503)
_WORDS = {
    400: "The body is no JSON of which there is only one reading",
    401: "No token, or one that does not hold",
    403: "The token lacks the scope, or is somebody else's",
    404: "There is no such job of this owner, or no such page",
    408: "The body came too slowly",
    409: "What is there already forbids it: another order of that name, no record that is left, a budget",
    413: "The body is too large",
    415: "The body is no application/json",
    422: "A field is wrong; `errors` names it",
    429: "Too many requests",
    500: "Something went wrong here",
    502: "A service behind this one refused",
    503: "This does not work for now",
}
_SECONDS = {"schema": {"type": "integer", "minimum": 0}, "description": "Seconds until it is worth asking again"}
_WITH_SECONDS = {429, 503}

# For routes whose answer says when to ask again.
POLLED: dict[int | str, dict[str, Any]] = {200: {"headers": {"Retry-After": _SECONDS}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of a route's errors: those of `statuses`, and those that every route can end in."""
    return {status: _problem(status) for status in sorted({*statuses, *_ALWAYS})}


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of a route's body; `add_schemas` puts the model itself into the document."""
    schema = {"$ref": _PLACE + model.__name__}
    described = "As it is, or as API Gateway's Lambda proxy integration wraps it (`body`, `isBase64Encoded`)."
    body = {"required": True, "description": described, "content": {"application/json": {"schema": schema}}}
    return {"requestBody": body}


class DocumentedApi(FastAPI):
    """An application whose document has our bodies and problems in it.

    Args:
        bodies: The models of bodies.
        options: FastAPI's.
    """

    def __init__(self, *, bodies: tuple[type[BaseModel], ...], **options: Any) -> None:  # noqa: ANN401 — FastAPI's own
        self._bodies = bodies
        super().__init__(**options)

    def openapi(self) -> dict[str, Any]:
        """Return the document; it is made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            wanted = [(model, "validation") for model in self._bodies]
            _, made = models_json_schema([*wanted, (Problem, "serialization")], ref_template=_PLACE + "{model}")  # type: ignore[list-item] # mypy widens the literal
            document.setdefault("components", {}).setdefault("schemas", {}).update(made["$defs"])
        return super().openapi()


def _problem(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": _WORDS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_PLACE}Problem"}}},
    }
    if status in _WITH_SECONDS:
        answer["headers"] = {"Retry-After": _SECONDS}
    return answer
