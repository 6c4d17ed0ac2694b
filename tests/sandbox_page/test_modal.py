"""Modals: what is entered is kept, what is missing is said, and the keyboard is enough."""

from __future__ import annotations

import copy

from playwright.sync_api import Locator, expect

from tests.sandbox_page import gallery
from tests.sandbox_page.conftest import Window


def open_modal(window: Window) -> Locator:
    """Mara types the command that opens the gallery's modal."""
    window.go("U01MARA/dm")
    window.composer.fill("/rollout edit policy")
    window.composer.press("Enter")
    dialog = window.page.get_by_role("dialog", name="Edit the policy")
    expect(dialog).to_be_visible()
    return dialog


def fill_required(dialog: Locator) -> None:
    """The three inputs that have no initial value and are not optional."""
    dialog.get_by_label("What is tracked?").fill("hours per project")
    dialog.get_by_label("Kept for how many days?").fill("90")
    dialog.get_by_role("combobox", name="Role").click()
    dialog.get_by_role("option", name="Salaried").click()


def test_a_modal_is_filled_and_submitted(window: Window) -> None:
    """Every kind of input is sent in Slack's shape; untouched inputs are left to the server; the modal goes."""
    dialog = open_modal(window)
    assert not window.overflows()
    fill_required(dialog)
    dialog.get_by_label("Where is the document?").fill("https://wiki.example.com/p")
    dialog.get_by_label("Contact").fill("helen@example.com")
    dialog.get_by_role("combobox", name="Who sees it?").click()
    dialog.get_by_role("option", name="Otis Bell").click()
    dialog.get_by_role("option", name="Helen Okafor").click()
    window.page.keyboard.press("Escape")
    dialog.get_by_role("combobox", name="Channel").click()
    dialog.get_by_role("option", name="#client-services").click()
    dialog.get_by_role("radio", name="Salaried").check()
    dialog.get_by_role("checkbox", name="Salaried").check()
    dialog.get_by_role("button", name="Save").click()
    asked = window.await_asked("submit")
    assert asked["values"] == {
        "tracked": {"answer": {"value": "hours per project"}},
        "days": {"answer": {"value": "90"}},
        "document": {"answer": {"value": "https://wiki.example.com/p"}},
        "mail": {"answer": {"value": "helen@example.com"}},
        "role": {"answer": {"selected_option": gallery.ROLES[1]}},
        "people": {"answer": {"selected_users": ["U01OTIS", "U01HELEN"]}},
        "place": {"answer": {"selected_conversation": "C01CLIENT"}},
        "cadence": {"answer": {"selected_option": gallery.ROLES[1]}},
        "not_tracked": {"answer": {"selected_options": [gallery.ROLES[1]]}},
    }
    expect(dialog).to_have_count(0)
    expect(window.composer).to_be_focused()


def test_what_is_required_is_asked_for(window: Window) -> None:
    """Submitting with required inputs empty marks each of them, goes to the first, and asks the server nothing."""
    dialog = open_modal(window)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".field-error")).to_have_count(3)
    tracked = dialog.get_by_label("What is tracked?")
    expect(tracked).to_be_focused()
    expect(tracked).to_have_attribute("aria-invalid", "true")
    expect(tracked).to_have_accessible_description("Name the data, not the purpose. Please fill this in.")
    assert window.asked("submit") == []


def test_the_apps_errors_stand_at_their_inputs(desktop: Window) -> None:
    """Errors in the app's answer are shown at their blocks, what was typed stays, and a second try can succeed."""
    dialog = open_modal(desktop)
    fill_required(dialog)
    desktop.stub.submit_errors = {"tracked": "“activity level” is vague: name the data."}
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("[data-block=tracked] .field-error")).to_have_text(
        "“activity level” is vague: name the data."
    )
    expect(dialog.get_by_label("What is tracked?")).to_have_value("hours per project")
    desktop.stub.submit_errors = None
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)


def test_an_update_leaves_alone_what_is_being_typed(desktop: Window) -> None:
    """The app changes other blocks of the modal: focus, caret and text of the input in hand stay."""
    dialog = open_modal(desktop)
    tracked = dialog.get_by_label("What is tracked?")
    tracked.fill("hours per project")
    tracked.press("Home")
    changed = copy.deepcopy(gallery.MODAL)
    changed["blocks"][0]["text"]["text"] = "Now there are two roles."
    changed["blocks"].insert(1, {"type": "divider", "block_id": "new"})
    desktop.stub.modals["U01MARA"][-1]["view"] = changed
    desktop.stub.touch()
    expect(dialog).to_contain_text("Now there are two roles.")
    desktop.page.keyboard.type("the ")
    expect(tracked).to_have_value("the hours per project")


def test_modals_stack_and_keep_their_answers(desktop: Window) -> None:
    """A modal pushed on top and closed again shows the one below with what was entered in it."""
    dialog = open_modal(desktop)
    dialog.get_by_label("What is tracked?").fill("hours")
    dialog.get_by_role("button", name="Add a role").click()
    upper = desktop.page.get_by_role("dialog", name="A role")
    expect(upper.get_by_label("Name")).to_be_focused()
    assert desktop.asked("click")[0]["view_id"] == desktop.stub.modals["U01MARA"][0]["view_id"]
    upper.get_by_role("button", name="Back").click()
    expect(dialog.get_by_label("What is tracked?")).to_have_value("hours")


def test_escape_closes_the_modal_and_gives_the_focus_back(window: Window) -> None:
    """Escape tells the server that the modal was closed; the focus is where it was before."""
    dialog = open_modal(window)
    window.page.keyboard.press("Escape")
    asked = window.await_asked("close")
    assert asked["as"] == "U01MARA"
    expect(dialog).to_have_count(0)
    expect(window.composer).to_be_focused()


def test_tab_stays_inside_the_modal(desktop: Window) -> None:
    """Going round with Tab and Shift+Tab never leaves the modal."""
    open_modal(desktop)
    inside = "document.activeElement.closest('dialog') !== null"
    for key in ["Tab"] * 30 + ["Shift+Tab"] * 40:
        desktop.page.keyboard.press(key)
        assert desktop.page.evaluate(inside)


def test_a_notice_can_be_reached_above_a_modal(desktop: Window) -> None:
    """A failure while a modal is open is shown where it can be read and dismissed."""
    dialog = open_modal(desktop)
    desktop.stub.toasts["U01MARA"] = [{"text": "We had some trouble connecting."}]
    desktop.stub.touch()
    toast = dialog.get_by_role("alert").filter(has_text="We had some trouble")
    toast.get_by_role("button", name="Dismiss").click()
    assert desktop.await_asked("dismiss") == {"as": "U01MARA"}
    expect(toast).to_have_count(0)
