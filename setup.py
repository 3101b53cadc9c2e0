"""Puts infra/template.yaml, which lives beside the package, into the wheel. All else is in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithTemplate(build_py):
    """The usual build, and the template as `yorutsuke_pipeline/infra/template.yaml`."""

    def run(self) -> None:
        """Copy the modules, then the template; an editable install reads the one in the checkout."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "yorutsuke_pipeline", "infra")
            self.mkpath(str(target))
            self.copy_file("infra/template.yaml", str(target / "template.yaml"))


setup(cmdclass={"build_py": BuildWithTemplate})
