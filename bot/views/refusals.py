"""Refusals as sentences: what cannot be done, and who can, or what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.domain import refusals as r
from bot.domain.authority import NotAllowed
from bot.domain.reader import Held
from bot.domain.rollout import Step
from bot.ports import Post
from bot.views.escape import escape
from bot.views.gate_list import refused_launch
from bot.views.pieces import notice
from bot.views.words import STEP_NAMES, in_a_while, moment, people


def _not_allowed(refusal: NotAllowed) -> Post:
    """Who can, when this person cannot."""
    who = people(refusal.who_can) or "nobody yet: an operator has to set OWNERS"
    return notice(f"You cannot {escape(refusal.act)}. These people can: {who}. Nothing was changed.")


def _unknown_name(what: str, name: str, known: Sequence[str]) -> Post:
    """A name that does not exist, with the nearest one that does."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean *{escape(near[0])}*?" if near else ""
    listed = ", ".join(escape(each) for each in known)
    return notice(f"There is no {what} called *{escape(name)}*.{hint} There is: {listed}.")


def held(reason: Held, *, tool: str, channel: str, contact: str) -> str:
    """Why somebody does not get the link right now."""
    name = escape(tool)
    match reason:
        case Held.PAUSED:
            return (
                f"The rollout of {name} is paused, so no install link is given out. You will read here when it goes on."
            )
        case Held.NOT_IN_WAVE:
            return (
                f"This step is for the people in <#{channel}>, and you are not in that channel. Your own team gets "
                f"its turn; if you think this is a mistake, ask <@{contact}>."
            )
        case Held.NOT_LAUNCHED:
            return (
                f"{name} was announced anew, and the link comes last this time too: first the reason, then the policy. "
                "Nothing to do for you until the new message is here."
            )
        case Held.UNFIT:
            return (
                f"The policy for {name} is being rewritten. You get the new version first, and the link after it. "
                f"Questions until then: <@{contact}>."
            )


def launch_did_not_go(*, step: Step, wave: str, why: str) -> Post:
    """What the manager of a launch that did not go is told."""
    return notice(
        f"*{STEP_NAMES[step].capitalize()} for {escape(wave)} was not sent*: {escape(why)}.\n"
        f"See what is missing with `/rollout check`, then launch it again: `/rollout launch {step} {escape(wave)}`"
    )


def _already_launched(step: Step, wave: str, by: str, when: str) -> Post:
    """Somebody was there before."""
    return notice(
        f"{STEP_NAMES[step].capitalize()} for *{escape(wave)}* {when} by <@{by}>. Nothing was sent a second time."
    )


def apology(reference: str) -> Post:
    """For what nobody foresaw."""
    return notice(
        f"Something went wrong on our side, and nothing was changed. Please try again; if it happens again, "
        f"give the person who runs Foreword this reference: `{escape(reference)}`"
    )


def database_away() -> Post:
    """For a database that is busy, full, read-only or gone."""
    return notice("I cannot reach my own records just now, so nothing was saved. Please try again in a minute.")


