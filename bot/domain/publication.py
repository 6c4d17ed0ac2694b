"""What has been published of a stretch of weeks: written once, kept for ever, the same for everybody who asks.

A publication holds nothing but what a reader sees. What is hidden is not in it, so that it may be stored, exported and
stolen. `to_json` and `from_json` turn it into plain dictionaries and lists and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.weeks import Week, read_week


class TableKind(StrEnum):
    """What the rows of a table are; its columns are the publication's themes, or outcomes for `ENTRIES`."""

    WEEKS = "weeks"
    WAVES = "waves"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing, or several rolled up under one name, and its voices. `members` are what it is made of."""

    name: str
    members: tuple[str, ...]
    voices: int


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column of a table. Several parts: they are shown together here, though each one's total is known."""

    name: str
    parts: tuple[Part, ...]

    @property
    def voices(self) -> int:
        """Its total."""
        return sum(part.voices for part in self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    """A published table with its totals. A cell is a number of voices, or None where it is hidden."""

    kind: TableKind
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: tuple[tuple[int | None, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def hidden(self) -> tuple[tuple[int, int], ...]:
        """The places of the hidden cells: row and column."""
        return tuple((i, j) for i, line in enumerate(self.cells) for j, cell in enumerate(line) if cell is None)


@dataclass(frozen=True, slots=True)
class Publication:
    """All that is ever said of the weeks from `first` to `last`.

    `voices` is None when so few people spoke that nothing is said. `themes` make up the total; they are the columns of
    the tables, and `silent` are themes that nobody spoke of. `people` is given where it is exactly known. `mostly` names
    what at least k people spoke of when fewer than k spoke of anything else, and the themes stand together.
    """

    first: Week
    last: Week
    k: int
    voices: int | None
    people: int | None = None
    themes: tuple[Part, ...] = ()
    silent: tuple[str, ...] = ()
    mostly: str | None = None
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def span(self) -> str:
        """`2026-W49 to 2026-W52`, or a single week."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"

    def table(self, kind: TableKind) -> Table | None:
        """The table of this kind, or None when there is nothing to break down."""
        return next((table for table in self.tables if table.kind is kind), None)


def to_json(publication: Publication) -> dict[str, Any]:
    """A publication as JSON's own types."""
    return {
        "first": str(publication.first),
        "last": str(publication.last),
        "k": publication.k,
        "voices": publication.voices,
        "people": publication.people,
        "themes": [_part(part) for part in publication.themes],
        "silent": list(publication.silent),
        "mostly": publication.mostly,
        "tables": [
            {
                "kind": str(table.kind),
                "rows": [_line(line) for line in table.rows],
                "columns": [_line(line) for line in table.columns],
                "cells": [list(line) for line in table.cells],
                "notes": list(table.notes),
            }
            for table in publication.tables
        ],
        "notes": list(publication.notes),
    }


def from_json(data: dict[str, Any]) -> Publication:
    """A publication as it was stored. Raises KeyError, TypeError, ValueError or NoSuchWeek on anything else."""
    return Publication(
        first=read_week(data["first"]),
        last=read_week(data["last"]),
        k=data["k"],
        voices=data["voices"],
        people=data["people"],
        themes=tuple(_read_part(part) for part in data["themes"]),
        silent=tuple(data["silent"]),
        mostly=data["mostly"],
        tables=tuple(
            Table(
                kind=TableKind(table["kind"]),
                rows=tuple(_read_line(line) for line in table["rows"]),
                columns=tuple(_read_line(line) for line in table["columns"]),
                cells=tuple(tuple(line) for line in table["cells"]),
                notes=tuple(table["notes"]),
            )
            for table in data["tables"]
        ),
        notes=tuple(data["notes"]),
    )


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "members": list(part.members), "voices": part.voices}


def _read_part(data: dict[str, Any]) -> Part:
    return Part(data["name"], tuple(data["members"]), data["voices"])


def _line(line: Line) -> dict[str, Any]:
    return {"name": line.name, "parts": [_part(part) for part in line.parts]}


def _read_line(data: dict[str, Any]) -> Line:
    return Line(data["name"], tuple(_read_part(part) for part in data["parts"]))
