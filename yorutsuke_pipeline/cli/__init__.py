"""The command line `yorutsuke`, for people at a terminal and for their scripts.

What belongs here: words, options, tables and exit codes; one command group a file. What is kept out: any
rule, and anything slow at import: `--help` must answer at once, so each command imports what it needs.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit: 0 done, 1 something was refused or failed, 2 wrong usage."""
    from yorutsuke_pipeline.cli.program import program  # noqa: PLC0415 — importing the package stays free

    program(prog_name="yorutsuke")
