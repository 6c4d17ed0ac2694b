"""A report reaches whoever asked once: over servers that take no files, lost answers and crashes in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot import in_time
from bot.ports import Absent, NotSent, Post, SendResult, Sent, Unknown, Uploaded
from bot.slack.downloads import downloads
from bot.slack.web import web_app
from bot.store import exports
from bot.store.tables import ExportState
from scheduler.clock import SystemClock
from scheduler.reports import Exporter, Interrupted
from tests.e2e.conftest import HELEN, Office
from tests.e2e.test_report import PURPOSE, sheets, speak

ADDRESS = "https://foreword.example.com"


class ToldSlack:
    """A Slack whose file methods do as they are told; what it showed is kept."""

    def __init__(self, *, uploading: Any = None, sharing: Any = None, finding: Any = None) -> None:
        self.uploading, self.sharing, self.finding = uploading, sharing, finding
        self.shared: list[str] = []
        self.said: list[str] = []

    async def upload(self, *, name: str, content: bytes) -> Uploaded | NotSent | Unknown:
        assert name.endswith(".xlsx")
        assert content.startswith(b"PK")
        return self.uploading or Uploaded(f"F{len(self.shared)}")

    async def share_file(self, *, to: str, file_id: str, title: str, comment: str) -> SendResult:
        self.shared.append(file_id)
        return self.sharing or Sent("D1", "1.0")

    async def find_file(self, *, to: str, file_id: str, since: Any) -> Sent | Absent | Unknown:
        return self.finding or (Sent("D1", "1.0") if file_id in self.shared else Absent())

    async def post(self, *, to: str, post: Post, delivery_id: str, thread_ts: str = "") -> SendResult:
        self.said.append(post.text)
        return Sent("D1", "1.0")

    async def update(self, *, channel: str, ts: str, post: Post) -> SendResult:
        self.said.append(post.text)
        return Sent("D1", "1.0")


@pytest.fixture
async def confirmed(office: Office) -> AsyncIterator[Office]:
    """HR has confirmed a report that nobody has made yet."""
    await speak(office)
    await office.type(HELEN, "/pushback report")
    await office.press(HELEN, "report_export")
    await office.bot.exporter.running.acquire()  # the bot's own exporter stands aside
    answer = await office.slack.submit(HELEN, PURPOSE)
    assert isinstance(answer, Mapping)
    yield office
    if office.bot.exporter.running.locked():
        office.bot.exporter.running.release()


def exporter(office: Office, slack: ToldSlack, **more: Any) -> Exporter:
    """Another exporter over the same database, with this Slack."""
    import asyncio

    return replace(office.bot.exporter, messenger=slack, running=asyncio.Lock(), owner="test", **more)  # type: ignore[arg-type]


async def state(office: Office) -> ExportState:
    """Where the newest export stands."""
    (rollout,) = {each async for each in _rollouts(office)}
    found = await office.bot.database.run(lambda db: exports.made(db, rollout, 1))
    return found[0].state


async def _rollouts(office: Office) -> Any:
    from bot.store import rollouts

    for rollout in await office.bot.database.run(rollouts.every):
        yield rollout.id


async def finish(office: Office) -> None:
    """Let the bot's own exporter go on; it finds nothing left to do."""
    office.bot.exporter.running.release()
    await office.settle()


async def test_a_lost_answer_is_looked_for_and_not_given_twice(confirmed: Office) -> None:
    """The file was shown, the answer was lost: it is found, and nothing is shown again."""
    slack = ToldSlack(sharing=Unknown("no_answer_in_time"))
    await exporter(confirmed, slack).make_due()
    assert await state(confirmed) is ExportState.DONE
    assert len(slack.shared) == 1
    await exporter(confirmed, slack).make_due()
    assert len(slack.shared) == 1
    await finish(confirmed)


async def test_in_doubt_it_is_ambiguous(confirmed: Office) -> None:
    """Neither the answer nor the history can be read: nobody claims that it arrived, and it is not given again."""
    slack = ToldSlack(sharing=Unknown("no_answer_in_time"), finding=Unknown("missing_scope", passing=False))
    await exporter(confirmed, slack).make_due()
    assert await state(confirmed) is ExportState.AMBIGUOUS
    await exporter(confirmed, slack).make_due()
    assert len(slack.shared) == 1
    await finish(confirmed)


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_crash_it_is_looked_for_first(confirmed: Office, arrived: bool) -> None:
    """The maker died after the file was on its way: it is given again only if it certainly did not arrive."""

    class Dies(ToldSlack):
        async def share_file(self, *, to: str, file_id: str, title: str, comment: str) -> SendResult:
            if arrived:
                self.shared.append(file_id)
            raise Interrupted

    dead = Dies()
    await exporter(confirmed, dead).make_due()
    heir = ToldSlack()
    heir.shared = list(dead.shared)
    confirmed.workplace.clock.advance(timedelta(minutes=6))
    await exporter(confirmed, heir).make_due()
    assert await state(confirmed) is ExportState.DONE
    assert len(heir.shared) == 1
    await finish(confirmed)


