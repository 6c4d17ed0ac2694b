"""APScheduler owns the ticks, in memory; the database owns what is due. A tick that is missed is made up by the next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import tell_held
from bot.services.heartbeat import Heartbeat
from bot.services.installation import Installation
from bot.store.database import is_disturbance
from bot.store.due import Work
from scheduler.clock import SystemClock
from scheduler.jobs import Jobs
from scheduler.outbox import Sender
from scheduler.replies import Replier
from scheduler.reports import Exporter

log = structlog.get_logger(__name__)

SEND_EVERY = 1
LOOK_EVERY = 2
MONTH_EVERY = 5
EXPORT_EVERY = 1
TIME_EVERY = 30
TIDY_EVERY = 3600
PASSING_TIDIED = timedelta(hours=6)
"""How often a clock that is passing by sees things tidied up."""
LEVEL_EVERY = 300
"""So long the order in which things were written can be read off the database's files."""
TELL_EVERY = 60.0
"""So many seconds a job that goes on failing in the same way is not told of again."""
CLOCK_LOOKED_AT = 2.0
TOLERATED = timedelta(seconds=2)
MOST_ROUNDS = 1_000
"""A bound on how long `catch_up` goes on, should something be due again and again."""


class Ticks:
    """The regular jobs of one process, and the hand that wakes the sender in between."""

    def __init__(
        self, sender: Sender, jobs: Jobs, replier: Replier, exporter: Exporter, installation: Installation
    ) -> None:
        """Nothing ticks before `start`."""
        self._installation = installation
        self._exporter = exporter
        self._sender = sender
        self._replier = replier
        self._jobs = jobs
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._woken: asyncio.Task[None] | None = None
        self._first: asyncio.Task[None] | None = None
        self._again = False
        self._under_way: set[asyncio.Task[Any]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._told: dict[str, tuple[str, float]] = {}
        self._tidied_at: datetime | None = None
        self.heartbeat = Heartbeat()

    def start(self) -> None:
        """Begin to tick, in the running event loop; what fell due while nobody ticked is done at once."""
        self._scheduler.add_job(self._installed, "interval", seconds=LOOK_EVERY, id="installation")
        self._scheduler.add_job(self._fire, "interval", seconds=SEND_EVERY, id="fire")
        self._scheduler.add_job(self._send, "interval", seconds=SEND_EVERY, id="send")
        self._scheduler.add_job(self._look, "interval", seconds=LOOK_EVERY, id="look")
        self._scheduler.add_job(self._learn, "interval", seconds=LOOK_EVERY, id="learn")
        self._scheduler.add_job(self._month, "interval", seconds=MONTH_EVERY, id="month")
        self._scheduler.add_job(self._export, "interval", seconds=EXPORT_EVERY, id="export")
        self._scheduler.add_job(self._keep_time, "interval", seconds=TIME_EVERY, id="time")
        self._scheduler.add_job(self._tidy, "interval", seconds=TIDY_EVERY, id="tidy")
        self._scheduler.add_job(self._level, "interval", seconds=LEVEL_EVERY, id="level")
        self._scheduler.start()
        self._first = asyncio.get_running_loop().create_task(self._begin())
        self._watch = asyncio.get_running_loop().create_task(self._mind_the_clock())

    def ease(self) -> None:
        """Begin nothing more that leaves: the process is about to end."""
        self._sender.stop()

    async def let_go(self) -> int:
        """After `stop`, or when that took too long: no message stays claimed. Returns how many may or may not have left."""
        return await self._sender.let_go()

    async def stop(self) -> None:
        """Stop ticking and let what is under way end: a job that is cut off would leave messages unsure."""
        self.ease()
        if self._watch is not None:
            self._watch.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
            if self._first is not None:
                await asyncio.wait([self._first])
            while self._under_way:
                await asyncio.wait(set(self._under_way))
            self._scheduler.shutdown(wait=False)
        if self._woken is not None:
            await asyncio.wait([self._woken])
        tell_held()

    async def _mind_the_clock(self) -> None:
        """The scheduler goes by the computer's clock: when that is set back, it would stand still until the old time."""
        while True:
            await asyncio.sleep(CLOCK_LOOKED_AT)
            now = SystemClock().now()
            for job in self._scheduler.get_jobs():
                due = job.next_run_time
                if due is not None and due - now > job.trigger.interval + TOLERATED:
                    job.modify(next_run_time=now)

    def wake(self) -> None:
        """Something new may be in the outbox: look now rather than at the next tick."""
        if self._woken is not None and not self._woken.done():
            self._again = True
            return
        self._woken = asyncio.get_running_loop().create_task(self._wake())

    async def catch_up(self, *, passing: bool = False) -> None:
        """Do everything that is due at this moment, and what becomes due because of it. For a clock that was moved.

        `passing` says that the clock goes on at once: tidying up is then not done every hour.
        """
        await self._installation.look()
        if self._stands_still():
            await self._jobs.close_checkins()
            await self._jobs.tidy()
            return
        await self._jobs.keep_up()
        work: dict[Work, Callable[[], Awaitable[int]]] = {
            Work.LAUNCHES: self._jobs.fire_launches,
            Work.QUESTIONS: self._jobs.pass_questions_on,
            Work.CLOSING: self._jobs.close_checkins,
            Work.INVITING: self._jobs.invite,
            Work.SENDING: self._sender.run_until_idle,
            Work.ROLLS: self._jobs.call_rolls,
            Work.REPLIES: self._replier.bring_back,
            Work.EXPORTS: self._exporter.make_due,
        }
        for _round in range(MOST_ROUNDS):
            if self._stands_still():  # since a moment ago
                return
            done = await self._jobs.plan_month()
            due = await self._jobs.due()
            for each, do in work.items():
                if each in due:
                    done += await do()
            await self._jobs.count_heads()
            wait = self._sender.next_recipient_free_in()
            if not done and await self._others_have_ended():
                continue
            if not done and not wait:
                await self._tidy_after(PASSING_TIDIED if passing else timedelta(seconds=TIDY_EVERY))
                return
            if not done:
                await asyncio.sleep(wait)

    def _stands_still(self) -> bool:
        return not self._installation.works

    async def _others_have_ended(self) -> bool:
        """Wait for the ticks, and the hand that wakes, that are at it this moment. Whether there were any."""
        woken = {self._woken} if self._woken is not None and not self._woken.done() else set[asyncio.Task[None]]()
        busy = woken | self._under_way
        if busy:
            await asyncio.wait(busy)
        return bool(busy)

    async def _tidy_after(self, time: timedelta) -> None:
        """What the hourly tick does, unless it was done less than this ago."""
        now = self._jobs.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= time:
            self._tidied_at = now
            await self._jobs.tidy()
            await self._jobs.publish()

    async def _wake(self) -> None:
        while True:
            self._again = False
            await self._guarded("wake", self._step)
            if not self._again:
                return

    async def _step(self) -> None:
        """What somebody waits for. The sender may be busy for hours; the rest does not wait for it."""
        if not self._installation.works:
            return
        await self._jobs.call_rolls()
        await self._replier.bring_back()
        await self._sender.run_until_idle()
        await self._jobs.call_rolls()

    async def _begin(self) -> None:
        """What fell due while no process was there, in the order in which it matters."""
        for work in (self._installed, self._look, self._month, self._fire, self._tidy, self._level):
            await work()

    async def _installed(self) -> None:
        await self._guarded("installation", self._installation.look)

    async def _fire(self) -> None:
        await self._while_installed("fire", self._jobs.fire_launches)
        await self._while_installed("questions", self._jobs.pass_questions_on)
        await self._while_installed("roll", self._jobs.call_rolls)
        await self._while_installed("replies", self._replier.bring_back)

    async def _send(self) -> None:
        await self._while_installed("send", self._sender.run_until_idle)

    async def _look(self) -> None:
        await self._while_installed("look", self._sender.settle_unsure)
        await self._guarded("count", self._jobs.count_heads)

    async def _learn(self) -> None:
        await self._guarded("learn", self._jobs.keep_up)

    async def _month(self) -> None:
        await self._guarded("close", self._jobs.close_checkins)
        await self._guarded("month", self._jobs.plan_month)
        await self._while_installed("invite", self._jobs.invite)

    async def _export(self) -> None:
        await self._while_installed("export", self._exporter.make_due)

    async def _tidy(self) -> None:
        tell_held()
        await self._guarded("tidy", self._jobs.tidy)
        await self._guarded("publish", self._jobs.publish)
        await self._guarded("measure", self._jobs.measure)

    async def _keep_time(self) -> None:
        await self._guarded("time", self._jobs.keep_time)

    async def _level(self) -> None:
        await self._guarded("level", self._jobs.level)

    async def _while_installed(self, job: str, work: Callable[[], Awaitable[object]]) -> None:
        """What needs Slack waits while Slack does not have us."""
        if self._installation.works:
            await self._guarded(job, work)

    async def _guarded(self, job: str, work: Callable[[], Awaitable[object]]) -> None:
        """A tick that fails, most often because the database is busy or gone, is tried again by the next one."""
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
        try:
            with self.heartbeat.job(job):
                await work()
        except Exception as error:  # noqa: BLE001 - what one job stumbles over must not keep the others from their work
            self._tell(job, error)
        else:
            if self._told.pop(job, None):
                log.info("tick_well_again", job=job)
        finally:
            if task is not None:
                self._under_way.discard(task)

    def _tell(self, job: str, error: Exception) -> None:
        """Say that a job failed; not every second, while it fails in the same way."""
        name = type(getattr(error, "orig", None) or error).__name__
        before, at = self._told.get(job, ("", 0.0))
        if name == before and time.monotonic() - at < TELL_EVERY:
            return
        self._told[job] = (name, time.monotonic())
        if is_disturbance(error):
            log.warning("tick_failed", job=job, error=name)
        else:
            log.error("tick_broken", job=job, error=name, exc_info=error)
