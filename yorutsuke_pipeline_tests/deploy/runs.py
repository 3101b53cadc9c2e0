"""Runs of the product's jobs as a code server in a container describes them, for Dagster's run launchers to launch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin

from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import dagster as dg

IMAGE = "registry.example.com/yorutsuke-pipeline:0.1.0"


def make_run(
    instance: dg.DagsterInstance,
    job_name: str,
    environment: Mapping[str, str],
    container_context: Mapping[str, Any] | None = None,
) -> dg.DagsterRun:
    """Return a new run of a job, with the tags that the job has where the settings are those of `environment`."""
    job = build_definitions(load_settings(environment)).resolve_job_def(job_name)
    repository = RepositoryPythonOrigin(
        executable_path=sys.executable,
        code_pointer=ModuleCodePointer("yorutsuke_pipeline.definitions", "defs", working_directory=None),
        container_image=IMAGE,
        entry_point=["dagster"],
        container_context=container_context or {},
    )
    return instance.create_run_for_job(job, tags=job.tags, job_code_origin=JobPythonOrigin(job_name, repository))
