"""The exit codes of `yorutsuke`; 0 is a command that did all that was asked, and click's 2 is wrong usage."""

from __future__ import annotations

# Something was refused, failed, differs or is left to a person.
EXIT_FAILED = 1
# As a shell tells it of a program that Ctrl-C ended.
EXIT_INTERRUPTED = 130
