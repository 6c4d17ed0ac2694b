"""What people do with elements: press, choose, submit and close; looked up, filled in and sent as Slack would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox import states, view_methods
from bot.sandbox.acts import TIMED_OUT, actor
from bot.sandbox.blocks import interactive
from bot.sandbox.delivery import Courier
from bot.sandbox.lines import INTERACTION, NoReply, Reply
from bot.sandbox.payloads import chosen, click_in_message, click_in_view, view_closed, view_submission
from bot.sandbox.perspective import sees
from bot.sandbox.things import Conversation, Message, Person, Values, View
from bot.sandbox.wire import ActRefused, Json, SlackError
from bot.sandbox.workspace import Workspace

_TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True)
class Press:
    """Which element is used, and what is chosen in it. Where nothing says where, it is looked for.

    `entered` is what else the person has typed so far into the same view.
    """

    action_id: str
    block_id: str | None = None
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    home: bool = False
    force: bool = False
    given: Json | None = None
    entered: Values | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    block: Json
    element: Json
    conversation: Conversation | None = None
    message: Message | None = None
    view: View | None = None


async def click(space: Workspace, courier: Courier, as_: str, press: Press, *, base_url: str) -> Json:
    """Use an element. Answers the app's status, and the address that a link button opens."""
    person = actor(space, as_)
    found = _find(space, person, press)
    given = press.given or {}
    if found.view is not None:
        _enter_all(found.view, press.entered or {})
    values = _values_of(found, person)
    states.enter(values, found.block, found.element, given)
    answer: Json = {"url": found.element["url"]} if found.element.get("url") else {}
    if found.block["type"] == "input" and not found.block.get("dispatch_action"):
        return {**answer, "status": None}
    action = _action(space, found, values, given, forced=press.force)
    if found.view is not None:
        payload = click_in_view(space, person, found.view, action)
    else:
        assert found.conversation is not None
        assert found.message is not None
        key = space.new_response_url(found.conversation.id, person.id, found.message)
        payload = click_in_message(
            space, person, found.conversation, found.message, action, f"{base_url}/response/{key}"
        )
    try:
        reply = await courier.ask(INTERACTION, payload)
    except NoReply as silent:
        failure = TIMED_OUT if silent.reason == "http_timeout" else "dispatch_failed"
        space.toast(person.id, f"Nothing happened, because the app did not respond ({failure})")
        return {**answer, "status": None, "failure": failure}
    if not reply.taken:
        space.toast(person.id, f"Nothing happened, because the app reported an error ({reply.status})")
        return {**answer, "status": reply.status, "failure": "dispatch_failed"}
    return {**answer, "status": reply.status}


async def submit(space: Workspace, courier: Courier, as_: str, view_id: str, values: Values, *, base_url: str) -> Json:
    """Submit the top modal. `errors` in the answer are shown in the modal; `sent` says whether the app heard of it."""
    person = actor(space, as_)
    view = _top(space, person, view_id)
    if view.spec.get("submit") is None or view.spec.get("submit_disabled"):
        raise ActRefused("This modal has no submit button.")
    _enter_all(view, values)
    problems = states.missing_inputs(view.spec["blocks"], view.state)
    view.errors = problems or None
    space.changes.note([person.id])
    if problems:
        return {"sent": False, "status": None, "errors": problems}
    payload = view_submission(space, person, view, _response_urls(space, person, view, base_url))
    try:
        reply = await courier.ask(INTERACTION, payload)
    except NoReply as silent:
        failure = TIMED_OUT if silent.reason == "http_timeout" else "dispatch_failed"
        space.toast(person.id, f"{_TROUBLE} ({failure})")
        return {"sent": True, "status": None, "errors": None, "failure": failure}
    try:
        _obey(space, person, view, reply)
    except SlackError as refused:
        space.toast(person.id, f"{_TROUBLE} ({refused.name})")
        return {
            "sent": True,
            "status": reply.status,
            "body": reply.body,
            "errors": None,
            "failure": refused.name,
            **refused.details,
        }
    return {"sent": True, "status": reply.status, "body": reply.body, "errors": view.errors}


async def close(space: Workspace, courier: Courier, as_: str, view_id: str) -> Json:
    """Close the top modal without submitting it."""
    person = actor(space, as_)
    view = _top(space, person, view_id)
    stack = space.modals[person.id]
    cleared = bool(view.spec.get("clear_on_close"))
    gone = list(reversed(stack)) if cleared else [view]
    for one in gone:
        stack.remove(one)
    space.changes.note([person.id])
    for one in gone:
        if one.spec.get("notify_on_close"):
            try:
                await courier.ask(INTERACTION, view_closed(space, person, one, is_cleared=cleared))
            except NoReply as silent:
                return {"failure": silent.reason}
    return {}


