"""`yorutsuke api token`: make, list and revoke the tokens of the HTTP API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.output import print_json, print_table, remark
from yorutsuke_pipeline.cli.parameters import UserId, as_json_option, the_product
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline.api.tokens import Scope, TokenEntry
    from yorutsuke_pipeline.composition import Composition

_FILE = "api-tokens.json"
_SCOPES = ("admin", "submit", "read")


def token_path(product: Composition) -> Path:
    """Return the file of tokens: as set, or the one beside the embedded AWS.

    Raises:
        ConfigurationError: None is set, and AWS is real.
    """
    settings = product.settings
    if settings.api_tokens_file is not None:
        return settings.api_tokens_file
    if settings.is_embedded:
        return product.home / _FILE
    raise ConfigurationError("no file of tokens is set: set YORUTSUKE_API_TOKENS_FILE to where they are to be kept")


@click.group()
def token() -> None:
    """Make, list and revoke tokens. Only their hashes are kept, in YORUTSUKE_API_TOKENS_FILE."""


@token.command()
@click.option("--owner", type=UserId(), required=True, help="Whose orders it makes and sees.")
@click.option(
    "--scopes", required=True, help="Of admin, submit and read, with commas between. admin implies the others."
)
@click.option("--days", type=click.IntRange(1, 3650), help="For how many days it holds; for ever if not given.")
@as_json_option()
@click.pass_context
def create(context: click.Context, owner: str, scopes: str, days: int | None, *, as_json: bool) -> None:
    """Make a token and print it, this once. A running API takes it at once."""
    from yorutsuke_pipeline.api.token_file import TokenFile  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.api.tokens import mint  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — as above

    expires = None if days is None else SystemClock().now() + timedelta(days=days)
    made, entry = mint(owner, _scopes(scopes), expires)
    file = TokenFile(token_path(the_product(context)))
    file.add(entry)
    if as_json:
        print_json({**_document(entry), "token": made})
        return
    click.echo(made)
    remark(f"token {entry.id} of {owner}: shown this once; its hash is in {file.path}")


@token.command("list")
@as_json_option()
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """Show whose tokens there are, what they allow and until when."""
    from yorutsuke_pipeline.api.token_file import TokenFile  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — as above

    path = token_path(the_product(context))
    # Before the first token there is no file, which is nothing wrong.
    entries = TokenFile(path).entries() if path.exists() else ()
    now = SystemClock().now()
    if as_json:
        print_json({"tokens": [{**_document(entry), "expired": not entry.is_valid_at(now)} for entry in entries]})
        return
    rows = [
        (entry.id, entry.owner, ",".join(sorted(entry.scopes)), _until(entry, expired=not entry.is_valid_at(now)))
        for entry in entries
    ]
    print_table(f"tokens in {path}", ["id", "owner", "scopes", "until"], rows)


@token.command()
@click.argument("identity", metavar="ID")
@click.pass_context
def revoke(context: click.Context, identity: str) -> None:
    """Revoke a token by its id. A running API refuses it from its next request on."""
    from yorutsuke_pipeline.api.token_file import TokenFile  # noqa: PLC0415 — keeps --help quick

    found = TokenFile(token_path(the_product(context))).revoke(identity)
    if found is None:
        raise click.BadParameter(f"there is no token {identity!r}; `yorutsuke api token list` shows them")
    click.echo(f"token {found.id} of {found.owner} is revoked")


def _scopes(text: str) -> list[Scope]:
    from yorutsuke_pipeline.api.tokens import Scope  # noqa: PLC0415 — keeps --help quick

    words = [word.strip() for word in text.split(",")]
    wrong = [word for word in words if word not in _SCOPES]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is none of {', '.join(_SCOPES)}", param_hint="--scopes")
    return [Scope(word) for word in words]


def _document(entry: TokenEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "owner": entry.owner,
        "scopes": sorted(entry.scopes),
        "expires": entry.expires,
    }


def _until(entry: TokenEntry, *, expired: bool) -> str:
    if entry.expires is None:
        return "for ever"
    return f"{entry.expires:%Y-%m-%d %H:%M} UTC" + (" (expired)" if expired else "")
