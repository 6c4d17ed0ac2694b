"""Playing the workspace: being somebody, going places, writing, moving the clock, and what happens meanwhile."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.sandbox_page import gallery
from tests.sandbox_page.conftest import PHONE, OpenWindow, Window


def test_being_somebody_else_is_one_click(desktop: Window) -> None:
    """People are grouped with what they can do; a click changes who one is, the zone, and the address."""
    desktop.go("U01MARA/C01CLIENT")
    group = desktop.page.get_by_role("region", name="Owners and managers")
    expect(group).to_contain_text("Launch the steps")
    expect(group.locator(".person")).to_have_count(2)
    expect(desktop.page.locator(".clock-face")).to_contain_text("09:00")
    desktop.page.locator("[data-person=U02CHO]").click()
    expect(desktop.page.locator(".me-name")).to_have_text("Cho Min-seo")
    expect(desktop.page.locator(".clock-face")).to_contain_text("17:00")
    assert desktop.page.url.endswith("#/U02CHO/C01CLIENT")
    desktop.page.reload()
    expect(desktop.page.locator(".me-name")).to_have_text("Cho Min-seo")
    desktop.page.go_back()
    expect(desktop.page.locator(".me-name")).to_have_text("Mara Lindqvist")


def test_keys_change_person_and_place(desktop: Window) -> None:
    """Alt+Shift+Down is the next person and Alt+Down the next place, from the message box too."""
    desktop.go("U01MARA/dm")
    desktop.composer.focus()
    desktop.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(desktop.page.locator(".me-name")).to_have_text("Otis Bell")
    expect(desktop.page.locator(".row[data-place=dm]")).to_be_visible()
    desktop.page.keyboard.press("Alt+ArrowDown")
    expect(desktop.page.get_by_role("heading", level=1)).to_have_text("#everybody")


def test_a_list_is_one_stop_for_tab(desktop: Window) -> None:
    """In the list of people one row is in the tab order; arrow keys, Home and End move among the rows."""
    desktop.go("U01MARA/dm")
    people = desktop.page.locator(".people .row")
    assert people.evaluate_all("rows => rows.filter((row) => row.tabIndex === 0).length") == 1
    desktop.page.locator("[data-person=U01MARA]").focus()
    desktop.page.keyboard.press("ArrowDown")
    expect(desktop.page.locator("[data-person=U01OTIS]")).to_be_focused()
    desktop.page.keyboard.press("End")
    expect(people.last).to_be_focused()


def test_the_skip_link_leads_to_the_message_box(desktop: Window) -> None:
    """The first Tab of the page offers to skip everything before the message box."""
    desktop.go("U01MARA/dm")
    desktop.page.evaluate("document.activeElement.blur()")
    desktop.page.keyboard.press("Tab")
    desktop.page.keyboard.press("Enter")
    expect(desktop.composer).to_be_focused()


def test_enter_sends_and_shift_enter_does_not(window: Window) -> None:
    """Two lines are one message, sent by Enter to the open channel; the box is empty afterwards."""
    window.go("U02ANA/C01CLIENT")
    window.composer.press_sequentially("first")
    window.composer.press("Shift+Enter")
    window.composer.press_sequentially("second")
    window.composer.press("Enter")
    assert window.await_asked("message") == {"as": "U02ANA", "channel": "C01CLIENT", "text": "first\nsecond"}
    expect(window.page.locator(".message")).to_contain_text("first\nsecond")
    expect(window.composer).to_have_value("")


def test_commands_complete(window: Window) -> None:
    """A slash lists the workspace's commands; arrows and Enter take one, its usage is shown, Enter sends it."""
    window.go("U01MARA/dm")
    window.composer.press_sequentially("/")
    expect(window.page.locator(".command")).to_have_count(3)
    window.composer.press_sequentially("ro")
    expect(window.page.locator(".command")).to_have_count(2)
    window.composer.press("ArrowDown")
    window.composer.press("ArrowUp")
    window.composer.press("Enter")
    expect(window.composer).to_have_value("/rollout ")
    expect(window.page.locator(".composer-hint").first).to_contain_text("launch STEP")
    window.composer.press_sequentially("launch install")
    window.composer.press("Enter")
    assert window.await_asked("command") == {"as": "U01MARA", "channel": "DU01MARA", "text": "/rollout launch install"}
    expect(window.page.locator(".ephemeral")).to_contain_text("Only visible to you")


def test_a_refusal_gives_the_words_back(desktop: Window) -> None:
    """What the server refuses is explained, and what was typed is in the box again."""
    desktop.page.on("console", lambda _: None)
    desktop.go("U01MARA/dm")
    desktop.composer.fill("/unknown thing")
    desktop.composer.press("Enter")
    expect(desktop.page.get_by_role("alert")).to_contain_text("not a command of this workspace")
    expect(desktop.composer).to_have_value("/unknown thing")
    desktop.errors.clear()  # the browser itself logs the answer 400


