"""Reviews, warning signs and faults, as managers and employees read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block

from bot.domain.review import Review, ReviewState
from bot.domain.rollout import Cadence, Plan, Role
from bot.domain.signs import SIGNS, SignKind
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId, Field, ViewId
from bot.views.inputs import checkboxes, lines, modal, select
from bot.views.pieces import button, buttons, clipped, header, notice, post, sections, small
from bot.views.verdict import KnownFault, fault_item
from bot.views.words import counted

CADENCES = {
    Cadence.WEEKLY: "every week",
    Cadence.BIWEEKLY: "every two weeks",
    Cadence.MONTHLY: "once a month",
    Cadence.ON_CONCERN: "only on a specific concern",
}
REVIEWS_SHOWN = 12
BECAUSE_SHOWN = 200
FAULTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What was promised to one wave, and what was done. `unmarked` are reviews whose time to be marked is over."""

    tool: str
    wave: str
    role: Role
    reviews: Sequence[Review]
    unmarked: frozenset[str]
    next_due: date | None = None


def review_due(tool: str, wave: str, role: Role, review: Review) -> Post:
    """For a wave's managers on the day a review is due."""
    often = CADENCES[role.cadence] if role.cadence else "as agreed"
    text = (
        f"*The review of {escape(tool)} data for {escape(wave)} is due today, {review.day.day} {review.day:%B}.*\n"
        f"The team was promised a look {often}: {escape(role.because)}. Look for what the policy says, and no further. "
        "The team sees whether it was done; a review that is not marked is shown as such."
    )
    row = buttons(
        button(ActionId.REVIEW_DONE, "Done", review.id, style="primary", says="I have done this review"),
        button(ActionId.REVIEW_NOT_THIS_TIME, "Not this time", review.id, says="This review is not done this time"),
    )
    return post(f"The review of {escape(tool)} data for {escape(wave)} is due today.", [*sections(text), row])


def review_marked(state: ReviewState) -> Post:
    """After *Done* or *Not this time*."""
    said = "Noted as done." if state is ReviewState.DONE else "Noted: not this time."
    return notice(f"{said} The team sees it under `/ask reviews`.")