@pytest.mark.parametrize("stopped_in", ["upload", "share_file"])
async def test_stopped_for_longer_than_its_lease(confirmed: Office, stopped_in: str) -> None:
    """Another instance has given the report meanwhile: the one that goes on gives it no second time, and ends nothing."""
    heir = ToldSlack()

    class Stops(ToldSlack):
        async def _stop(self) -> None:
            confirmed.workplace.clock.advance(timedelta(minutes=6))
            await replace(exporter(confirmed, heir), owner="heir").make_due()

        async def upload(self, *, name: str, content: bytes) -> Uploaded | NotSent | Unknown:
            if stopped_in == "upload":
                await self._stop()
            return await super().upload(name=name, content=content)

        async def share_file(self, *, to: str, file_id: str, title: str, comment: str) -> SendResult:
            if stopped_in == "share_file":
                await self._stop()
            if in_time.too_late():
                return NotSent("too_late", 0.0)
            return await super().share_file(to=to, file_id=file_id, title=title, comment=comment)

    stopped = Stops()
    await exporter(confirmed, stopped).make_due()
    assert (stopped.shared, len(heir.shared)) == ([], 1)
    assert await state(confirmed) is ExportState.DONE
    await finish(confirmed)


async def test_slack_says_later(confirmed: Office) -> None:
    """A passing refusal is tried again, and told only if it lasts."""
    busy = ToldSlack(uploading=NotSent("ratelimited", 30.0, rate_limited=True))
    await exporter(confirmed, busy).make_due()
    assert busy.said == []
    confirmed.workplace.clock.advance(timedelta(minutes=1))
    free = ToldSlack()
    await exporter(confirmed, free).make_due()
    assert len(free.shared) == 1
    await finish(confirmed)


async def test_where_slack_takes_no_files_a_link_works_once(confirmed: Office) -> None:
    """Looking at it uses nothing up; the button gives the workbook, once; nobody guesses it, and the ledger cannot give it away."""
    slack = ToldSlack(uploading=NotSent("unknown_method", None))
    made = exporter(confirmed, slack, public_url=ADDRESS)
    await made.make_due()
    (letter,) = slack.said
    path = letter.split(ADDRESS)[1].split("|")[0]
    app = web_app(None, downloads=downloads(made.link_works, made.fetch), clock=SystemClock())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as browser:
        for _look in range(3):
            page = await browser.get(path)
            assert page.status_code == 200
            assert page.headers["cache-control"] == "no-store"
        assert (await browser.get("/reports/" + "a" * 43)).status_code == 404
        assert (await browser.post("/reports/..%2fx")).status_code in (401, 404)
        got = await browser.post(path)
        assert got.status_code == 200
        assert "Summary" in sheets(got.content)
        assert (await browser.post(path)).status_code == 404
        assert (await browser.get(path)).status_code == 404
        assert (await browser.post("/slack/events", content=b"{}")).status_code == 404
    assert await state(confirmed) is ExportState.DONE
    await finish(confirmed)


async def test_a_link_is_too_old_after_an_hour(confirmed: Office) -> None:
    """And without an address of its own the bot says what an operator can do."""
    slack = ToldSlack(uploading=NotSent("unknown_method", None))
    made = exporter(confirmed, slack, public_url=ADDRESS)
    await made.make_due()
    token = slack.said[0].split("/reports/")[1].split("|")[0]
    assert await made.link_works(token)
    confirmed.workplace.clock.advance(timedelta(minutes=61))
    assert not await made.link_works(token)
    assert await made.fetch(token) is None
    await finish(confirmed)


async def test_without_any_way_it_says_so(confirmed: Office) -> None:
    """No files, no address: a sentence with what an operator can do."""
    slack = ToldSlack(uploading=NotSent("unknown_method", None))
    await exporter(confirmed, slack).make_due()
    assert "PUBLIC_URL" in slack.said[0]
    assert await state(confirmed) is ExportState.FAILED
    await finish(confirmed)


async def test_long_work_tells_how_far_it_is(confirmed: Office) -> None:
    """Whoever waits longer than a moment reads that it goes on, and then that it is made."""
    slack = ToldSlack()
    await exporter(confirmed, slack, patience=0.0).make_due()
    assert slack.said[-1].endswith("it is made.") or slack.said == []
    assert len(slack.shared) == 1
    await finish(confirmed)
