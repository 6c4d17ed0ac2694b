"""A real browser on the sandbox's page, with the stub behind it; both fail a test on any script error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.sandbox_page.stub_server import Json, Stub, StubServer

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = (1360, 860)
PHONE = (390, 844)
PATIENCE_MS = 6000


@dataclass
class Window:
    """One person's browser window."""

    page: Page
    stub: Stub
    address: str
    errors: list[str] = field(default_factory=list)

    def go(self, route: str = "") -> None:
        """Opens the page at `#/PERSON/PLACE/THREAD` and waits until the workspace is there."""
        self.page.goto(f"{self.address}#/{route}")
        self.page.locator("#loading").wait_for(state="hidden")

    @property
    def composer(self) -> Locator:
        """The message box of the open conversation."""
        return self.page.locator("#composer")

    def asked(self, name: str) -> list[Json]:
        """What the page posted under this name so far."""
        return [body for asked, body in self.stub.asked if asked == name]

    def await_asked(self, name: str, count: int = 1) -> Json:
        """The `count`-th request of this name, once it has come."""
        for _ in range(PATIENCE_MS // 50):
            if len(self.asked(name)) >= count:
                return self.asked(name)[count - 1]
            self.page.wait_for_timeout(50)
        pytest.fail(f"the page never asked for {name}; it asked {self.stub.asked}")

    def overflows(self) -> bool:
        """Whether one would have to scroll sideways."""
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth"
            )
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for a module: while it is open its event loop is the thread's, so it must not outlive the module."""
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}; install it (apt-get install chromium) or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[StubServer]:
    """A fresh made-up workspace."""
    with StubServer() as server:
        yield server


OpenWindow = Callable[[tuple[int, int]], Window]


@pytest.fixture
def open_window(browser: Browser, server: StubServer) -> Iterator[OpenWindow]:
    """Opens windows of a given size; afterwards none of them may have reported an error."""
    windows: list[Window] = []

    def open_one(size: tuple[int, int]) -> Window:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        window = Window(page, server.stub, server.address)
        page.on("pageerror", lambda error: window.errors.append(str(error)))
        page.on("console", lambda message: window.errors.append(message.text) if message.type == "error" else None)
        windows.append(window)
        return window

    yield open_one
    errors = [error for window in windows for error in window.errors]
    for window in windows:
        window.page.context.close()
    assert errors == []


@pytest.fixture
def desktop(open_window: OpenWindow) -> Window:
    """A wide window."""
    return open_window(DESKTOP)


@pytest.fixture
def phone(open_window: OpenWindow) -> Window:
    """A window of 390 px."""
    return open_window(PHONE)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def window(request: pytest.FixtureRequest, open_window: OpenWindow) -> Window:
    """Each of the two sizes in turn."""
    return open_window(request.param)
