"""The templates of `infra/`, wherever this package lives: beside it in a checkout, inside it in a wheel.

What belongs here: finding and reading the files. What is kept out: deploying it (`local_aws.provision`) and what its
functions mean (`intrinsics`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.words import Word

_PACKAGE = Path(__file__).parents[1]


class Stack(Word):
    """What is deployed as one stack."""

    PIPELINE = "pipeline"
    VIOLATIONS = "violations"

    @property
    def file(self) -> str:
        """The name of its template in `infra/`."""
        return "template.yaml" if self is Stack.PIPELINE else f"{self}.yaml"


@dataclass(frozen=True)
class Template:
    """The text as CloudFormation gets it, and where it is from, for messages."""

    text: str
    source: str = "infra/template.yaml"

    @property
    def digest(self) -> str:
        """Changes when the text does."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole of it, intrinsic functions unresolved."""
        document: dict[str, Any] = yaml.safe_load(self.text)
        return document

    def properties_of(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """By logical id, the properties of all resources of one type, intrinsic functions unresolved."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == resource_type
        }


def template_path(stack: Stack = Stack.PIPELINE) -> Path:
    """Where the template of this very version of the product is.

    Raises:
        ConfigurationError: It is nowhere.
    """
    candidates = (_PACKAGE / "infra" / stack.file, _PACKAGE.parent / "infra" / stack.file)
    for path in candidates:
        if path.is_file():
            return path
    raise ConfigurationError(
        f"{stack.file} is at neither of {', '.join(map(str, candidates))}: install the package again"
    )


def read_template(stack: Stack = Stack.PIPELINE) -> Template:
    """Read the template of this very version of the product.

    Raises:
        ConfigurationError: It is nowhere.
    """
    return Template(template_path(stack).read_text(encoding="utf-8"), f"infra/{stack.file}")
