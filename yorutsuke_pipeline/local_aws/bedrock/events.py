"""Events of a job's states, in the form in which EventBridge gets them from the service.

Form: "Monitor batch inference jobs with EventBridge" in the Bedrock user guide
(https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-eventbridge.html). Best effort, as there: an
event that cannot be delivered is dropped, and a client must poll in any case.

Kept out: delivery. No client may put an event with an `aws.` source, so the host hands it to its EventBridge.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job

log = logging.getLogger(__name__)

# Takes an entry of PutEvents: Source, DetailType, Resources and Detail (JSON text).
SendEvent = Callable[[Mapping[str, object]], Awaitable[None]]

_TIMES_SENT = {"true": 1, "lost": 0, "doubled": 2}


class JobEvents:
    """Tells of a job's new state through `send`, or nobody where it is None."""

    def __init__(self, send: SendEvent | None, account: Account) -> None:
        self._send = send
        self._account = account

    async def tell(self, job: Job, fault: JobFault) -> None:
        """Send the event of the state that the job is in now."""
        if self._send is None:
            return
        entry = self._entry(job, fault)
        try:
            for _ in range(_TIMES_SENT[fault.events]):
                await self._send(entry)
        except Exception:
            log.exception("The event of %s in %s was dropped", job.arn, job.status.value)

    def _entry(self, job: Job, fault: JobFault) -> dict[str, object]:
        detail = {
            "version": "0.0",
            "accountId": self._account.account_id,
            "batchJobName": job.name,
            "batchJobArn": job.arn,
            "batchModelId": job.model_arn,
            "status": fault.show_status.get(job.status.value, job.status.value),
            "failureMessage": job.message or "",
            # Not ISO 8601, as the service sends it: "Aug 28, 2024, 10:47:53 PM".
            "creationTime": f"{job.submit_time:%b %d, %Y, %I:%M:%S %p}",
        }
        return {
            "Source": "aws.bedrock",
            "DetailType": "Batch Inference Job State Change",
            "Resources": [job.arn],
            "Detail": json.dumps(detail),
        }
