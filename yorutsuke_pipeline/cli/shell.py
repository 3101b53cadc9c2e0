"""Variables as a shell reads them, for `eval "$(yorutsuke aws env)"` and its like."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A profile or a session's token of the user's real account would go along with the placeholders.
_REAL_ACCOUNT = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def assignments(variables: Mapping[str, str], shell: str = "sh") -> Iterator[str]:
    """Yield lines for `sh` (bash and zsh too) or `fish` that set the variables, and nothing of a real account."""
    for name in _REAL_ACCOUNT:
        yield f"unset {name}" if shell == "sh" else f"set -e {name};"
    for name, value in variables.items():
        quoted = shlex.quote(value)
        yield f"export {name}={quoted}" if shell == "sh" else f"set -gx {name} {quoted};"
