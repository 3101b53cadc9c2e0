"""The door: who is let in to which route, and how often.

What belongs here: bearer tokens on requests (RFC 6750), and the two rates. What a token is, is `tokens.py`.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from yorutsuke_pipeline.api.problems import ProblemError
from yorutsuke_pipeline.api.rates import Rate
from yorutsuke_pipeline.api.tokens import Caller, Scope, TokenBook, recognise
from yorutsuke_pipeline.engine.ports import Clock

_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="yorutsuke api token create")
Given = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


class Door:
    """Lets requests in.

    Args:
        tokens: The tokens that open it.
        requests: How often each token may be used.
        failures: How often each address may try a token that opens nothing. One that opens it is let in all the same:
            behind a proxy all clients have one address, and a stranger must not lock them out.
    """

    def __init__(self, tokens: TokenBook, clock: Clock, requests: Rate, failures: Rate) -> None:
        self._tokens = tokens
        self._clock = clock
        self._requests = requests
        self._failures = failures

    def needs(self, scope: Scope) -> Any:  # noqa: ANN401 — what fastapi's Security gives, whose type it keeps to itself
        """Return the dependency of a route that is open only to tokens with a scope."""
        return Security(self._entrance(scope), scopes=[str(scope)])

    def _entrance(self, scope: Scope) -> Callable[..., None]:
        def enter(request: Request, given: Given) -> None:
            caller = self._caller(request, given)
            request.state.caller = caller
            if wait := self._requests.seconds_to_wait(caller.token_id):
                raise _too_many("this token is used too often", wait)
            if not caller.may(scope):
                challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
                detail = f"this token lacks the scope {scope}"
                raise ProblemError(403, "scope-missing", detail, headers={"WWW-Authenticate": challenge})

        return enter

    def _caller(self, request: Request, given: HTTPAuthorizationCredentials | None) -> Caller:
        caller = None
        if given is not None:
            caller = recognise(given.credentials, self._tokens.entries(), self._clock.now())
        if caller is not None:
            return caller
        if wait := self._failures.seconds_to_wait(request.client.host if request.client else ""):
            raise _too_many("too many requests without a token that holds", wait)
        if given is None:
            detail, challenge = "send a token: Authorization: Bearer TOKEN", "Bearer"
        else:
            detail, challenge = "this token is unknown, revoked or expired", 'Bearer error="invalid_token"'
        raise ProblemError(401, "token-missing", detail, headers={"WWW-Authenticate": challenge})


async def _caller_of(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


# Whoever the door has let in; a route that has this must also have `Door.needs`.
LetIn = Annotated[Caller, Depends(_caller_of)]


def _too_many(detail: str, wait: int) -> ProblemError:
    return ProblemError(429, "too-many-requests", detail, headers={"Retry-After": str(wait)})