def test_an_ephemeral_message_is_for_one_person(desktop: Window) -> None:
    """It is marked, and nobody else has it."""
    desktop.stub.say("C01CLIENT", "for Ana only", only="U02ANA")
    desktop.go("U02ANA/C01CLIENT")
    expect(desktop.page.locator(".ephemeral")).to_contain_text("Only visible to you")
    desktop.page.locator("[data-person=U02BEN]").click()
    expect(desktop.page.locator(".empty-place").first).to_be_visible()
    expect(desktop.page.locator(".ephemeral")).to_have_count(0)


def test_threads_open_beside_or_in_place(window: Window) -> None:
    """Replies are in the thread, not in the channel; on a phone the thread is the one pane; a reply carries its parent."""
    ts = window.stub.say("C01CLIENT", "The reason")
    window.stub.say("C01CLIENT", "What about breaks?", user="U02BEN", thread_ts=ts)
    window.go("U02ANA/C01CLIENT")
    channel = window.page.locator(".conversation .log")
    expect(channel.locator(".message")).to_have_count(1)
    window.page.get_by_role("button", name="1 reply").click()
    thread = window.page.get_by_role("region", name="Thread")
    expect(thread.locator(".message")).to_have_count(2)
    reply = window.page.get_by_label("Reply in the thread")
    expect(reply).to_be_focused()
    reply.fill("And lunch?")
    reply.press("Enter")
    assert window.await_asked("message")["thread_ts"] == ts
    expect(thread.locator(".message")).to_have_count(3)
    assert not window.overflows()
    window.page.get_by_role("button", name="Close the thread").click()
    expect(thread).to_be_hidden()
    expect(channel).to_be_visible()


def test_news_arrives_without_disturbing(desktop: Window) -> None:
    """A message elsewhere marks its place; one here appears; a draft, its caret and the reader's scroll position stay."""
    for number in range(40):
        desktop.stub.say("C01CLIENT", f"line {number}", user="U02BEN")
    desktop.go("U02ANA/C01CLIENT")
    log = desktop.page.locator(".conversation .log")
    expect(log.locator(".message").last).to_be_in_viewport()
    expect(desktop.page.locator(".place[data-place=C01CLIENT] .dot")).to_have_count(0)
    desktop.composer.fill("half a though")
    log.evaluate("node => { node.scrollTop = 100; }")
    desktop.page.wait_for_timeout(100)
    desktop.stub.say("C01ALL", "elsewhere")
    desktop.stub.say("C01CLIENT", "the newest", user="U02CHO")
    expect(desktop.page.locator(".place[data-place=C01ALL] .dot")).to_be_visible()
    expect(log).to_contain_text("the newest")
    expect(desktop.page.get_by_role("button", name="New messages")).to_be_visible()
    assert log.evaluate("node => node.scrollTop") == 100
    desktop.page.keyboard.type("t")
    expect(desktop.composer).to_have_value("half a thought")
    desktop.page.get_by_role("button", name="New messages").click()
    expect(log.locator(".message").last).to_be_in_viewport()
    desktop.page.locator("[data-place=C01ALL]").click()
    expect(desktop.page.locator(".place[data-place=C01ALL] .dot")).to_have_count(0)
    desktop.page.locator("[data-place=C01CLIENT]").click()
    expect(desktop.composer).to_have_value("half a thought")


def test_an_updated_message_keeps_what_is_chosen_elsewhere_in_it(desktop: Window) -> None:
    """The bot edits a message while a person has typed in it: the typed text and the focus stay."""
    entry = {
        "type": "input",
        "block_id": "why",
        "label": gallery.plain("Why"),
        "element": {"type": "plain_text_input", "action_id": "answer"},
    }
    ts = desktop.stub.say(
        "C01CLIENT", "x", blocks=[{"type": "section", "block_id": "s", "text": gallery.mrkdwn("before")}, entry]
    )
    desktop.go("U02ANA/C01CLIENT")
    box = desktop.page.get_by_label("Why")
    box.fill("because")
    message = next(one for one in desktop.stub.messages["C01CLIENT"] if one["ts"] == ts)
    message["blocks"][0]["text"]["text"] = "after"
    message["edited"] = True
    desktop.stub.touch()
    expect(desktop.page.locator(".message")).to_contain_text("after")
    expect(box).to_have_value("because")
    expect(box).to_be_focused()


def test_the_clock_moves(window: Window) -> None:
    """Each button moves the clock by what it says; date and time are the person's own."""
    window.go("U01MARA/dm")
    face = window.page.locator(".clock-face")
    for name, told in (("1 hour", "10:00"), ("1 day", "Tue 1 Dec"), ("1 week", "Tue 8 Dec")):
        window.page.get_by_role("button", name=f"Move the clock forward {name}").click()
        expect(face).to_contain_text(told)
    assert [body["advance_seconds"] for body in window.asked("clock")] == [3600, 86400, 604800]


