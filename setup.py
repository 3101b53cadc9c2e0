"""Puts the templates that the product reads, which live beside the package, into the wheel.

All else is in pyproject.toml.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TEMPLATES = ("template.yaml", "violations.yaml")


class BuildWithTemplates(build_py):
    """The usual build, and the templates in `yorutsuke_pipeline/infra/`."""

    def run(self) -> None:
        """Copy the modules, then the templates; an editable install reads those in the checkout."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "yorutsuke_pipeline", "infra")
            self.mkpath(str(target))
            for name in TEMPLATES:
                self.copy_file(f"infra/{name}", str(target / name))


setup(cmdclass={"build_py": BuildWithTemplates})
