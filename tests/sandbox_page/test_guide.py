"""The newcomer's guide: small steps, done for one or by oneself, ticked off by what really happened."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.sandbox_page.conftest import PHONE, OpenWindow, Window


def test_do_it_for_me_fills_and_does_not_send(window: Window) -> None:
    """The step's person is on, the command is in the box, and sending is left to the reader; then the step is ticked off."""
    window.go("U02ANA/C01CLIENT")
    if not window.page.locator("#guide").is_visible():
        window.page.get_by_role("button", name="Guide").click()
    window.page.get_by_role("button", name="Do it for me").click()
    expect(window.page.locator("#composer")).to_have_value("/rollout launch install")
    assert window.page.url.endswith("#/U01MARA/dm")
    assert window.asked("command") == []
    window.composer.press("Enter")
    assert window.await_asked("command")["as"] == "U01MARA"
    expect(window.page.locator(".guide-toggle")).to_contain_text("1/14")


def test_a_pressing_step_leads_to_its_button(desktop: Window) -> None:
    """A step about a button switches person, goes to the place and puts the focus on the button, without pressing it."""
    element = {
        "type": "button",
        "action_id": "read",
        "text": {"type": "plain_text", "text": "I have read it"},
        "value": "1",
    }
    desktop.stub.say("C01CLIENT", "policy", blocks=[{"type": "actions", "block_id": "a", "elements": [element]}])
    desktop.go("U01MARA/dm")
    desktop.page.get_by_role("button", name="Read it as an employee").click()
    desktop.page.get_by_role("button", name="Take me there").click()
    expect(desktop.page.get_by_role("button", name="I have read it")).to_be_focused()
    expect(desktop.page.locator(".me-name")).to_have_text("Ana Duarte")
    assert desktop.asked("click") == []


def test_steps_can_be_ticked_by_hand_and_start_anew(desktop: Window) -> None:
    """Done moves on, a reload remembers it, starting over forgets it."""
    desktop.go("U01MARA/dm")
    desktop.page.get_by_role("button", name="Done", exact=True).click()
    expect(desktop.page.locator(".step[aria-current=step]")).to_contain_text("Brief the managers")
    desktop.page.reload()
    expect(desktop.page.locator(".step[aria-current=step]")).to_contain_text("Brief the managers")
    desktop.page.get_by_role("button", name="Start over").click()
    desktop.page.get_by_role("alertdialog").get_by_role("button", name="Start over").click()
    expect(desktop.page.locator(".step[aria-current=step]")).to_contain_text("Try the link first")


def test_the_guide_can_be_put_away(desktop: Window) -> None:
    """Closing it gives its room to the conversation and is remembered."""
    desktop.go("U01MARA/dm")
    desktop.page.get_by_role("button", name="Close the guide").click()
    expect(desktop.page.locator("#guide")).to_be_hidden()
    expect(desktop.page.locator(".guide-toggle")).to_be_focused()
    desktop.page.reload()
    desktop.page.locator("#loading").wait_for(state="hidden")
    expect(desktop.page.locator("#guide")).to_be_hidden()


def test_the_guide_is_out_of_the_way_on_a_phone(open_window: OpenWindow) -> None:
    """It is closed at first, and fills the width without sticking out when opened."""
    phone = open_window(PHONE)
    phone.go("U01MARA/dm")
    expect(phone.page.locator("#guide")).to_be_hidden()
    phone.page.locator(".guide-toggle").click()
    expect(phone.page.locator("#guide")).to_be_visible()
    assert not phone.overflows()
