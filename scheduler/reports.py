"""Makes the exports that were confirmed: figures, workbook, file. One at a time, beside everything else that is due.

The ledger has an export before any figure leaves the database. Before a file is shown the ledger has Slack's id of it, so
that after a crash one can look whether it arrived; in doubt it is called ambiguous and never given twice.
"""

from __future__ import annotations

import asyncio
import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot.domain.installation import TOKEN_REFUSED
from bot.domain.report import ReportFigures
from bot.in_time import Moment, leaving_soon_after
from bot.ports import Absent, Clock, Directory, Messenger, NotSent, Post, SendResult, Sent, SlackRefused, Unknown
from bot.services import exporting, publishing
from bot.services.exporting import Made, NotMade
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.store import exports, rollouts
from bot.store.database import Database
from bot.store.exports import Export
from bot.store.tables import ExportState
from bot.views.exports import export_comment, export_failed, export_link
from scheduler.progress import Progress

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
LINK_WORKS = timedelta(hours=1)
KEEP_TRYING = timedelta(hours=2)
TAKES_NO_FILES = frozenset(
    {
        "unknown_method",
        "not_implemented",
        "method_not_supported",
        "missing_scope",
        "http_404",
        "http_501",
        "file_uploads_disabled",
        "file_upload_disabled",
        "untrusted_upload_url",
    }
)
"""How servers say that there is no way of giving a file."""
NO_WAY = (
    "Slack takes no file from me here, and I have no address of my own that you could open. An operator can set PUBLIC_URL, or "
    "run: python app.py report --out FILE"
)


