"""What managers, owners and HR do in the month after a link: the verdict, reviews, signs, faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from bot.domain.authority import in_charge, require
from bot.domain.progress import Rollout, RunningWave
from bot.domain.refusals import LargeEnoughToAsk, Outdated
from bot.ports import NotSent, Post, Unknown
from bot.reports.picture import LineChart, png
from bot.services import reviews, signs, standing, verdicts
from bot.services.publishing import published
from bot.store import people
from bot.store.month_tables import FaultState
from bot.store.verdicts import latest
from bot.views import month as views
from bot.views import outcomes
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.verdict import VerdictSummary, verdict_card
from bot.views.verdict_chart import chart
from bot.views.verdict_told import enter_form, tell_form
from handlers.desk import Click, Desk, log

Press = Callable[[Desk, Click], Awaitable[None]]


async def verdict(desk: Desk, click: Click, name: str | None, wave_name: str | None) -> Post:
    """`/rollout verdict`: everything as text at once, and the trend as a picture where the server draws one."""
    now, book = desk.now(), desk.library.book

    def look(db: Connection) -> VerdictSummary:
        rollout = standing.pick(db, name)
        wave = rollout.waves[0] if wave_name is None else standing.wave_meant(db, rollout, wave_name)
        require(click.person, verdicts.who_reads(rollout), "see the verdict")
        shown = published(db, rollout, desk.ear, book, now=now) if verdicts.sees_pushback(rollout, click.person) else []
        return verdicts.summary_of(db, rollout, wave, now=now, pushback=shown)

    summary = await desk.note(look)  # what is due is published on the way
    picture = chart(summary)
    if picture is not None and click.response_url:
        desk.background.start(_draw(desk, click, picture))
    return verdict_card(summary)


async def _draw(desk: Desk, click: Click, picture: dict[str, Any]) -> None:
    """The chart in a message of its own; where the server does not know such blocks, a picture in the direct messages."""
    post = Post(f"{picture['title']}: the figures are in the text.", [picture])
    result = await desk.messenger.reply(response_url=click.response_url, post=post)
    if not isinstance(result, NotSent) or result.rate_limited:
        return
    log.info("chart_refused", error=result.error)
    drawn = line_chart(picture)
    uploaded = await desk.messenger.upload(name="verdict.png", content=await asyncio.to_thread(png, drawn))
    if isinstance(uploaded, NotSent | Unknown):
        log.info("picture_not_taken", error=uploaded.error)
        return
    await desk.messenger.share_file(
        to=click.person, file_id=uploaded.file_id, title=drawn.title, comment=escape(drawn.in_words)
    )


def line_chart(picture: Mapping[str, Any]) -> LineChart:
    """The same chart for our own drawing."""
    chart = picture["chart"]
    series = {each["name"]: [point["value"] for point in each["data"]] for each in chart["series"]}
    return LineChart(str(picture["title"]), list(chart["axis_config"]["categories"]), series)


async def show_verdict(desk: Desk, click: Click) -> None:
    """*Show everything* in the news that a check-in has closed."""

    def find(db: Connection) -> tuple[str, str]:
        rollout, wave = _wave(db, click.value)
        return rollout.name, wave.name

    name, wave_name = await desk.read(find)
    desk.answer(click, await verdict(desk, click, name, wave_name))


async def open_tell(desk: Desk, click: Click) -> None:
    """*Tell …*: what the wave's answers came to, and what changed because of them."""

    def find(db: Connection) -> tuple[str, str, str]:
        rollout, wave = _wave(db, click.value)
        require(click.person, in_charge(rollout.plan, wave.wave), f"tell {wave.name} its verdict")
        given = latest(db, wave)
        if given is None:
            raise Outdated
        return wave.name, given.verdict, verdicts.what_changed(db, rollout, wave)

    wave_name, given, draft = await desk.read(find)
    desk.open(click, tell_form(click.value, wave_name, given, draft))


async def open_enter(desk: Desk, click: Click) -> None:
    """*Enter what the team said*."""

    def find(db: Connection) -> tuple[str, int]:
        rollout, wave = _wave(db, click.value)
        require(click.person, rollout.plan.owners, "enter a verdict")
        if people.at_least(db, wave.id, rollout.plan.rules.k):
            raise LargeEnoughToAsk
        return wave.name, rollout.plan.rules.k

    wave_name, k = await desk.read(find)
    desk.open(click, enter_form(click.value, wave_name, k))


def _mark(*, done: bool) -> Press:
    async def press(desk: Desk, click: Click) -> None:
        now = desk.now()
        state = await desk.store(lambda db: reviews.mark(db, click.value, done=done, by=click.person, now=now))
        desk.answer(click, views.review_marked(state), replace=True)

    return press


async def open_looked(desk: Desk, click: Click, name: str | None) -> Post:
    """`/rollout looked`."""
    rollout = await desk.read(lambda db: _looks(db, name, click.person, "enter a look off schedule"))
    desk.open(click, views.looked_form(rollout.id, _choices(rollout)))
    return outcomes.form_opened()


async def open_sign(desk: Desk, click: Click, name: str | None) -> Post:
    """`/rollout sign`."""
    rollout = await desk.read(lambda db: _looks(db, name, click.person, "report a sign"))
    desk.open(click, views.signs_form(rollout.id, _choices(rollout)))
    return outcomes.form_opened()


async def open_signs(desk: Desk, click: Click) -> None:
    """*Look through the five*, in the weekly message to managers."""

    def find(db: Connection) -> Rollout:
        rollout, _ = _wave(db, click.value)
        require(click.person, reviews.who_looks(rollout), "report a sign")
        return rollout

    rollout = await desk.read(find)
    desk.open(click, views.signs_form(rollout.id, _choices(rollout), click.value))


async def open_attend(desk: Desk, click: Click) -> None:
    """*It is attended to*."""
    kind = await desk.read(lambda db: signs.to_attend(db, click.value, by=click.person))
    desk.open(click, views.attend_form(click.value, kind))


def _move_fault(state: FaultState) -> Press:
    async def press(desk: Desk, click: Click) -> None:
        now = desk.now()
        await desk.store(lambda db: signs.move_fault(db, click.value, state, by=click.person, now=now))
        desk.answer(click, views.fault_moved(state))

    return press


def _looks(db: Connection, name: str | None, person: str, act: str) -> Rollout:
    rollout = standing.pick(db, name)
    require(person, reviews.who_looks(rollout), act)
    return rollout


def _choices(rollout: Rollout) -> list[tuple[str, str]]:
    return [(wave.id, wave.name) for wave in rollout.waves]


def _wave(db: Connection, wave_id: str) -> tuple[Rollout, RunningWave]:
    rollout = standing.of_wave(db, wave_id)
    return rollout, standing.wave_in(rollout, wave_id)


PRESSES: dict[ActionId, Press] = {
    ActionId.SHOW_VERDICT: show_verdict,
    ActionId.TELL_PILOT: open_tell,
    ActionId.ENTER_VERDICT: open_enter,
    ActionId.REVIEW_DONE: _mark(done=True),
    ActionId.REVIEW_NOT_THIS_TIME: _mark(done=False),
    ActionId.OPEN_SIGNS: open_signs,
    ActionId.ATTEND_SIGN: open_attend,
    ActionId.FAULT_FIXED: _move_fault(FaultState.FIXED),
    ActionId.FAULT_BLOCKING: _move_fault(FaultState.BLOCKING),
    ActionId.FAULT_OPEN: _move_fault(FaultState.OPEN),
}
