"""What a command leaves behind: words on the terminal, and an exit code."""

from __future__ import annotations

import sys

OK, FAULTY, UNUSABLE = 0, 1, 2
"""Exit codes: all is well; what was looked at has faults; the command could not be carried out."""


def say(text: str) -> None:
    """What was asked for, or what was done."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Why it could not be done, and what to do instead."""
    sys.stderr.write(f"{text}\n")
