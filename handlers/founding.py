"""Who may write a rollout from nothing in Slack: the people that the operator named, and owners of another rollout."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.authority import require
from bot.store import rollouts
from handlers.desk import Desk


async def require_founder(desk: Desk, person: str) -> None:
    """Raise NotAllowed unless this person may create a rollout."""

    def owners(db: Connection) -> tuple[str, ...]:
        return tuple(owner for rollout in rollouts.every(db) for owner in rollout.plan.owners)

    who_can = tuple(dict.fromkeys((*desk.founders, *await desk.read(owners))))
    require(person, who_can, "write a new rollout")
