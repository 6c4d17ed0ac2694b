"""The purpose of an export: written in a form, and then it is made."""

from __future__ import annotations

from bot.services import exporting
from bot.views.exports import export_confirmed
from bot.views.ids import Field, ViewId
from handlers.desk import Desk, log
from handlers.written_forms import FieldErrors, Fill, Reply, Written, show

LEAST_LETTERS = 3


async def confirm_export(desk: Desk, form: Written) -> Reply:
    """The purpose was given: the export is made next."""
    purpose = form.text(Field.PURPOSE)
    if sum(character.isalnum() for character in purpose) < LEAST_LETTERS:
        raise FieldErrors({Field.PURPOSE: "Say in a few words what the report is for."})
    export_id, now = str(form.about.get("export")), desk.now()
    await desk.store(lambda db: exporting.confirm(db, export_id, purpose, by=form.person, now=now))
    log.info("export_confirmed", export=export_id)
    return show(export_confirmed())


FILLS: dict[ViewId, Fill] = {ViewId.EXPORT: confirm_export}
