"""views.*: modals in a stack of up to three, and the App Home."""

from __future__ import annotations

import json
import secrets
from typing import Any

from bot.sandbox import blocks as block_kit
from bot.sandbox.arguments import Arguments
from bot.sandbox.content import with_ids
from bot.sandbox.shown import view_json
from bot.sandbox.states import starting_values
from bot.sandbox.things import Trigger, View
from bot.sandbox.wire import Json, SlackError, invalid_arguments
from bot.sandbox.workspace import TRIGGER_SECONDS, Workspace, new_id

STACK_LIMIT = 3


def open_view(space: Workspace, args: Arguments) -> Json:
    """views.open."""
    ticket = _trigger(space, args)
    spec = checked_view(_given_view(args), "modal")
    _external_id_is_free(space, spec, None)
    ticket.spent = True
    return {"view": view_json(space, show_modal(space, ticket.person, spec))}


def push_view(space: Workspace, args: Arguments) -> Json:
    """views.push."""
    ticket = _trigger(space, args)
    spec = checked_view(_given_view(args), "modal")
    _external_id_is_free(space, spec, None)
    if not space.modals.get(ticket.person):
        raise SlackError("not_found")
    view = push_modal(space, ticket.person, spec)
    ticket.spent = True
    return {"view": view_json(space, view)}


def update_view(space: Workspace, args: Arguments) -> Json:
    """views.update, by view_id or external_id; `hash` guards against a lost race."""
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    view = space.find_view(view_id) if view_id else _by_external_id(space, external_id or "")
    if view is None:
        raise SlackError("not_found")
    spec = checked_view(_given_view(args), view.spec["type"])
    _same_hash(view, args)
    _external_id_is_free(space, spec, view)
    replace_view(space, view, spec)
    return {"view": view_json(space, view)}


def publish_view(space: Workspace, args: Arguments) -> Json:
    """views.publish: the App Home of one person."""
    person = args.required("user_id")
    if person not in space.people:
        raise SlackError("user_not_found")
    spec = checked_view(_given_view(args), "home")
    view = space.homes.get(person)
    if view is not None:
        _same_hash(view, args)
        replace_view(space, view, spec)
    else:
        view = _new_view(space, person, spec)
        space.homes[person] = view
        space.changes.note([person])
    return {"view": view_json(space, view)}


def checked_view(value: Any, surface: str) -> Json:
    """The view with its ids filled in; raises what Slack would answer to a view it does not take."""
    findings = block_kit.view(value, surface)
    if findings:
        raise invalid_arguments(*findings)
    if len(json.dumps(value)) > block_kit.VIEW_SIZE:
        raise SlackError("view_too_large")
    return {**value, "blocks": with_ids(value["blocks"])}


def show_modal(space: Workspace, person: str, spec: Json) -> View:
    """Open a modal in place of whatever modals this person has open."""
    view = _new_view(space, person, spec)
    space.modals[person] = [view]
    space.changes.note([person])
    return view


def push_modal(space: Workspace, person: str, spec: Json) -> View:
    """Put a modal on top of the open ones; raises `push_limit_reached`."""
    stack = space.modals[person]
    if len(stack) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    view = _new_view(space, person, spec)
    view.root_id, view.previous_id = stack[0].id, stack[-1].id
    stack.append(view)
    space.changes.note([person])
    return view


def replace_view(space: Workspace, view: View, spec: Json) -> None:
    """Give a view new content; what was entered stays where block and action keep their ids."""
    kept = view.state
    view.spec = spec
    view.state = starting_values(spec["blocks"], kept)
    view.hash = _hash(space)
    view.errors = None
    space.changes.note([view.owner])


def _new_view(space: Workspace, person: str, spec: Json) -> View:
    view_id = new_id("V")
    return View(view_id, person, spec, _hash(space), view_id, state=starting_values(spec["blocks"], {}))


def _hash(space: Workspace) -> str:
    return f"{int(space.epoch())}.{secrets.token_hex(4)}"


def _given_view(args: Arguments) -> Any:
    value = args.structure("view", "invalid_arguments")
    if value is None:
        raise invalid_arguments("missing required field: view")
    return value


def _trigger(space: Workspace, args: Arguments) -> Trigger:
    given = args.text("trigger_id") or args.text("interactivity_pointer")
    if not given:
        raise invalid_arguments("missing required field: trigger_id")
    ticket = space.triggers.get(given)
    if ticket is None:
        raise SlackError("invalid_trigger_id")
    if ticket.spent:
        raise SlackError("exchanged_trigger_id")
    if space.epoch() - ticket.at > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    return ticket


def _same_hash(view: View, args: Arguments) -> None:
    given = args.text("hash")
    if given and given != view.hash:
        raise SlackError("hash_conflict")


def _by_external_id(space: Workspace, external_id: str) -> View | None:
    every = [view for stack in space.modals.values() for view in stack] + list(space.homes.values())
    return next((view for view in every if view.spec.get("external_id") == external_id), None)


def _external_id_is_free(space: Workspace, spec: Json, view: View | None) -> None:
    wanted = spec.get("external_id")
    if wanted and _by_external_id(space, wanted) not in (None, view):
        raise SlackError("duplicate_external_id")
