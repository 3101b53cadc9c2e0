import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.local_aws.bedrock.errors import SerializationError, ValidationError
from yorutsuke_pipeline.local_aws.bedrock.shapes import check_request

NAME_PATTERN = r"[a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9\+\-\.]){0,63}"


def is_taken(name: str) -> bool:
    try:
        check_request("bedrock", "ListModelInvocationJobs", {"nameContains": name})
    except ValidationError:
        return False
    return True


@settings(max_examples=50)
@given(st.from_regex(NAME_PATTERN, fullmatch=True))
def test_every_name_that_the_services_own_pattern_takes_is_taken(name: str) -> None:
    assert is_taken(name) is (len(name) <= 63)


@settings(max_examples=50)
@given(st.text(alphabet="aZ0-+. _/あ", max_size=20))
def test_no_other_name_is_taken(name: str) -> None:
    starts_well = name[:1].isascii() and name[:1].isalnum()
    assert is_taken(name) is (starts_well and set(name) <= set("aZ0-+."))


def test_a_name_made_to_exhaust_the_services_pattern_is_refused_at_once() -> None:
    assert not is_taken("a" + "-" * 60 + "!")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ValidationError, match=r"^2 validation errors detected: .*'maxResults'.*'sortOrder'"):
        check_request("bedrock", "ListModelInvocationJobs", {"maxResults": 0, "sortOrder": "Up"})


@pytest.mark.parametrize("value", [True, "7", 7.5, [7]])
def test_a_number_must_be_a_whole_number(value: object) -> None:
    with pytest.raises(SerializationError, match="maxResults"):
        check_request("bedrock", "ListModelInvocationJobs", {"maxResults": value})


def test_members_that_the_service_does_not_know_are_ignored() -> None:
    check_request("bedrock", "ListModelInvocationJobs", {"colour": "blue"})