def test_starting_over_asks_first(window: Window) -> None:
    """Nothing is lost by pressing it once; after the yes everything is as at first."""
    window.stub.say("DU01MARA", "an old message")
    window.go("U01MARA/dm")
    window.page.get_by_role("button", name="Start over").click()
    window.page.get_by_role("button", name="Keep playing").click()
    assert window.asked("reset") == []
    window.page.get_by_role("button", name="Start over").click()
    window.page.get_by_role("alertdialog").get_by_role("button", name="Start over").click()
    window.await_asked("reset")
    expect(window.page.locator(".message")).to_have_count(0)


def test_the_page_waits_for_a_server_that_is_away(desktop: Window) -> None:
    """While the server is away the page says so, keeps the draft, and goes on by itself when it is back."""
    desktop.go("U02ANA/C01CLIENT")
    desktop.composer.fill("not lost")
    desktop.stub.away = True
    desktop.stub.touch()
    notice = desktop.page.locator("#connection")
    expect(notice).to_contain_text("keeps trying")
    desktop.stub.away = False
    desktop.stub.say("C01CLIENT", "said meanwhile", user="U02BEN")
    expect(notice).to_be_hidden(timeout=12000)
    expect(desktop.page.locator(".message")).to_contain_text("said meanwhile")
    expect(desktop.composer).to_have_value("not lost")
    desktop.errors.clear()  # the browser itself logs failed connections


def test_joining_and_leaving(desktop: Window) -> None:
    """A channel can be joined from the list, and left; a channel one is not in says so."""
    desktop.go("U02ANA/C01SIDE")
    expect(desktop.page.locator(".stranger")).to_contain_text("Ana Duarte is not in #design-crit")
    desktop.page.get_by_role("button", name="Join as Ana Duarte").click()
    assert desktop.await_asked("join") == {"as": "U02ANA", "channel": "C01SIDE"}
    expect(desktop.composer).to_be_visible()
    desktop.page.get_by_role("button", name="More about this channel").click()
    desktop.page.get_by_role("menuitem", name=re.compile("Leave")).click()
    assert desktop.await_asked("leave") == {"as": "U02ANA", "channel": "C01SIDE"}


def test_coming_and_going_is_a_quiet_line(desktop: Window) -> None:
    """Somebody who joined is named in one line, not as if they had said it."""
    desktop.stub.say("C01CLIENT", "<@U02ELI> has joined the channel", user="U02ELI", subtype="channel_join")
    desktop.go("U02ANA/C01CLIENT")
    expect(desktop.page.locator(".coming")).to_have_text("Eli Katz has joined the channel at 03:00.")


def test_an_unknown_person_in_the_address_gives_way(desktop: Window) -> None:
    """A stale address shows the first person of the workspace instead of nothing."""
    desktop.go("U99GONE/C01CLIENT")
    expect(desktop.page.locator(".me-name")).to_have_text("Mara Lindqvist")
    desktop.errors.clear()  # the browser itself logs the answer 404


def test_one_pane_at_a_time_on_a_phone(open_window: OpenWindow) -> None:
    """List, conversation and Home fill the width in turn, with a way back, and nothing sticks out sideways."""
    phone = open_window(PHONE)
    phone.stub.say("C01CLIENT", "wide " * 80 + "x" * 300, blocks=None)
    phone.go()
    sidebar, reading = phone.page.locator("#sidebar"), phone.page.locator("#reading")
    expect(sidebar).to_be_visible()
    expect(reading).to_be_hidden()
    assert not phone.overflows()
    phone.page.locator("[data-place=C01CLIENT]").click()
    expect(sidebar).to_be_hidden()
    expect(phone.composer).to_be_in_viewport()
    assert not phone.overflows()
    phone.page.get_by_role("button", name="Back to places and people").click()
    expect(sidebar).to_be_visible()
    phone.page.locator(".row[data-place=dm]").click()
    phone.page.get_by_role("tab", name="Home").click()
    expect(phone.page.locator(".home-sheet")).to_contain_text("Hourglass: where it stands")
    assert not phone.overflows()


def test_the_log_and_landmarks_are_named(desktop: Window) -> None:
    """Assistive technology finds the places, the log, the guide and the clock by name."""
    desktop.stub.say("C01CLIENT", "hello")
    desktop.go("U02ANA/C01CLIENT")
    for role, name in (
        ("navigation", "Places and people"),
        ("log", "Messages"),
        ("complementary", "Guide for newcomers"),
        ("group", "The sandbox\u2019s clock"),
    ):
        expect(desktop.page.get_by_role(role, name=name)).to_be_visible()  # type: ignore[arg-type]
    expect(desktop.page).to_have_title("#client-services · Ana Duarte · Foreword sandbox")
