"""What Dagster is told: the graph, pinned."""

from __future__ import annotations

import subprocess
import sys

import dagster as dg

from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.defs.jobs import WORKLOAD_TAG
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.defs.days import INGESTED_HALF, SUBMITTED_HALF, definitions

_GRAPH = {
    "pending_images": set(),
    "manifest": {"pending_images"},
    "bedrock_job": {"manifest"},
    "raw_output": {"bedrock_job"},
    "transactions": {"raw_output"},
    "archived_images": {"transactions"},
    "violations/pending_violations": set(),
    "violations/manifest": {"violations/pending_violations"},
    "violations/bedrock_job": {"violations/manifest"},
    "violations/raw_output": {"violations/bedrock_job"},
    "violations/violation_content": {"violations/raw_output"},
    "violations/violations_table": {"violations/violation_content"},
}


def test_the_definitions_load() -> None:
    dg.Definitions.validate_loadable(definitions())


def test_loading_the_definitions_leaves_out_what_only_a_day_with_content_needs() -> None:
    # Every run and every code server loads them: pandas alone would more than double what that takes.
    loaded = "import sys, yorutsuke_pipeline.definitions as loaded; loaded.defs(); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)

    unwanted = {"pandas", "numpy", "rich", "genai_prices", "pyiceberg", "pyarrow", "duckdb", "fastapi"}
    assert unwanted & set(done.stdout.split()) == set()


def test_a_tick_of_the_sensor_loads_nothing_of_the_iceberg_table_nor_of_the_api() -> None:
    ticks = """
import sys
from yorutsuke_pipeline_tests.defs.days import completion_resources, tick
from yorutsuke_pipeline_tests.defs.violations import Register
from yorutsuke_pipeline_tests.engine.nights import night_of
import dagster as dg
from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline.workloads.violations.line import assemble
role = "arn:aws:iam::000000000000:role/batch"
settings = load_settings({"YORUTSUKE_AWS": "real", "YORUTSUKE_BUCKET": "b", "YORUTSUKE_ROLE_ARN": role})
real = Stages(assemble(Composition(settings, AwsEnvironment("us-east-1"))))
assert real.line.switch and real.lateness
night = night_of(0)
Register(night).order()
with dg.DagsterInstance.ephemeral() as instance:
    (request,) = tick("batch_completion", completion_resources(night), instance=instance).run_requests
print(request.job_name, *sys.modules)
"""

    done = subprocess.run([sys.executable, "-c", ticks], capture_output=True, text=True, check=True)

    job, *modules = done.stdout.split()
    assert job == "violations_submit_batch"
    assert {"pyiceberg", "pyarrow", "duckdb", "fastapi"} & set(modules) == set()


def test_each_job_has_the_tags_that_the_settings_give_it_and_none_without() -> None:
    own = {WORKLOAD_TAG: "receipts"}
    tags = '{"submit_batch": {"ecs/task_overrides": {"taskRoleArn": "arn:x"}, "ecs/cpu": "256"}}'
    tagged = build_definitions(load_settings({"YORUTSUKE_RUN_TAGS": tags}))

    overrides = {"ecs/task_overrides": '{"taskRoleArn": "arn:x"}', "ecs/cpu": "256"}
    assert tagged.resolve_job_def("submit_batch").tags == {**overrides, **own}
    assert tagged.resolve_job_def("ingest_results").tags == own
    assert definitions().resolve_job_def("submit_batch").tags == own


def test_the_graph_is_the_flow_of_the_documents() -> None:
    graph = definitions().resolve_asset_graph()

    found = {
        key.to_user_string(): {parent.to_user_string() for parent in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    }

    assert found == _GRAPH


def test_every_asset_and_check_is_partitioned_by_the_same_days_in_tokyo() -> None:
    graph = definitions().resolve_asset_graph()

    days = {graph.get(key).partitions_def for key in graph.get_all_asset_keys()}

    (tokyo,) = days
    assert isinstance(tokyo, dg.DailyPartitionsDefinition)
    assert tokyo.timezone == "Asia/Tokyo"
    assert {check.partitions_def for check in graph.asset_check_nodes} == {tokyo}


def test_the_two_jobs_share_the_assets_between_them_and_each_brings_its_checks() -> None:
    loaded = definitions()

    halves = {
        name: {key.to_user_string() for key in loaded.resolve_job_def(name).asset_layer.selected_asset_keys}
        for name in ("submit_batch", "ingest_results")
    }

    assert halves == {"submit_batch": set(SUBMITTED_HALF), "ingest_results": set(INGESTED_HALF)}
    steps = {node.name for node in loaded.resolve_job_def("ingest_results").nodes}
    assert steps - set(INGESTED_HALF) == {
        "archived_images_every_record_accounted_for",
        "archived_images_reconciled",
        "transactions_failures_at_most_five_percent",
        "raw_output_cost_within_estimate",
        "raw_output_jobs_ended_well",
    }


def test_sensors_and_schedule_run_without_being_switched_on() -> None:
    repository = definitions().get_repository_def()

    sensors = {sensor.name: sensor.default_status for sensor in repository.sensor_defs}
    schedules = {schedule.name: schedule.default_status for schedule in repository.schedule_defs}

    # All samples of the embedded AWS are of days past, so that its late days are nobody's.
    assert sensors.pop("late_days") is dg.DefaultSensorStatus.STOPPED
    assert sensors == dict.fromkeys(
        ("batch_completion", "orphaned_runs", "failed_days"), dg.DefaultSensorStatus.RUNNING
    )
    assert schedules == dict.fromkeys(("nightly", "violations_nightly"), dg.DefaultScheduleStatus.RUNNING)


def test_every_workload_has_its_jobs_and_its_resource() -> None:
    repository = definitions().get_repository_def()

    jobs = {name for name in repository.job_names if not name.startswith("__")}

    halves = {"submit_batch", "ingest_results", "stop_jobs"}
    assert jobs == halves | {f"violations_{name}" for name in halves}
    assert {"receipts", "violations", "product", "lookout", "alert_channel"} <= set(definitions().resources or {})
