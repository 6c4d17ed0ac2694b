"""Moving the whole of Foreword from SQLite to PostgreSQL, with a proof that all of it arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.services import checking
from bot.store import moving
from bot.store.moving import CannotMove, Moved

__all__ = ["CannotMove", "Differs", "Move", "move"]


@dataclass(frozen=True, slots=True)
class Move:
    """What was moved: every table, and for each rollout the number of the timeline's first broken entry, or None."""

    tables: Sequence[Moved]
    timelines: Mapping[str, int | None]

    @property
    def whole(self) -> bool:
        """Whether everything arrived as it was."""
        return all(table.same for table in self.tables) and not any(self.timelines.values())


class Differs(Exception):
    """What arrived is not what was sent. Nothing of it was kept."""

    def __init__(self, move: Move) -> None:
        super().__init__("Nothing was moved: what arrived is not what was sent.")
        self.move = move


def move(source: str, target: str) -> Move:
    """Carry everything over in one transaction. Raises CannotMove, SchemaProblem or Differs; then nothing was moved."""
    with moving.moving(source, target) as (here, there):
        for name, entry in checking.broken_timelines(here).items():
            if entry is not None:
                msg = f"Entry {entry} of the timeline of {name} is not what it was. Restore a backup in which it is, then move."
                raise CannotMove(msg)
        done = Move(moving.carry(here, there), checking.broken_timelines(there))
        if not done.whole:
            raise Differs(done)
    return done