def message_of(refusal: r.Refused | NotAllowed) -> Post:  # noqa: C901, PLR0912 - a table: one case, one sentence
    """The sentence for this refusal."""
    match refusal:
        case NotAllowed():
            return _not_allowed(refusal)
        case r.NoRollout():
            return notice(
                "There is no rollout yet. An operator can load a plan file (`python app.py plan load FILE`), "
                "or an owner can type `/rollout new`."
            )
        case r.UnknownRollout():
            return _unknown_name("rollout", refusal.name, refusal.known)
        case r.WhichRollout():
            names = ", ".join(f"`--rollout {escape(name)}`" for name in refusal.known)
            return notice(f"There are several rollouts. Say which one is meant: {names}.")
        case r.UnknownWave():
            return _unknown_name("wave", refusal.name, refusal.known)
        case r.GatesHold():
            return refused_launch(refusal.step, refusal.wave, refusal.failed, wave_id=refusal.wave_id)
        case r.AlreadyLaunched(due_at=None):
            when = f"was launched {moment(refusal.at)}" if refusal.at else "was launched"
            return _already_launched(refusal.step, refusal.wave, refusal.by, when)
        case r.AlreadyLaunched():
            when = f"is scheduled for {moment(refusal.due_at)}" if refusal.due_at else "is scheduled"
            return _already_launched(refusal.step, refusal.wave, refusal.by, when)
        case r.PreviewOutdated():
            return notice(
                "The plan changed after this preview was made, so what you saw is not what would be sent. "
                "Nothing was sent. Launch it again to see the new preview."
            )
        case r.AnswersChanging():
            return notice(
                "Somebody wrote an answer a moment ago, and I am still taking it in, so that nothing is launched with the old one. "
                "Nothing was sent. Try again in a few seconds."
            )
        case r.InThePast():
            return notice(
                f"{moment(refusal.due_at)} is over. Nothing was scheduled. Give a time that is still to come."
            )
        case r.NothingScheduled():
            return notice(
                f"{STEP_NAMES[refusal.step].capitalize()} is not scheduled for *{escape(refusal.wave)}*. "
                "`/rollout` shows what is."
            )
        case r.HardGate():
            return notice(
                f"`{refusal.gate}` is a hard gate: nobody can waive it. `/rollout check` says what is missing and how to mend it."
            )
        case r.OverrideTaken(approved_by=None):
            return notice(
                f"<@{refusal.by}> has asked to waive `{refusal.gate}` already. A second manager approves it with "
                "`/rollout approve` or the button on the status card."
            )
        case r.OverrideTaken():
            return notice(f"`{refusal.gate}` is waived already, by <@{refusal.by}> and <@{refusal.approved_by}>.")
        case r.SecondManagerNeeded():
            others = people(refusal.who_can)
            if not others:
                return notice(
                    "An override needs two people in charge, and you are the only one. Add an owner or a manager to the plan first."
                )
            return notice(f"An override needs a second person. You asked for it, so it is for {others} to approve.")
        case r.NothingToApprove():
            return notice(
                "No override waits for approval. If you came from an older message: the plan has changed since."
            )
        case r.NamesTheLink():
            return notice(
                f"Your text contains `{escape(refusal.words)}`, which is the install link or its host. "
                "People get the link only after the policy, so it cannot stand in a message. Leave it out and try again."
            )
        case r.AlreadyPaused():
            return notice(f"The rollout is paused already, since {moment(refusal.since)}.")
        case r.NotPaused():
            return notice("The rollout is not paused, so there is nothing to launch again.")
        case r.NothingNew():
            return notice(
                "A relaunch needs something new to say: write a new policy version (`/rollout edit policy`) or a new "
                "reason (`/rollout edit reason`) first. The pause goes on."
            )
        case r.NotBriefed():
            return notice("This briefing is no longer the present one. The newest one in this conversation counts.")
        case r.ImmutablePart():
            lines = "\n".join(f"•  `{escape(field)}`: {escape(why)}" for field, why in refusal.problems)
            return notice(f"Nothing was stored, because this can no longer change:\n{lines}")
        case r.AnsweredAlready():
            return notice("Somebody has answered this question meanwhile. Nothing was sent again.")
        case r.ExportedAlready():
            return notice(
                "This report was confirmed already; it comes once, as a file in our direct messages. "
                "For another one: `/pushback report`"
            )
        case r.NothingToPassOn():
            return notice("There are no words in it yet. Nothing was kept; write your text and try again.")
        case r.CheckinIsClosed():
            return notice(
                "This check-in has closed, and its answers are deleted. Nothing was noted. The next one comes to you."
            )
        case r.NotAsked():
            return notice(
                "This check-in goes to those who were in the team when it began. You are asked from the next one on. "
                "Whatever you want to say now: `/ask`, without your name."
            )
        case r.TooFewForWords():
            return notice(
                f"Fewer than {refusal.k_text} people are asked here, so words could be recognised. Nothing was kept. "
                "`/ask` passes a question on without your name or team."
            )
        case r.MarkedAlready():
            return notice("Somebody has marked this already. Nothing was changed.")
        case r.LargeEnoughToAsk():
            return notice(
                "This team is large enough to be asked without names, so its own answers decide and nobody enters a verdict."
            )
        case r.TooFast():
            return notice(
                f"That is a lot at once. Nothing was done this time; you can go on {in_a_while(refusal.seconds)}."
            )
        case r.Outdated():
            return notice(
                "This is from an earlier state of the rollout and does nothing any more. `/rollout` shows the present one."
            )
    return notice("This cannot be done, and nothing was changed. `/rollout help` lists what can.")
