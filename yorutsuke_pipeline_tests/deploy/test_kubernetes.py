"""The pods of deploy/kubernetes: what Dagster's launcher asks of a cluster, checked against Kubernetes' own schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import dagster as dg
import kubernetes_validate
import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call
from dagster._core.launcher import LaunchRunContext
from dagster._core.test_utils import instance_for_test

from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.deploy.kubernetes_api import kubernetes_api
from yorutsuke_pipeline_tests.deploy.runs import IMAGE, make_run
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = CHECKOUT / "deploy" / "kubernetes"
_NAMESPACE = "yorutsuke"
_KUBERNETES = "1.33"
_ACCOUNTS = {"submit_batch": "yorutsuke-submitter", "ingest_results": "yorutsuke-ingester"}


def _values() -> dict[str, Any]:
    return dict(yaml.safe_load((_FOLDER / "values.yaml").read_text()))


def _manifests(file: str = "yorutsuke.yaml") -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((_FOLDER / file).read_text()))


def _settings() -> dict[str, str]:
    (config,) = [each for each in _manifests() if each["kind"] == "ConfigMap"]
    return dict(config["data"])


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _launcher_config(values: dict[str, Any], kubeconfig: Path) -> dict[str, Any]:
    """Return the launcher's configuration as the chart writes it into dagster.yaml."""
    given = values["runLauncher"]["config"]["k8sRunLauncher"]
    return {
        "load_incluster_config": False,
        "kubeconfig_file": str(kubeconfig),
        "job_namespace": _NAMESPACE,
        "image_pull_policy": given["imagePullPolicy"],
        "service_account_name": values["serviceAccount"]["name"],
        "dagster_home": "/opt/dagster/dagster_home",
        "instance_config_map": "dagster-instance",
        "postgres_password_secret": values["global"]["postgresqlSecretName"],
        "env_config_maps": [each["name"] for each in given["envConfigMaps"]],
        "run_k8s_config": {_snake(part): config for part, config in given["runK8sConfig"].items()},
    }


def _container_context(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the chart makes the code server say about the runs of its jobs."""
    subchart = values["dagster-user-deployments"]
    (code,) = subchart["deployments"]
    if not code["includeConfigInLaunchedRuns"]["enabled"]:
        return {}
    return {"k8s": {"service_account_name": subchart["serviceAccount"]["name"]}}


def _launched(tmp_path: Path, job_name: str, settings: dict[str, str]) -> dict[str, Any]:
    values = _values()
    kubeconfig = tmp_path / "kubeconfig"
    with kubernetes_api() as api:
        kubeconfig.write_text(yaml.safe_dump(api.kubeconfig()))
        launcher = {
            "module": "dagster_k8s",
            "class": "K8sRunLauncher",
            "config": _launcher_config(values, kubeconfig),
        }
        with instance_for_test(overrides={"run_launcher": launcher}) as instance:
            run = make_run(instance, job_name, settings, _container_context(values))
            instance.run_launcher.launch_run(LaunchRunContext(run, workspace=None))
        (job,) = api.jobs[_NAMESPACE]
    return job


@pytest.mark.parametrize("job_name", _ACCOUNTS)
def test_a_run_is_a_valid_job_whose_pod_has_the_account_of_its_half(tmp_path: Path, job_name: str) -> None:
    job = _launched(tmp_path, job_name, _settings())

    kubernetes_validate.validate(job, _KUBERNETES, strict=True)
    pod = job["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == _ACCOUNTS[job_name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True


def test_a_run_has_the_image_the_settings_and_the_resources_of_the_values(tmp_path: Path) -> None:
    job = _launched(tmp_path, "submit_batch", _settings())

    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["image"] == IMAGE
    assert {"configMapRef": {"name": "yorutsuke"}} in container["envFrom"]
    assert container["resources"]["limits"] == {"memory": "2Gi"}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["args"][:3] == ["dagster", "api", "execute_run"]


def test_a_run_without_tags_of_its_own_has_the_account_of_the_whole_pipeline(tmp_path: Path) -> None:
    settings = _settings()
    del settings["YORUTSUKE_RUN_TAGS"]

    job = _launched(tmp_path, "submit_batch", settings)

    assert job["spec"]["template"]["spec"]["serviceAccountName"] == "yorutsuke-pipeline"


def test_the_manifests_are_valid_and_hold_every_account_that_is_named() -> None:
    manifests = _manifests()

    for manifest in manifests:
        kubernetes_validate.validate(manifest, _KUBERNETES, strict=True)
    values = _values()
    named = {
        *_ACCOUNTS.values(),
        values["serviceAccount"]["name"],
        values["dagster-user-deployments"]["serviceAccount"]["name"],
        values["runLauncher"]["config"]["k8sRunLauncher"]["runK8sConfig"]["podSpecConfig"]["serviceAccountName"],
    }
    assert {each["metadata"]["name"] for each in manifests if each["kind"] == "ServiceAccount"} == named


def test_what_the_chart_does_not_know_of_the_instance_is_valid_for_dagster(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(_values()["additionalInstanceConfig"]))

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_retries_enabled
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert instance.run_monitoring_max_runtime_seconds == 7200


def test_the_api_is_valid_with_an_account_of_its_own_its_settings_and_its_tokens() -> None:
    manifests = {each["kind"]: each for each in _manifests("api.yaml")}
    for manifest in manifests.values():
        kubernetes_validate.validate(manifest, _KUBERNETES, strict=True)

    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["serviceAccountName"] == manifests["ServiceAccount"]["metadata"]["name"] == "yorutsuke-api"
    settings = load_settings({**_yorutsuke(_settings()), **{each["name"]: each["value"] for each in container["env"]}})
    tokens = {each["mountPath"] for each in container["volumeMounts"] if each["name"] == "tokens"}
    assert settings.api_tokens_file is not None
    assert {str(settings.api_tokens_file.parent)} == tokens
    assert manifests["Service"]["spec"]["selector"] == manifests["Deployment"]["spec"]["selector"]["matchLabels"]


def _yorutsuke(settings: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name.startswith("YORUTSUKE_")}
