"""The tasks of infra/ecs.yaml: what Dagster's launcher asks of ECS, on moto's."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call
from dagster._core.launcher import LaunchRunContext
from dagster._core.test_utils import environ, instance_for_test
from moto import mock_aws

from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.deploy.ecs_template import (
    ACCOUNT,
    REGION,
    environment,
    load_template,
    resolved,
    task_definition,
)
from yorutsuke_pipeline_tests.deploy.runs import make_run
from yorutsuke_pipeline_tests.deploy.variables import variables_of
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROLES = {"submit_batch": "submitter", "ingest_results": "ingester"}


@contextmanager
def _own_metadata(cluster: str, task: str) -> Iterator[str]:
    """Run what ECS answers to a task that asks about itself; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = json.dumps({"Cluster": cluster, "TaskARN": task}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — http.server's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def account() -> Iterator[None]:
    settings = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
    cleared: dict[str, Any] = {name: None for name in os.environ if name.startswith("AWS_ENDPOINT_URL")}
    with environ({**cleared, **settings, "MOTO_ACCOUNT_ID": ACCOUNT}), mock_aws():
        yield


def _network() -> dict[str, list[str]]:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
    return {"subnets": [subnet], "securityGroups": [group]}


def _register(logical: str) -> str:
    definition = task_definition(logical)
    for container in definition["containerDefinitions"]:
        # moto adds up what the containers ask for; on Fargate it is the task that asks.
        container["memory"] = 512
    registered = boto3.client("ecs").register_task_definition(**definition)
    return str(registered["taskDefinition"]["taskDefinitionArn"])


def _start_daemon(network: dict[str, list[str]]) -> tuple[str, str]:
    """Register both tasks and start the daemon's; return its ARN and the ARN of the definition of runs."""
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="yorutsuke-prod")
    of_runs = _register("RunTask")
    _register("DaemonTask")
    (task,) = ecs.run_task(
        cluster="yorutsuke-prod",
        taskDefinition="yorutsuke-daemon-prod",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    return task["taskArn"], of_runs


def _launch(job_name: str, settings: dict[str, str]) -> tuple[dict[str, Any], str, str]:
    """Launch a run; return its task, the ARN of the definition of runs, and the subnet of the daemon."""
    network = _network()
    daemon, of_runs = _start_daemon(network)
    launcher = yaml.safe_load((CHECKOUT / "deploy" / "ecs" / "run_launcher.yaml").read_text())
    with (
        _own_metadata("yorutsuke-prod", daemon) as address,
        environ({"DAGSTER_RUN_TASK_DEFINITION": of_runs, "ECS_CONTAINER_METADATA_URI_V4": address}),
        instance_for_test(overrides=launcher) as instance,
    ):
        run = make_run(instance, job_name, settings)
        instance.run_launcher.launch_run(LaunchRunContext(run, workspace=None))
    ecs = boto3.client("ecs")
    arns = [arn for arn in ecs.list_tasks(cluster="yorutsuke-prod")["taskArns"] if arn != daemon]
    (task,) = ecs.describe_tasks(cluster="yorutsuke-prod", tasks=arns)["tasks"]
    return task, of_runs, network["subnets"][0]


def _settings() -> dict[str, str]:
    return {name: value for name, value in environment("CodeTask").items() if name.startswith("YORUTSUKE_")}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("job_name", _ROLES)
def test_a_run_is_a_task_with_dagsters_command_and_the_role_of_its_half(job_name: str) -> None:
    task, of_runs, subnet = _launch(job_name, _settings())

    assert task["taskDefinitionArn"] == of_runs
    assert task["overrides"]["taskRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/yorutsuke-{_ROLES[job_name]}-prod"
    (container,) = task["overrides"]["containerOverrides"]
    assert container["name"] == "run"
    assert container["command"][:3] == ["dagster", "api", "execute_run"]
    details = [detail for attachment in task["attachments"] for detail in attachment["details"]]
    assert {"name": "subnetId", "value": subnet} in details


@pytest.mark.usefixtures("account")
def test_a_run_without_tags_of_its_own_keeps_the_role_of_the_whole_pipeline() -> None:
    settings = _settings()
    del settings["YORUTSUKE_RUN_TAGS"]

    task, _, _ = _launch("submit_batch", settings)

    assert "taskRoleArn" not in task["overrides"]
    assert task_definition("RunTask")["taskRoleArn"].endswith("role/yorutsuke-pipeline-prod")


def test_dagster_may_pass_every_role_that_a_run_can_have_and_no_other() -> None:
    (statement,) = [each for each in _statements() if each["Sid"] == "GiveRunsTheirRoles"]

    tags = json.loads(_settings()["YORUTSUKE_RUN_TAGS"])
    wanted = {each["ecs/task_overrides"]["taskRoleArn"] for each in tags.values()}
    definition = task_definition("RunTask")
    assert set(statement["Resource"]) == {*wanted, definition["taskRoleArn"], definition["executionRoleArn"]}


def _statements() -> list[dict[str, Any]]:
    policies = resolved(load_template("ecs.yaml")["Resources"]["DagsterRole"]["Properties"]["Policies"])
    return [
        statement for policy in policies for statement in policy["PolicyDocument"]["Statement"] if "Sid" in statement
    ]


def test_the_settings_of_the_tasks_are_settings_of_the_product() -> None:
    for logical in ("CodeTask", "RunTask", "ApiTask"):
        settings = load_settings(environment(logical))
        assert settings.required_bucket() == f"yorutsuke-receipts-prod-{ACCOUNT}"
        assert settings.required_role() == f"arn:aws:iam::{ACCOUNT}:role/yorutsuke-bedrock-batch-prod"


def test_every_variable_that_dagsters_configuration_reads_is_given_to_the_tasks() -> None:
    names = variables_of("dagster.yaml", "workspace.yaml", "ecs/run_launcher.yaml")

    container = task_definition("DaemonTask")["containerDefinitions"][-1]
    given = {each["name"] for each in (*container["environment"], *container["secrets"])}
    assert names <= given


def test_every_role_that_the_tasks_take_on_is_one_that_the_first_template_makes() -> None:
    text = (CHECKOUT / "infra" / "ecs.yaml").read_text()
    taken_on = set(re.findall(r"yorutsuke-(?:submitter|ingester|sensor|api|pipeline|bedrock-batch)-\$\{Env\}", text))

    made = {
        resource["Properties"]["RoleName"]["Fn::Sub"]
        for resource in load_template("template.yaml")["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    }
    assert taken_on <= made


def test_the_api_has_a_role_and_a_network_of_its_own_and_nothing_of_dagsters() -> None:
    definition = task_definition("ApiTask")
    (container,) = definition["containerDefinitions"]
    service = resolved(load_template("ecs.yaml")["Resources"]["ApiService"]["Properties"])

    assert definition["taskRoleArn"].endswith("role/yorutsuke-api-prod")
    assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] == ["<ApiSecurityGroup>"]
    assert [each["name"] for each in container["secrets"]] == ["API_TOKENS"]
    assert not [name for name in environment("ApiTask") if name.startswith("DAGSTER_")]


def test_the_api_starts_with_the_tokens_that_ecs_hands_over_in_a_file_for_its_eyes_only(tmp_path: Path) -> None:
    (container,) = task_definition("ApiTask")["containerDefinitions"]
    file, seen = tmp_path / "api-tokens.json", tmp_path / "seen"
    served = tmp_path / "yorutsuke"
    served.write_text(f'#!/bin/sh\nprintf "%s" "$*" > {seen}\nexit ${{API_TOKENS:+1}}\n')
    served.chmod(0o700)
    given = {"API_TOKENS": '[{"id": "a b"}]', "YORUTSUKE_API_TOKENS_FILE": str(file)}

    done = subprocess.run(container["command"], env={**given, "PATH": f"{tmp_path}:{os.defpath}"}, check=False)

    assert done.returncode == 0
    assert (file.read_text(), file.stat().st_mode & 0o777) == (given["API_TOKENS"], 0o600)
    assert seen.read_text() == "api --host 0.0.0.0 --port 4700"