def looked_form(rollout_id: str, waves: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """`/rollout looked`: a look that nobody had promised, with its reason. `waves` are pairs of id and name."""
    return modal(
        ViewId.LOOKED,
        "A look off schedule",
        [
            *sections(
                "You looked at the data outside the cadence that the team was promised. Say why; the team reads it. "
                "That keeps the promise worth something."
            ),
            select(Field.WAVE, "Whose data?", waves, waves[0][0] if len(waves) == 1 else ""),
            lines(Field.BECAUSE, "Because", longest=500, hint="The concern, not a person: no names."),
        ],
        submit="Enter it",
        about={"rollout": rollout_id},
    )


def looked(wave: str) -> Post:
    """After a look off schedule was entered."""
    return notice(f"Entered. {escape(wave)} sees it under `/ask reviews`, with your reason.")


def reviews_message(pages: Sequence[ReviewPage]) -> Post:
    """`/ask reviews`: promised against done."""
    blocks: list[Block] = []
    for page in pages:
        blocks += [header(f"{page.tool}: who looks, and when"), *sections(review_lines(page))]
    if not pages:
        return notice("No tool of yours has reached its install step, so nobody looks at anything yet.")
    blocks.append(small("Entered by the managers themselves. If you know of a look that is not here, say so: `/ask`."))
    return post("Reviews: what was promised to your team, and what was done.", blocks)


def review_lines(page: ReviewPage) -> str:
    """Promised against done, the newest first."""
    often = CADENCES[page.role.cadence] if page.role.cadence else "not set"
    promised = f"*Promised to {escape(page.wave)}:* {often}"
    if page.next_due is not None:
        promised += f"; the next one is due on {page.next_due.day} {page.next_due:%B}"
    found = [promised]
    found += [
        f"•  {review.day.day} {review.day:%B %Y}: {_review(review, page.unmarked)}"
        for review in list(reversed(page.reviews))[:REVIEWS_SHOWN]
    ]
    if not page.reviews:
        found.append(
            "•  Nothing so far." if page.role.cadence is not Cadence.ON_CONCERN else "•  Nobody has looked so far."
        )
    more = len(page.reviews) - REVIEWS_SHOWN
    return "\n".join(found) + (f"\n… and {more} earlier." if more > 0 else "")


def _review(review: Review, unmarked: frozenset[str]) -> str:
    because = f": {escape(clipped(review.because, BECAUSE_SHOWN))}" if review.because else ""
    match review.state:
        case ReviewState.DONE:
            return "done"
        case ReviewState.NOT_THIS_TIME:
            return f"not done this time{because}"
        case ReviewState.OFF_SCHEDULE:
            return f":eyes: *a look off schedule* by <@{review.by}>{because}"
        case ReviewState.DUE:
            return "*was due, and nobody has said that it was done*" if review.id in unmarked else "due"


def sign_request(tool: str, wave: str, wave_id: str, week: int) -> Post:
    """For a wave's managers, once a week in the first month."""
    text = (
        f"*{escape(tool)}, week {week} for {escape(wave)}: two minutes.* Five signs say early that a rollout is going wrong. "
        "Any one of them is a reason to look at the policy again, not to wait; and none of them is about a person."
    )
    row = buttons(
        button(
            ActionId.OPEN_SIGNS,
            "Look through the five",
            wave_id,
            style="primary",
            says="Open the form with the five signs",
        )
    )
    return post(
        f"{escape(tool)}: did you see one of the five signs in {escape(wave)} this week?", [*sections(text), row]
    )


def signs_form(rollout_id: str, waves: Sequence[tuple[str, str]], chosen: str = "") -> dict[str, Any]:
    """The five signs. `waves` are pairs of id and name."""
    return modal(
        ViewId.SIGNS,
        "The five signs",
        [
            *sections("Which of these did you see or hear of? None is fine too. *Not who*: there is no field for it."),
            select(Field.WAVE, "In which wave?", waves, chosen or waves[0][0]),
            checkboxes(
                Field.SIGNS,
                "What you saw",
                [(str(kind.number), _first_words(kind.name), _rest(kind.name)) for kind in SIGNS],
            ),
        ],
        submit="Send",
        about={"rollout": rollout_id},
    )


def _first_words(name: str) -> str:
    return name if len(name) <= 75 else name[: name.rfind(" ", 0, 74)]  # noqa: PLR2004 - Slack's limit for a label


def _rest(name: str) -> str:
    return name[len(_first_words(name)) :].strip() or "Any one of them counts"


def signs_noted(count: int, repeated: int) -> Post:
    """After the form."""
    if not count and not repeated:
        return notice("Good. Nothing is noted.")
    again = f" {counted(repeated, 'sign')} waited already." if repeated else ""
    return notice(
        f"{counted(count, 'sign')} noted; the owners are told what to look at.{again} Nobody else is next meanwhile."
    )


def sign_noted(plan: Plan, kind: SignKind, sign_id: str, wave: str) -> Post:
    """For owners and HR: which sign, and the next step that follows from it."""
    where = f" in {escape(wave)}" if wave else ""
    edit = "reason" if kind.policy == "reason" else "policy"
    text = (
        f":warning: *{escape(plan.tool)}: a warning sign{where}.* {kind.number}. {kind.name}.\n"
        f"*Next step:* {kind.next_step}\n"
        f"Look at: `{kind.policy}` (`/rollout edit {edit}`) and the answer `{kind.entry}` (`/pushback entry {kind.entry}`).\n"
        "Until it is attended to, no other wave begins."
    )
    row = buttons(button(ActionId.ATTEND_SIGN, "It is attended to", sign_id, style="primary"))
    return post(f"{escape(plan.tool)}: a warning sign{where}: {kind.name}.", [*sections(text), row])


def attend_form(sign_id: str, kind: SignKind) -> dict[str, Any]:
    """What was done about a sign."""
    return modal(
        ViewId.ATTEND_SIGN,
        "Attended to",
        [
            *sections(f"*{kind.number}. {kind.name}*\n{kind.next_step}"),
            lines(
                Field.NOTE,
                "What was done about it",
                longest=500,
                hint="It stands in the timeline that everybody reads.",
            ),
        ],
        submit="Enter it",
        about={"sign": sign_id},
    )


def attended() -> Post:
    """After a sign was attended to."""
    return notice("Entered in the timeline. If no other sign or blocking fault is open, the gate holds again.")


def faults_found(tool: str, wave: str, faults: Sequence[KnownFault]) -> Post:
    """For a wave's managers: what people ran into, and where it stands."""
    lead = f"{escape(tool)}: {counted(len(faults), 'fault')} that {escape(wave)} ran into"
    blocks: list[Block] = [*sections(f"*{lead}*\nPassed on without a name. Mend them before more people meet them.")]
    for fault in faults[:FAULTS_SHOWN]:
        blocks += fault_item(fault)
    if len(faults) > FAULTS_SHOWN:
        blocks.append(small(f"… and {len(faults) - FAULTS_SHOWN} more: `/rollout verdict {escape(wave)}`"))
    return post(lead, blocks)


def fault_moved(state: str) -> Post:
    """After a fault's button."""
    said = {
        "fixed": "Marked as fixed; the wave reads that in its channel.",
        "blocking": "Marked as blocking: no other wave begins until it is fixed.",
        "open": "Marked as open; it no longer holds up the next wave.",
    }
    return notice(said.get(state, "Noted."))


def fault_fixed(tool: str, words: str, note: str) -> Post:
    """For the wave's channel."""
    said = f"\n{escape(note)}" if note else ""
    text = f":white_check_mark: *{escape(tool)}: mended*\n>{escape(clipped(words, 500))}{said}"
    return post(f"{escape(tool)}: a fault that somebody reported is mended.", sections(text))
