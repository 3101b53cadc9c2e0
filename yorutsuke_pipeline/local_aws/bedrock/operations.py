"""Every operation by its AWS name, and the settings' own, as functions from request to answer.

Kept out: HTTP and faults of calls (`service`), and the operations' rules (`job_api`, `runtime_api`).
"""

from collections.abc import Awaitable, Callable

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.errors import UnknownOperationError, ValidationError
from yorutsuke_pipeline.local_aws.bedrock.fault_board import FaultBoard
from yorutsuke_pipeline.local_aws.bedrock.faults import FaultsError, parse_faults
from yorutsuke_pipeline.local_aws.bedrock.job_api import JobApi
from yorutsuke_pipeline.local_aws.bedrock.quota_list import list_quotas
from yorutsuke_pipeline.local_aws.bedrock.routes import Route
from yorutsuke_pipeline.local_aws.bedrock.runtime_api import RuntimeApi
from yorutsuke_pipeline.local_aws.bedrock.wire import Request, Response, json_response


class Operations:
    """Answers a request once its route is known."""

    def __init__(self, *, jobs: JobApi, runtime: RuntimeApi, board: FaultBoard, account: Account) -> None:
        self._board = board
        self._account = account
        self._answers: dict[str, Callable[[Request, str], Awaitable[Response]]] = {
            "CreateModelInvocationJob": lambda request, _: _json(jobs.create(request.json_object())),
            "GetModelInvocationJob": lambda _, job: _json(jobs.get(job)),
            "ListModelInvocationJobs": lambda request, _: _json(jobs.list(request.parameters())),
            "StopModelInvocationJob": lambda _, job: _json(jobs.stop(job)),
            "ListTagsForResource": lambda request, _: _json(jobs.tags(request.json_object())),
            "TagResource": lambda request, _: _json(jobs.tag(request.json_object())),
            "UntagResource": lambda request, _: _json(jobs.untag(request.json_object())),
            "InvokeModel": lambda request, model: runtime.invoke(model, request.body),
            "Converse": lambda request, model: runtime.converse(model, request.body),
            "InvokeModelWithResponseStream": _refuse_stream,
            "ConverseStream": _refuse_stream,
            "ListServiceQuotas": lambda request, _: _json(self._list_quotas(request)),
            "ListAWSDefaultServiceQuotas": lambda request, _: _json(self._list_quotas(request)),
            "GetFaults": lambda _, __: _json(self._show_faults()),
            "PutFaults": lambda request, _: _json(self._set_faults(request.body)),
            "ResetFaults": lambda _, __: _json(self._set_faults(b"{}")),
        }

    async def answer(self, request: Request, route: Route | None) -> Response:
        """Answer one request. Raises AwsError, also where no operation is at its path."""
        if route is None:
            raise UnknownOperationError(
                f"The embedded Bedrock has no operation at {request.method} {request.path}. It offers batch jobs "
                "(model-invocation-job), their tags and quotas, InvokeModel and Converse."
            )
        return await self._answers[route.operation](request, route.subject)

    async def _list_quotas(self, request: Request) -> object:
        return list_quotas(request.json_object().get("ServiceCode"), self._board.faults.quotas, self._account)

    async def _show_faults(self) -> object:
        return self._board.faults.model_dump(mode="json")

    async def _set_faults(self, body: bytes) -> object:
        try:
            self._board.replace(parse_faults(body))
        except FaultsError as error:
            raise ValidationError(str(error)) from error
        return await self._show_faults()


async def _json(value: Awaitable[object]) -> Response:
    return json_response(await value)


async def _refuse_stream(_: Request, __: str) -> Response:
    raise ValidationError(
        "The embedded Bedrock answers whole messages only; use InvokeModel or Converse in place of the stream."
    )
