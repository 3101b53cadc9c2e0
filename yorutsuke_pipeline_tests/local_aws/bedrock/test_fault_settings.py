import pytest

from yorutsuke_pipeline.local_aws.bedrock.faults import (
    Faults,
    FaultsError,
    faults_from_environment,
    parse_faults,
)
from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws
from yorutsuke_pipeline_tests.local_aws.bedrock.conftest import fresh
from yorutsuke_pipeline_tests.local_aws.bedrock.served import Served

PATH = "/_yorutsuke/bedrock/faults"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"timings": {}}', "timings"),
        ('{"timing": {"queued": 1}}', "timing.queued"),
        ('{"jobs": [{"error_rate": 2}]}', "jobs.0.error_rate"),
        ('{"calls": [{"operation": "X"}]}', "calls.0.kind"),
        ('{"jobs": [{"ending": "badly"}]}', "jobs.0.ending"),
        ("[]", "settings"),
        ("{", "settings"),
    ],
)
def test_a_key_that_is_unknown_or_out_of_range_is_named(text: str, named: str) -> None:
    with pytest.raises(FaultsError, match=named):
        parse_faults(text)


def test_what_is_not_named_keeps_its_default() -> None:
    assert parse_faults('{"quotas": {"max_active_jobs": 3}}').quotas.min_records == 100


def test_the_first_fault_that_fits_a_jobs_name_counts() -> None:
    faults = parse_faults('{"jobs": [{"name_contains": "a", "manifest": "none"}, {"manifest": "lies"}]}')

    assert [faults.of_job(name).manifest for name in ("cab", "dog")] == ["none", "lies"]
    assert Faults().of_job("any").manifest == "true"


def test_the_environment_may_hold_settings_or_nothing() -> None:
    assert faults_from_environment({}) is None
    assert faults_from_environment({"YORUTSUKE_BEDROCK_FAULTS": " "}) is None
    given = faults_from_environment({"YORUTSUKE_BEDROCK_FAULTS": '{"require_own_role": true}'})
    assert given == Faults(require_own_role=True)


def test_settings_are_read_changed_and_reset_while_the_service_runs(aws: Aws) -> None:
    put = aws.http("PUT", PATH, b'{"timing": {"scheduled": 30}}')
    got = aws.http("GET", PATH)
    refused = aws.http("PUT", PATH, b'{"tempo": 1}')
    kept = aws.http("GET", PATH)
    reset = aws.http("DELETE", PATH)

    assert put[1]["timing"]["scheduled"] == 30
    assert got == put == kept
    assert refused[0] == 400
    assert "tempo" in refused[1]["message"]
    assert reset[1] == Faults().model_dump(mode="json")


def test_settings_outlive_a_restart(own_service: Served) -> None:
    fresh(own_service).set_faults(require_own_role=True)
    own_service.restart()

    assert fresh_settings(own_service)["require_own_role"] is True


def fresh_settings(served: Served) -> dict[str, object]:
    settings: dict[str, object] = Aws(served.url, served.s3, "").http("GET", PATH)[1]
    return settings
