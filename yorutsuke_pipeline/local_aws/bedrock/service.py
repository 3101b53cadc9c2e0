"""The embedded Bedrock as one ASGI application: put together from its parts here, and answering requests.

What belongs here: the parts, faults of calls on the wire, and starting and resuming jobs. Kept out: ports,
processes and the rest of AWS; the host serves this application and gives S3's address.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.answering import Answering
from yorutsuke_pipeline.local_aws.bedrock.database import Database
from yorutsuke_pipeline.local_aws.bedrock.errors import AwsError, InternalError
from yorutsuke_pipeline.local_aws.bedrock.events import JobEvents, SendEvent
from yorutsuke_pipeline.local_aws.bedrock.fault_board import FaultBoard, error_of
from yorutsuke_pipeline.local_aws.bedrock.faults import (
    CallFault,
    Faults,
    FaultsError,
    faults_from_environment,
    parse_faults,
)
from yorutsuke_pipeline.local_aws.bedrock.job_api import JobApi
from yorutsuke_pipeline.local_aws.bedrock.job_records import RecordAnswering
from yorutsuke_pipeline.local_aws.bedrock.job_run import JobParts, JobRun
from yorutsuke_pipeline.local_aws.bedrock.job_store import JobStore
from yorutsuke_pipeline.local_aws.bedrock.objects import Objects
from yorutsuke_pipeline.local_aws.bedrock.operations import Operations
from yorutsuke_pipeline.local_aws.bedrock.record_store import RecordStore
from yorutsuke_pipeline.local_aws.bedrock.routes import Route, find_route
from yorutsuke_pipeline.local_aws.bedrock.runtime_api import RuntimeApi
from yorutsuke_pipeline.local_aws.bedrock.wire import (
    Receive,
    Response,
    Scope,
    Send,
    break_connection,
    error_response,
    read_request,
    send_response,
    wait_for_disconnect,
)
from yorutsuke_pipeline.local_aws.bedrock.workers import ModelWorkers, model_from_environment

log = logging.getLogger(__name__)

_FAULTS = "faults"


class BedrockService:
    """Bedrock's control plane and runtime, on whatever port the host serves it.

    Args:
        state_dir: where jobs and answers are kept; one service at a time may use it.
        s3_endpoint: gives S3's address, such as `http://127.0.0.1:4566`; asked on every use.
        region: in ARNs.
        account_id: in ARNs.
        model: dotted path of the function that answers prompts (see `workers.AnswersPrompts`); None for the one that
            the environment names, or else our own.
        processes: how many of it run at once.
        send_event: delivers the event of each new state of a job to EventBridge; none are sent without it.
    """

    def __init__(
        self,
        *,
        state_dir: Path,
        s3_endpoint: Callable[[], str],
        region: str,
        account_id: str,
        model: str | None = None,
        processes: int = 2,
        send_event: SendEvent | None = None,
    ) -> None:
        self._folder = state_dir / "bedrock-jobs"
        self._database = Database(state_dir)
        self._objects = Objects(endpoint=s3_endpoint, region=region)
        self._workers = ModelWorkers(model=model or model_from_environment(os.environ), processes=processes)
        self._board = FaultBoard(Faults(), save=self._keep_faults)
        account = Account(region, account_id)
        answering = Answering(workers=self._workers, objects=self._objects)
        self._parts = self._job_parts(account, answering, at_once=processes + 1, send_event=send_event)
        self._operations = Operations(
            jobs=JobApi(
                store=self._parts.jobs,
                objects=self._objects,
                board=self._board,
                start=self._start_job,
                account=account,
            ),
            runtime=RuntimeApi(answering=answering, account=account),
            board=self._board,
            account=account,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests = 0
        self._is_started = False

    async def startup(self) -> None:
        """Take up the jobs that had not ended, and the faults that were set. A second call changes nothing.

        Raises:
            FaultsError: YORUTSUKE_BEDROCK_FAULTS is set and cannot be read.
        """
        if self._is_started:
            return
        self._is_started = True
        # What the process was started with wins over what an earlier one was told.
        faults = faults_from_environment(os.environ) or self._kept_faults()
        if faults is not None:
            self._board.replace(faults)
        unfinished = [job.job_id for job in await self._parts.jobs.unfinished()]
        await asyncio.to_thread(_sweep, self._folder, unfinished)
        for job_id in unfinished:
            self._start_job(job_id)

    async def shutdown(self) -> None:
        """Stop without losing anything: jobs go on from here at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._workers.close()
        self._objects.close()
        self._database.close()

    def is_busy(self) -> bool:
        """Whether a job is under way or a request is being answered."""
        return bool(self._tasks) or self._requests > 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request by ASGI; the host calls `startup` before and `shutdown` after all of them."""
        if scope["type"] != "http":
            return
        self._requests += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._requests -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
        route = find_route(scope["method"], scope["path"], target)
        fault = self._board.next_hit(route.operation) if route else None
        response = await self._answer(scope, receive, route, fault)
        if response is not None:
            await send_response(send, response)
        elif fault and fault.kind == "hang":
            await wait_for_disconnect(receive)
        else:
            await break_connection(send)

    async def _answer(
        self, scope: Scope, receive: Receive, route: Route | None, fault: CallFault | None
    ) -> Response | None:
        """What to answer; None where a fault lets the client go without one."""
        try:
            request = await read_request(scope, receive)
            if fault is None:
                return await self._operations.answer(request, route)
            if fault.after_effect:
                await self._operations.answer(request, route)
            error = error_of(fault)
            return error_response(error) if error else None
        except AwsError as error:
            return error_response(error)
        except Exception:
            log.exception("%s %s broke", scope["method"], route.operation if route else scope["path"])
            return error_response(InternalError("The embedded Bedrock broke on this request; see its log."))

    def _job_parts(
        self, account: Account, answering: Answering, *, at_once: int, send_event: SendEvent | None
    ) -> JobParts:
        jobs, records = JobStore(self._database), RecordStore(self._database)
        return JobParts(
            jobs=jobs,
            records=records,
            objects=self._objects,
            answering=RecordAnswering(
                jobs=jobs, records=records, answering=answering, at_once=at_once, account=account
            ),
            board=self._board,
            events=JobEvents(send_event, account),
        )

    def _kept_faults(self) -> Faults | None:
        kept = self._database.text(_FAULTS)
        try:
            return parse_faults(kept) if kept else None
        except FaultsError as error:
            log.warning("The faults that an earlier version kept are left out: %s", error)
            return None

    def _keep_faults(self, faults: Faults) -> None:
        self._database.keep_text(_FAULTS, faults.model_dump_json())

    def _start_job(self, job_id: str) -> None:
        run = JobRun(job_id, self._parts, folder=self._folder / job_id)
        task = asyncio.create_task(run.run(), name=f"bedrock-job-{job_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _sweep(folder: Path, unfinished: Collection[str]) -> None:
    """Remove the copies of input that a process left which died as their job ended."""
    for leftover in folder.glob("*"):
        if leftover.name not in unfinished:
            shutil.rmtree(leftover, ignore_errors=True)