def _find(space: Workspace, person: Person, press: Press) -> _Found:
    candidates = list(_surfaces(space, person, press))
    for conversation, message, view in candidates:
        blocks = view.spec["blocks"] if view else message.blocks if message else None
        for block, element in interactive(blocks):
            if element["action_id"] == press.action_id and press.block_id in (None, block["block_id"]):
                return _Found(block, element, conversation, message, view)
    if not press.force:
        raise ActRefused(f"{person.name} sees no element {press.action_id} there.", 404)
    element = {
        "type": "button",
        "action_id": press.action_id,
        "text": {"type": "plain_text", "text": press.action_id, "emoji": True},
    }
    block = {"type": "actions", "block_id": press.block_id or "gone", "elements": [element]}
    if candidates:
        conversation, message, view = candidates[0]
        return _Found(block, element, conversation, message, view)
    if press.view_id or press.home:
        kind = "home" if press.home else "modal"
        spec: Json = {"type": kind, "blocks": [], "title": {"type": "plain_text", "text": "Gone"}}
        gone = press.view_id or "VGONE"
        return _Found(block, element, view=View(gone, person.id, spec, "0.gone", gone))
    place = space.conversations.get(press.channel or "") or space.dm(person.id)
    return _Found(block, element, place, Message(press.ts or space.stamp(), space.bot.user_id, "", by_bot=True))


def _surfaces(
    space: Workspace, person: Person, press: Press
) -> list[tuple[Conversation | None, Message | None, View | None]]:
    """Where the element may be, the likeliest first: only what this person can see, unless forced."""
    if press.home:
        home = space.homes.get(person.id)
        return [(None, None, home)] if home else []
    if press.view_id:
        view = space.find_view(press.view_id)
        return [(None, None, view)] if view and view.owner == person.id else []
    top = space.top_modal(person.id)
    if not press.channel and top:
        return [(None, None, top)]
    found: list[tuple[Conversation | None, Message | None, View | None]] = [
        (place, message, None)
        for place in space.conversations.values()
        for message in place.messages
        if press.channel in {None, place.id, f"#{place.name}"}
        and press.ts in {None, message.ts}
        and (press.force or sees(person.id, place, message))
    ]
    return sorted(found, key=lambda one: one[1].ts if one[1] else "", reverse=True)


def _values_of(found: _Found, person: Person) -> Values:
    if found.view is not None:
        return found.view.state
    assert found.message is not None
    if person.id not in found.message.state:
        found.message.state[person.id] = states.starting_values(found.message.blocks or [], {})
    return found.message.state[person.id]


def _action(space: Workspace, found: _Found, values: Values, given: Json, *, forced: bool) -> Json:
    element = found.element
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": found.block["block_id"],
        "action_ts": space.stamp(),
    }
    if element["type"] == "button":
        for name in ("text", "value", "style", "url"):
            if element.get(name) is not None:
                action[name] = element[name]
        if forced and given.get("value") is not None:
            action["value"] = given["value"]
    elif element["type"] == "overflow":
        if given.get("selected_option") is None:
            raise ActRefused(f"Choose one of the options of {element['action_id']}: selected_option.")
        action["selected_option"] = states.offered(element, given["selected_option"])
    else:
        action.update(chosen(values, found.block, element))
        if element.get("placeholder"):
            action["placeholder"] = element["placeholder"]
    return action


def _top(space: Workspace, person: Person, view_id: str) -> View:
    view = space.top_modal(person.id)
    if view is None:
        raise ActRefused(f"{person.name} has no modal open.", 404)
    if view.id != view_id:
        raise ActRefused(f"The modal that {person.name} has in front is {view.id}, not {view_id}.", 404)
    return view


def _enter_all(view: View, values: Values) -> None:
    for block_id, actions in values.items():
        for action_id, given in actions.items():
            for block, element in interactive(view.spec["blocks"]):
                if block["block_id"] == block_id and element["action_id"] == action_id:
                    states.enter(view.state, block, element, given)
                    break
            else:
                raise ActRefused(f"The modal has no input {action_id} in block {block_id}.", 404)


def _response_urls(space: Workspace, person: Person, view: View, base_url: str) -> list[Json]:
    urls: list[Json] = []
    for block, element in interactive(view.spec["blocks"]):
        picked: Any = next(iter(chosen(view.state, block, element).values()), None)
        if element.get("response_url_enabled") and picked in space.conversations:
            key = space.new_response_url(picked, person.id)
            urls.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": picked,
                    "response_url": f"{base_url}/response/{key}",
                }
            )
    return urls


def _obey(space: Workspace, person: Person, view: View, reply: Reply) -> None:
    """Do what the app answered to a submission; raises SlackError when the answer makes no sense."""
    if not reply.taken:
        raise SlackError("http_service_error")
    stack = space.modals.get(person.id, [])
    body = reply.body if isinstance(reply.body, dict) else {}
    if reply.body and not isinstance(reply.body, dict):
        raise SlackError("invalid_response")
    action = body.get("response_action")
    if not body:
        if view in stack:
            stack.remove(view)
    elif action == "clear":
        stack.clear()
    elif action == "errors":
        view.errors = _checked_errors(view, body.get("errors"))
    elif action == "update":
        view_methods.replace_view(space, view, view_methods.checked_view(body.get("view"), "modal"))
    elif action == "push":
        spec = view_methods.checked_view(body.get("view"), "modal")
        if stack:
            view_methods.push_modal(space, person.id, spec)
        else:
            view_methods.show_modal(space, person.id, spec)
    else:
        raise SlackError("invalid_response_action")
    space.changes.note([person.id])


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.spec["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors")
    for block_id, text in errors.items():
        if block_id not in inputs or not isinstance(text, str) or not text:
            raise SlackError("invalid_errors")
    return dict(errors)