class Interrupted(Exception):
    """Slack cannot be reached for now, or another instance took over; the export is made again later."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """What it takes to make an export. `public_url` is where a browser reaches this bot; empty: nowhere."""

    database: Database
    messenger: Messenger
    directory: Directory
    clock: Clock
    rules: Rulebook
    ear: Ear
    public_url: str = ""
    owner: str = ""
    patience: float = 8.0
    """Seconds after which somebody who waits is told how far it is."""
    running: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def make_due(self) -> int:
        """Make everything that was confirmed. Returns how many exports ended."""
        async with self.running:
            return await self._make_due()

    async def _make_due(self) -> int:
        ended = 0
        owner = self.owner or f"exports-{uuid4().hex}"
        while True:
            now = self.clock.now()
            export = await self.database.run(partial(_claim, owner=owner, now=now))
            if export is None:
                return ended
            try:
                state = await self._make(export, owner)
            except Interrupted:
                log.info("export_waits", export=export.id)
                return ended
            log.info("export_ended", export=export.id, state=state)
            ended += 1

    async def link_works(self, token: str) -> bool:
        """Whether a download link can still be used."""
        now = self.clock.now()
        return await self.database.run(lambda db: exporting.linked(db, token, use=False, now=now)) is not None

    async def fetch(self, token: str) -> tuple[str, bytes] | None:
        """The workbook behind a link, by name and content; the link does not work afterwards."""
        now = self.clock.now()
        export = await self.database.run(lambda db: exporting.linked(db, token, use=True, now=now))
        if export is None:
            return None
        made = await self.workbook_of(export)
        if isinstance(made, NotMade):
            return None
        log.info("export_downloaded", export=export.id)
        return made.file_name, await asyncio.to_thread(written, made.figures, made.teams)

    async def workbook_of(self, export: Export, progress: Progress | None = None, owner: str = "") -> Made | NotMade:
        """Publish what is due, look at the authority again, enter it in the ledger, gather the figures."""
        rollout = await self.database.run(lambda db: rollouts.by_id(db, export.rollout_id))
        if rollout is None:
            return NotMade("rollout_gone")
        stretches = 0
        while await self.database.run(
            lambda db: publishing.publish_next(db, rollout, self.ear, self.rules.book, now=self.clock.now())
        ):
            stretches += 1
            if progress:
                progress.at(f"{stretches} stretches of weeks counted so far")
            if owner:
                await self._keep(export, owner)
        names = await self._names(exporting.people_named(rollout, export.requested_by))
        now = self.clock.now()
        return await self.database.run(lambda db: exporting.make(db, export, self.ear, self.rules.book, names, now=now))

    async def _make(self, export: Export, owner: str) -> ExportState:
        tool = await self._tool(export)
        if export.file_id is not None:
            settled = await self._look_for(export, export.file_id)
            if settled is not None:
                return await self._end(export, owner, settled)
            await self._keep(export, owner)
        async with Progress(self.messenger, export.requested_by, tool, self.patience) as progress:
            made = await self.workbook_of(export, progress, owner)
            if isinstance(made, NotMade):
                state = await self._end(export, owner, ExportState.FAILED, made.why)
                await self._say(export, export_failed(tool, "you may not export it any more, or it is gone."))
                return state
            progress.at("the figures are ready; writing the workbook")
            content = await asyncio.to_thread(written, made.figures, made.teams)
            progress.at("the workbook is ready; bringing it to Slack")
            return await self._give(export, owner, made, content, tool)

    async def _give(self, export: Export, owner: str, made: Made, content: bytes, tool: str) -> ExportState:
        uploaded = await self.messenger.upload(name=made.file_name, content=content)
        if isinstance(uploaded, NotSent) and uploaded.error in TAKES_NO_FILES:
            return await self._offer_link(export, owner, tool)
        if isinstance(uploaded, NotSent | Unknown):
            return await self._try_again(export, owner, uploaded, tool)
        moment, until = Moment(self.clock), self.clock.now() + LEASE
        if not await self.database.run(
            lambda db: exports.on_its_way(db, export.id, owner, uploaded.file_id, lease_until=until)
        ):
            raise Interrupted
        with leaving_soon_after(moment):  # else this process was stopped, and another one may have shown a file
            shown = await self.messenger.share_file(
                to=export.requested_by,
                file_id=uploaded.file_id,
                title=f"Pushback about {tool}",
                comment=export_comment(tool, exporting.weeks_words(made.figures.found.about.span)),
            )
        return await self._settle(export, owner, shown, uploaded.file_id, tool)

    async def _settle(self, export: Export, owner: str, shown: SendResult, file_id: str, tool: str) -> ExportState:
        match shown:
            case Sent():
                return await self._end(export, owner, ExportState.DONE)
            case NotSent(error=error) if error in TAKES_NO_FILES:
                return await self._offer_link(export, owner, tool)
            case NotSent():
                return await self._try_again(export, owner, shown, tool)
            case Unknown(error=error):
                settled = await self._look_for(export, file_id)
                return await self._end(export, owner, settled or ExportState.AMBIGUOUS, "" if settled else error)
        raise TypeError(shown)

    async def _look_for(self, export: Export, file_id: str) -> ExportState | None:
        """What became of a file that was on its way; None when it certainly did not arrive. Raises Interrupted."""
        since = export.made_at or export.previewed_at
        found = await self.messenger.find_file(to=export.requested_by, file_id=file_id, since=since)
        if isinstance(found, Sent):
            return ExportState.DONE
        if isinstance(found, Absent):
            return None
        if found.error in TOKEN_REFUSED or (found.passing and self.clock.now() < since + KEEP_TRYING):
            raise Interrupted
        return ExportState.AMBIGUOUS

    async def _try_again(self, export: Export, owner: str, problem: NotSent | Unknown, tool: str) -> ExportState:
        if problem.error in TOKEN_REFUSED:
            raise Interrupted
        began = export.made_at or export.previewed_at
        passing = isinstance(problem, Unknown) or problem.retry_after is not None
        if passing and self.clock.now() < began + KEEP_TRYING:
            wait = problem.retry_after if isinstance(problem, NotSent) and problem.retry_after else 5.0
            until = self.clock.now() + timedelta(seconds=wait)
            await self.database.run(lambda db: exports.wait(db, export.id, owner, until))
            raise Interrupted
        state = await self._end(export, owner, ExportState.FAILED, problem.error)
        await self._say(export, export_failed(tool, f"Slack did not take the file ({problem.error})."))
        return state

    async def _offer_link(self, export: Export, owner: str, tool: str) -> ExportState:
        if not self.public_url:
            state = await self._end(export, owner, ExportState.FAILED, "no_way_to_give_it")
            await self._say(export, export_failed(tool, NO_WAY))
            return state
        token = secrets.token_urlsafe(32)
        now = self.clock.now()
        until = now + LINK_WORKS
        if not await self.database.run(
            lambda db: exports.offer_link(db, export.id, owner, exporting.digest_of(token), until=until, now=now)
        ):
            raise Interrupted
        await self._say(export, export_link(tool, f"{self.public_url.rstrip('/')}/reports/{token}", until))
        return ExportState.OFFERED

    async def _end(self, export: Export, owner: str, state: ExportState, error: str = "") -> ExportState:
        """Raises Interrupted when another instance took over: then it ends as that one says."""
        now = self.clock.now()
        if not await self.database.run(lambda db: exports.end(db, export.id, owner, state, error=error, now=now)):
            raise Interrupted
        return state

    async def _keep(self, export: Export, owner: str) -> None:
        """Go on making it. Raises Interrupted when another instance took over."""
        until = self.clock.now() + LEASE
        if not await self.database.run(lambda db: exports.keep_lease(db, export.id, owner, until)):
            raise Interrupted

    async def _say(self, export: Export, post: Post) -> None:
        result = await self.messenger.post(
            to=export.requested_by, post=post, delivery_id=f"{export.id}-{uuid4().hex[:6]}"
        )
        if not isinstance(result, Sent):
            log.warning("not_said", error=result.error)

    async def _tool(self, export: Export) -> str:
        rollout = await self.database.run(lambda db: rollouts.by_id(db, export.rollout_id))
        return rollout.plan.tool if rollout else ""

    async def _names(self, people: tuple[str, ...]) -> Mapping[str, str]:
        """The names of those in charge; whoever Slack does not name stands there by id."""
        names = {}
        for person in people:
            try:
                names[person] = (await self.directory.person(person)).name
            except SlackRefused as refusal:
                log.info("name_not_found", error=refusal.error)
        return names


def written(figures: ReportFigures, teams: Mapping[str, str]) -> bytes:
    """The workbook as bytes. Takes a moment: not for the event loop."""
    from bot.reports.workbook import write_workbook  # what draws workbooks is a tenth of the bot, and most days idle

    file = io.BytesIO()
    write_workbook(figures, file, teams=teams)
    return file.getvalue()


def _claim(db: Connection, *, owner: str, now: datetime) -> Export | None:
    return exports.claim(db, owner, now=now, lease_until=now + LEASE)
