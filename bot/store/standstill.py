"""Everything waits: Slack takes this bot's token no more, or the app was uninstalled. Known to every instance."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from bot.store import instance_tables
from bot.store.outbox import EVERY_METHOD
from bot.store.statements import insert_or_update

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_STANDS = select(instance_tables.rate_block.c.method).where(instance_tables.rate_block.c.method == EVERY_METHOD)


def stop(db: Connection) -> None:
    """Nothing is sent from now on; whatever is in the outbox stays there as it is."""
    insert_or_update(db, instance_tables.rate_block, {"method": EVERY_METHOD, "blocked_until": FOR_EVER})


def go_on(db: Connection) -> bool:
    """Sending goes on. False when it had never stopped."""
    block = instance_tables.rate_block
    return db.execute(delete(block).where(block.c.method == EVERY_METHOD)).rowcount > 0


def stands(db: Connection) -> bool:
    """Whether everything waits."""
    return db.scalar(_STANDS) is not None
