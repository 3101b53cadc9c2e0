"""`infra/template.yaml`, wherever this package lives: beside it in a checkout, inside it in a wheel.

What belongs here: finding and reading the file. What is kept out: deploying it (`local_aws.provision`) and what its
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

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Template:
    """The text as CloudFormation gets it."""

    text: str

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


def template_path() -> Path:
    """Where the template of this very version of the product is.

    Raises:
        ConfigurationError: It is nowhere.
    """
    candidates = (_PACKAGE / "infra" / "template.yaml", _PACKAGE.parent / "infra" / "template.yaml")
    for path in candidates:
        if path.is_file():
            return path
    raise ConfigurationError(
        f"template.yaml is at neither of {', '.join(map(str, candidates))}: install the package again"
    )


def read_template() -> Template:
    """Read the template of this very version of the product.

    Raises:
        ConfigurationError: It is nowhere.
    """
    return Template(template_path().read_text(encoding="utf-8"))
