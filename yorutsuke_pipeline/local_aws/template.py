"""`infra/template.yaml`, wherever this package lives: beside it in a checkout, inside it in a wheel.

What belongs here: finding and reading the file. What is kept out: deploying it (`provision`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call

from yorutsuke_pipeline.local_aws.errors import ProvisionError

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Template:
    """The text as CloudFormation gets it."""

    text: str

    @property
    def digest(self) -> str:
        """Changes when the text does."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def properties_of(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """By logical id, the properties of all resources of one type, intrinsic functions unresolved."""
        resources = yaml.safe_load(self.text)["Resources"]
        return {
            name: resource.get("Properties", {})
            for name, resource in resources.items()
            if resource["Type"] == resource_type
        }


def read_template() -> Template:
    """The template of this very version of the product; raises ProvisionError if it is nowhere."""
    candidates = (_PACKAGE / "infra" / "template.yaml", _PACKAGE.parent / "infra" / "template.yaml")
    for path in candidates:
        if path.is_file():
            return Template(path.read_text(encoding="utf-8"))
    raise ProvisionError(
        f"template.yaml is at neither of {', '.join(map(str, candidates))}: install the package again."
    )
