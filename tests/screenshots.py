"""Takes the pictures in docs/pictures: the sample rollout, played in the sandbox, seen in a real browser.

Run by `make screenshots`. The clock stands still, so that the same code makes the same pictures.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, async_playwright

import app
from bot.domain.pace import AT_ONCE
from bot.logs import configure_logs
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from scheduler.clock import MovableClock
from tests.e2e.conftest import EVERYBODY, HELEN, MARA, OTIS, PRIYA, TEAM, TOMAS, Office

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars", "--no-first-run"]
DESKTOP, PHONE = (1280, 800), (390, 844)

Scene = Callable[[Office], Awaitable[str]]
"""Plays up to a moment; returns the page's route: PERSON/PLACE."""


async def manager(office: Office) -> str:
    """The manager is told why the link cannot go out yet."""
    await office.type(MARA, "/rollout", channel=TEAM)
    await office.type(MARA, "/rollout launch install", channel=TEAM)
    return f"{MARA}/{TEAM}"


async def reason(office: Office) -> str:
    """The team reads the reason, and then the policy."""
    await office.take_pilot_to("policy")
    return f"{TOMAS}/{TEAM}"


async def employee(office: Office) -> str:
    """An employee asks, and gets the answer privately."""
    await office.type(PRIYA, "/ask Are there screenshots?", channel=TEAM)
    return f"{PRIYA}/{TEAM}"


async def privacy(office: Office) -> str:
    """What the bot keeps, in its own words."""
    await office.type(TOMAS, "/ask privacy", channel=TEAM)
    return f"{TOMAS}/{TEAM}"


async def link(office: Office) -> str:
    """Whoever has read it gets the link, privately."""
    await office.slack.advance(3 * 86_400)
    await office.launch("install")
    await office.press(PRIYA, "policy_have_read")
    await office.press(PRIYA, "link_get")
    return f"{PRIYA}/{TEAM}"


async def hr(office: Office) -> str:
    """HR answers a question without knowing who asked it."""
    await office.slack.close(PRIYA)
    await office.type(PRIYA, "/ask Will the office dog also be measured?", channel=TEAM)
    await office.press(PRIYA, "question_ask_person")
    await office.slack.submit(PRIYA, {})
    await office.settle()
    await office.slack.close(PRIYA)
    await office.slack.advance(86_400)
    await office.settle()
    await office.type(HELEN, "/pushback questions", channel=EVERYBODY)
    return f"{HELEN}/{EVERYBODY}"


async def card(office: Office) -> str:
    """Where the rollout stands, for an owner."""
    await office.type(OTIS, "/rollout", channel=EVERYBODY)
    return f"{OTIS}/{EVERYBODY}"


SCENES: dict[str, tuple[Scene, tuple[int, int]]] = {
    "sandbox-manager": (manager, DESKTOP),
    "sandbox-team": (reason, DESKTOP),
    "sandbox-employee": (employee, DESKTOP),
    "sandbox-privacy": (privacy, DESKTOP),
    "sandbox-phone": (link, PHONE),
    "sandbox-hr": (hr, DESKTOP),
    "sandbox-owner": (card, DESKTOP),
}


async def take() -> None:
    """Play every scene in turn, in one rollout, and take its picture."""
    with tempfile.TemporaryDirectory() as folder:
        workplace = app.Workplace(Path(folder) / "scratch", pace=AT_ONCE, limits=NO_LIMITS)
        workplace.clock = MovableClock(app.SANDBOX_START, runs=False)
        workplace.slack.clock = workplace.slack.space.clock = workplace.clock
        async with running(workplace) as bot_url, running(workplace.slack.app) as url:
            await workplace.open(f"{url}/api/", f"{bot_url}/slack/events")
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
                for name, (scene, size) in SCENES.items():
                    route = await scene(Office(workplace))
                    await picture(browser, f"{url}/#/{route}", PICTURES / f"{name}.png", size)
                    sys.stdout.write(f"{name}.png: {scene.__doc__}\n")
                await browser.close()
            await workplace.close()


async def picture(browser: Browser, address: str, file: Path, size: tuple[int, int]) -> None:
    """One picture of the page at this address."""
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    await page.goto(address)
    await page.locator("#loading").wait_for(state="hidden")
    await page.wait_for_timeout(400)
    await page.screenshot(path=str(file))
    await page.close()


if __name__ == "__main__":
    configure_logs("error", "console")
    if not CHROMIUM.exists():
        sys.exit(f"Chromium is not at {CHROMIUM}. Install it (apt-get install chromium), or set CHROMIUM.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    asyncio.run(take())
