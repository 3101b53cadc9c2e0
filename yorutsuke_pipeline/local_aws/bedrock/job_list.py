"""One page of ListModelInvocationJobs: filters, order, and where the next page begins.

Kept out: reading the jobs from the store (`job_api`).
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock.errors import ValidationError
from yorutsuke_pipeline.local_aws.bedrock.faults import Faults
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job
from yorutsuke_pipeline.local_aws.bedrock.shapes import check_request

_PAGE = 1000
_CURSOR = "after:"


def select_page(rows: Sequence[tuple[int, Job]], query: Mapping[str, str], faults: Faults) -> dict[str, Any]:
    """The answer of List.

    Args:
        rows: jobs with the number that orders them, newest first, already filtered by name.
        query: the request's parameters as text.
        faults: what is hidden or shown otherwise.

    Raises:
        ValidationError: a parameter breaks the service model, or is no time, number or token of ours.
    """
    values = _typed(query)
    check_request("bedrock", "ListModelInvocationJobs", values)
    ascending = values.get("sortOrder") == "Ascending"
    after, before = _time(query, "submitTimeAfter"), _time(query, "submitTimeBefore")
    start = _read_token(query["nextToken"]) if "nextToken" in query else None
    kept = [
        (number, shown)
        for number, job in (reversed(rows) if ascending else rows)
        if (shown := _shown(job, faults))
        and shown["status"] == values.get("statusEquals", shown["status"])
        and (after is None or job.submit_time > after)
        and (before is None or job.submit_time < before)
        and (start is None or (number > start if ascending else number < start))
    ]
    page = kept[: values.get("maxResults", _PAGE)]
    answer: dict[str, Any] = {"invocationJobSummaries": [shown for _, shown in page]}
    if len(page) < len(kept):
        answer["nextToken"] = _write_token(page[-1][0])
    return answer


def _shown(job: Job, faults: Faults) -> dict[str, Any] | None:
    fault = faults.of_job(job.name)
    return None if fault.vanished else job.shown(fault)


def _typed(query: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(query)
    if "maxResults" in query:
        try:
            values["maxResults"] = int(query["maxResults"])
        except ValueError as error:
            raise ValidationError(f"maxResults must be a number, not '{query['maxResults']}'.") from error
    return values


def _time(query: Mapping[str, str], name: str) -> datetime | None:
    if name not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[name].replace("Z", "+00:00"))
    except ValueError as error:
        raise ValidationError(f"{name} must be an ISO 8601 time, not '{query[name]}'.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _write_token(number: int) -> str:
    return base64.urlsafe_b64encode(f"{_CURSOR}{number}".encode()).decode()


def _read_token(token: str) -> int:
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
        return int(text.removeprefix(_CURSOR))
    except (binascii.Error, ValueError) as error:
        raise ValidationError("The provided nextToken is invalid.") from error
