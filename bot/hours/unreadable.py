"""What a person is told when an export cannot be read: where, what was expected there, and what to do."""

from __future__ import annotations


class Unreadable(Exception):
    """An export that cannot be read. The message never repeats a cell: a cell may hold somebody's name."""

    def __init__(self, problem: str, mend: str, *, line: int | None = None, column: str | None = None) -> None:
        """`problem` and `mend` are sentences; `column` is a heading that the reader knows, or `column 5`."""
        where = ", ".join([*([f"line {line}"] if line else []), *([f"column {column}"] if column else [])])
        super().__init__(f"{where[:1].upper()}{where[1:]}: {problem} {mend}" if where else f"{problem} {mend}")
        self.line = line
        self.column = column
