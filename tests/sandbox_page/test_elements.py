"""Pressing every element: what the person does is what the server is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox_page import gallery
from tests.sandbox_page.conftest import Window
from tests.sandbox_page.stub_server import Json


def pick(page: Page, label: str, *options: str) -> None:
    """Chooses from a list by its button's label; several options are ticked before it is closed."""
    page.get_by_role("combobox", name=label).click()
    for option in options:
        page.get_by_role("option", name=option, exact=True).click()
    if len(options) > 1:
        page.keyboard.press("Escape")


def pick_by_keys(page: Page) -> None:
    """The second role, by keyboard alone."""
    page.get_by_role("combobox", name="Role").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)


def set_value(label: str, value: str) -> Callable[[Page], None]:
    """Fills a date or time and leaves the field."""

    def act(page: Page) -> None:
        box = page.locator(f"[data-focus='{label}']")
        box.fill(value)
        box.press("Enter")

    return act


SALARIED = gallery.ROLES[1]


@pytest.mark.parametrize(
    ("act", "block_id", "action_id", "told"),
    [
        (pick_by_keys, "choices", "role", {"selected_option": SALARIED}),
        (lambda page: pick(page, "Role", "Salaried"), "choices", "role", {"selected_option": SALARIED}),
        (
            lambda page: pick(page, "Waves", "Wave 2", "Wave 11"),
            "many",
            "waves",
            {"selected_options": [gallery.WAVES[1], gallery.WAVES[10]]},
        ),
        (
            lambda page: pick(page, "Person", "Ben Achterberg Consultant"),
            "choices",
            "person",
            {"selected_user": "U02BEN"},
        ),
        (lambda page: pick(page, "Channel", "#everybody"), "choices", "channel", {"selected_channel": "C01ALL"}),
        (set_value("choices/day", "2026-12-20"), "choices", "day", {"selected_date": "2026-12-20"}),
        (set_value("choices/hour", "14:30"), "choices", "hour", {"selected_time": "14:30"}),
        (
            lambda page: page.get_by_role("radio", name="Salaried").check(),
            "ticks",
            "one",
            {"selected_option": SALARIED},
        ),
        (
            lambda page: page.get_by_role("checkbox", name="Salaried").check(),
            "ticks",
            "some",
            {"selected_options": [SALARIED]},
        ),
        (lambda page: page.get_by_role("button", name="Cancel").click(), "go", "refuse", {}),
        (
            lambda page: (
                page.get_by_role("button", name="More", exact=True).click(),
                page.get_by_role("menuitem", name="Edit").click(),
            ),
            "lead",
            "more",
            {"selected_option": gallery.option("edit", "Edit")},
        ),
    ],
)
def test_an_element_tells_the_server_what_was_done(
    desktop: Window, act: Callable[[Page], object], block_id: str, action_id: str, told: Json
) -> None:
    """Each kind of element, pressed or chosen, sends one click with its block, its action and the answer."""
    ts = desktop.stub.say("C01CLIENT", "all", blocks=gallery.MESSAGE_BLOCKS)
    desktop.go("U02ANA/C01CLIENT")
    act(desktop.page)
    assert desktop.await_asked("click") == {
        "as": "U02ANA",
        "channel": "C01CLIENT",
        "ts": ts,
        "block_id": block_id,
        "action_id": action_id,
        **told,
    }
    desktop.page.wait_for_timeout(300)
    assert len(desktop.asked("click")) == 1


def test_a_list_can_be_filtered_and_left(desktop: Window) -> None:
    """A long list narrows to what is typed; Escape leaves it, tells the server nothing and gives the focus back."""
    desktop.stub.say("C01CLIENT", "all", blocks=gallery.MESSAGE_BLOCKS)
    desktop.go("U02ANA/C01CLIENT")
    waves = desktop.page.get_by_role("combobox", name="Waves")
    waves.click()
    desktop.page.keyboard.type("wave 12")
    expect(desktop.page.get_by_role("option")).to_have_count(1)
    desktop.page.keyboard.press("Escape")
    expect(waves).to_be_focused()
    expect(waves).to_have_attribute("aria-expanded", "false")
    assert desktop.asked("click") == []


@pytest.mark.parametrize(("answer", "clicks"), [("Send", 1), ("Not now", 0), ("Escape", 0)])
def test_a_confirm_dialog_comes_before_the_click(window: Window, answer: str, clicks: int) -> None:
    """A button with a confirm dialog reaches the server only after a yes; the focus returns to the button."""
    window.stub.say("C01CLIENT", "all", blocks=gallery.MESSAGE_BLOCKS)
    window.go("U02ANA/C01CLIENT")
    button = window.page.get_by_role("button", name="Launch to 5 people")
    button.click()
    dialog = window.page.get_by_role("alertdialog", name="Send it now?")
    expect(dialog).to_contain_text("This goes to 5 people.")
    expect(dialog.get_by_role("button", name="Not now")).to_be_focused()
    if answer == "Escape":
        window.page.keyboard.press("Escape")
    else:
        dialog.get_by_role("button", name=answer, exact=True).click()
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    window.page.wait_for_timeout(200)
    assert len(window.asked("click")) == clicks


def test_a_choice_not_confirmed_is_taken_back(desktop: Window) -> None:
    """Saying no to a select's confirm dialog shows the earlier choice again."""
    select = {
        "type": "static_select",
        "action_id": "role",
        "placeholder": gallery.plain("Role"),
        "options": gallery.ROLES,
        "initial_option": gallery.ROLES[0],
        "confirm": gallery.CONFIRM,
    }
    desktop.stub.say("C01CLIENT", "x", blocks=[{"type": "actions", "block_id": "b", "elements": [select]}])
    desktop.go("U02ANA/C01CLIENT")
    pick(desktop.page, "Role", "Salaried")
    desktop.page.get_by_role("button", name="Not now").click()
    expect(desktop.page.get_by_role("combobox", name="Role")).to_have_text("Client-billed")
    assert desktop.asked("click") == []


def test_a_link_button_says_where_it_leads(desktop: Window) -> None:
    """A button with an address tells the server and names the address, to be opened in a new tab without an opener."""
    desktop.stub.say("C01CLIENT", "all", blocks=gallery.MESSAGE_BLOCKS)
    desktop.go("U02ANA/C01CLIENT")
    desktop.page.get_by_role("button", name="Open the document").click()
    link = desktop.page.locator(".toast a")
    expect(link).to_have_attribute("href", "https://wiki.example.com/policy")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_every_press_in_the_home_says_home(desktop: Window) -> None:
    """Opening the Home tab tells the app; its buttons are pressed as the Home's."""
    desktop.go("U02ANA/dm")
    desktop.page.get_by_role("tab", name="Home").click()
    assert desktop.await_asked("home") == {"as": "U02ANA"}
    desktop.page.get_by_role("button", name="I have read it").click()
    assert desktop.await_asked("click") == {"as": "U02ANA", "home": True, "block_id": "a", "action_id": "read"}
