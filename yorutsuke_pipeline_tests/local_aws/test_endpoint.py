from __future__ import annotations

from yorutsuke_pipeline.local_aws.endpoint import without_aws_settings


def test_nothing_of_the_users_own_aws_account_or_proxy_reaches_the_server() -> None:
    users = {
        "PATH": "/bin", "HOME": "/home/u", "AWS_PROFILE": "work", "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_ENDPOINT_URL": "http://elsewhere", "HTTPS_PROXY": "http://proxy", "MINISTACK_REGION": "eu-west-1",
        "YORUTSUKE_ENV": "dev",
    }  # fmt: skip

    kept = without_aws_settings(users)

    assert {"PATH", "HOME", "YORUTSUKE_ENV"} <= kept.keys()
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "HTTPS_PROXY", "MINISTACK_REGION"} & kept.keys()
    assert kept["AWS_SECRET_ACCESS_KEY"] != "real"
