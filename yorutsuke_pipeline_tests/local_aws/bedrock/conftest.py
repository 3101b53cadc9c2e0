import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws
from yorutsuke_pipeline_tests.local_aws.bedrock.served import Served, running_s3


@pytest.fixture(scope="session", autouse=True)
def importable_model() -> Iterator[None]:
    """Worker processes start with this process's path, and pytest does not put the project on it."""
    project = str(Path(__file__).parents[3])
    sys.path.insert(0, project)
    yield
    sys.path.remove(project)


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_s3(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, s3_url: str) -> Iterator[Served]:
    yield from _serving(Served(state_dir=tmp_path_factory.mktemp("bedrock"), s3=s3_url))


@pytest.fixture
def aws(served: Served) -> Aws:
    """A service in which every job ends within moments, an own bucket, and no fault set."""
    return fresh(served)


@pytest.fixture
def own_service(tmp_path: Path, s3_url: str) -> Iterator[Served]:
    """A service of this test's own, for tests that stop it or count its jobs."""
    yield from _serving(Served(state_dir=tmp_path / "state", s3=s3_url))


def _serving(served: Served) -> Iterator[Served]:
    served.start()
    yield served
    served.end()


def fresh(served: Served) -> Aws:
    aws = Aws(served.url, served.s3, f"b{uuid.uuid4().hex[:20]}")
    aws.s3.create_bucket(Bucket=aws.bucket, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    aws.set_faults()
    return aws
