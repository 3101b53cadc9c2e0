"""The routes that every workload has for its jobs: look at one, stop it, send its dead letters again.

What belongs here: what is the same below each prefix. How a job is ordered is the workload's own module.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from yorutsuke_pipeline.api.answers import JobAnswer, job_answer, poll_after
from yorutsuke_pipeline.api.document import POLLED, problems
from yorutsuke_pipeline.api.door import Door, LetIn
from yorutsuke_pipeline.api.problems import ProblemError
from yorutsuke_pipeline.api.tokens import Caller, Scope
from yorutsuke_pipeline.engine.orders import OrderState
from yorutsuke_pipeline.engine.ports import Clock
from yorutsuke_pipeline.engine.ports_orders import OrderDesk

# What `engine.identity.check_intent_id` takes.
INTENT_ID = r"^[a-zA-Z0-9][a-zA-Z0-9-]{0,49}$"
JobId = Annotated[str, Path(alias="jobId", pattern=INTENT_ID, description="The order's intent id")]


class JobRoutes:
    """The routes of one workload's jobs.

    Args:
        desk: Where its orders are.
        prefix: Below which the routes are: `prefix/{jobId}` and so on.
    """

    def __init__(self, desk: OrderDesk, clock: Clock, prefix: str) -> None:
        self._desk = desk
        self._clock = clock
        self._prefix = prefix

    def add_to(self, router: APIRouter, door: Door, *, look: Scope, change: Scope) -> None:
        """Add the routes to a router; whoever looks needs one scope, whoever changes something another."""
        path = f"{self._prefix}/{{jobId}}"
        router.add_api_route(
            path,
            self.show,
            methods=["GET"],
            summary="How far a job is",
            dependencies=[door.needs(look)],
            responses=problems(404, 422) | POLLED,
        )
        router.add_api_route(
            f"{path}/stop",
            self.stop,
            methods=["POST"],
            summary="Stop a job; what is answered already is kept, and paid for",
            dependencies=[door.needs(change)],
            responses=problems(404, 422),
        )
        router.add_api_route(
            f"{path}/redrive",
            self.redrive,
            methods=["POST"],
            status_code=202,
            summary="Ask about a job's dead letters again, as a job of its own",
            dependencies=[door.needs(change)],
            responses=problems(404, 409, 422),
        )

    def url(self, state: OrderState) -> str:
        """Return where an order can be looked at: a path, so that no proxy's name matters."""
        return f"{self._prefix}/{state.intent_id}"

    def answer(self, state: OrderState) -> JobAnswer:
        """Return an order as it is answered."""
        return job_answer(state, self.url(state))

    def show(self, job_id: JobId, caller: LetIn, response: Response) -> JobAnswer:
        """Return a job as it stands. `Retry-After` says when to ask again; without it, nothing will change."""
        state = self._found(job_id, caller)
        response.headers.update(poll_after(state, self._clock.now()))
        return self.answer(state)

    def stop(self, job_id: JobId, caller: LetIn) -> JobAnswer:
        """Stop what can still be stopped. A job that has ended stays as it is."""
        return self.answer(self._desk.stop(self._found(job_id, caller).intent_id))

    def redrive(self, job_id: JobId, caller: LetIn, response: Response) -> JobAnswer:
        """Put the job's dead letters into a new job, of the same owner. Repeated, it is the same new job."""
        state = self._found(job_id, caller)
        placed = self._desk.redrive(state.intent_id, state.owner)
        if placed is None:
            raise ProblemError(409, "nothing-to-redrive", f"job {job_id} has no dead letter that waits")
        response.headers["Location"] = self.url(placed.state)
        return self.answer(placed.state)

    def _found(self, job_id: str, caller: Caller) -> OrderState:
        state = self._desk.state(job_id)
        # One answer for both: whether a foreign job is there is nobody's business.
        if state is None or not caller.owns(state.owner):
            raise ProblemError(404, "no-such-job", f"there is no job {job_id}")
        return state
