"""Who may call: tokens, what each of them allows, and how one is recognised.

What belongs here: the values and the rule. Where tokens are kept is `token_file.py`; what a request without one is
answered is `door.py`.

A token is 256 random bits, so nobody finds it by trying, and the plain sha256 that is kept cannot be turned back.
What slows down guessing (scrypt, argon2) protects passwords that people choose; here it would only slow every request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

# Lets a scanner of repositories and logs see at once what it has found.
_MARK = "yorutsuke_"


class Scope(Word):
    """What a token allows. `admin` implies the others, for every owner."""

    ADMIN = "admin"
    SUBMIT = "submit"
    READ = "read"


Scopes = Annotated[frozenset[Scope], PlainSerializer(sorted, return_type=list[Scope]), Field(min_length=1)]


class TokenEntry(BaseModel):
    """What is kept of a token: everything but the token.

    Attributes:
        id: By which people name it; stands in logs.
        owner: Whose orders it sees; an app's user, as in the tables' `userId`.
        sha256: Of the token, in hex.
        expires: From then on it is refused; None for never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,40}$")
    owner: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+:=-]{0,127}$")
    scopes: Scopes
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    expires: AwareDatetime | None = None

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires is None or moment < self.expires


class TokenBook(Protocol):
    """Where the entries of all tokens are."""

    def entries(self) -> Iterable[TokenEntry]:
        """Return the entries as they are now.

        Raises:
            ConfigurationError: They cannot be read.
        """
        ...


@dataclass(frozen=True)
class Caller:
    """Whoever sent a request with a token that holds."""

    token_id: str
    owner: str
    scopes: frozenset[Scope]

    @property
    def is_admin(self) -> bool:
        """Whether everybody's orders are its own."""
        return Scope.ADMIN in self.scopes

    def may(self, scope: Scope) -> bool:
        """Tell whether it has a scope, or the one that implies it."""
        return self.is_admin or scope in self.scopes

    def owns(self, owner: str) -> bool:
        """Tell whether what is `owner`'s may be shown to it."""
        return self.is_admin or owner == self.owner


def mint(owner: str, scopes: Collection[Scope], expires: datetime | None) -> tuple[str, TokenEntry]:
    """Return a new token, which nobody will be able to show again, and what is to be kept of it.

    Raises:
        pydantic.ValidationError: The owner is no possible user's id, or there is no scope.
    """
    token = _MARK + secrets.token_urlsafe(32)
    identity = secrets.token_hex(4)
    entry = TokenEntry(id=identity, owner=owner, scopes=frozenset(scopes), sha256=_digest(token), expires=expires)
    return token, entry


def recognise(token: str, entries: Iterable[TokenEntry], now: datetime) -> Caller | None:
    """Return whose token it is; None if it is nobody's or has expired.

    Every entry is compared, each in constant time, so that the time taken tells nothing about any of them.
    """
    digest = _digest(token)
    found: TokenEntry | None = None
    for entry in entries:
        if hmac.compare_digest(entry.sha256, digest):
            found = entry
    if found is None or not found.is_valid_at(now):
        return None
    return Caller(found.id, found.owner, found.scopes)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
