"""A question comes in, wherever it was asked, and its card goes out.

Nothing here is logged: a line in a log has a time, and a time is what would tell who asked.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection

from bot.domain.pushback import next_round
from bot.domain.redaction import redact
from bot.domain.refusals import Outdated
from bot.ports import Post
from bot.services import answering, asking, my_data, reviews, voices
from bot.services.answering import Heard
from bot.services.answers import brief_answers
from bot.services.asking import Answer, Asker, NotReady, Told
from bot.services.voices import Booth, Saying, Speaker
from bot.store import voices as stored
from bot.store.voices import Ground
from bot.views import asking as cards
from bot.views.asking import Asked, unpacked
from bot.views.link_modal import message_modal
from bot.views.month import reviews_message
from bot.views.my_data import forgotten
from faq.matcher import Match
from handlers.desk import Click, Desk
from handlers.throttle import Act
from handlers.vouching import take_back_vouch

MARKUP = re.compile(r"<[@#!][^>|]*(?:\|([^>]*))?>|<[^>|]*\|([^>]*)>|<([^>|]*)>")


async def answer_ask(desk: Desk, person: str, text: str, *, thread_ts: str = "", repeat: bool = False) -> Post:
    """What this person gets to read for this question, or for `privacy`, `mydata`, `reviews` and `unvouch`.

    `thread_ts` is where *Share in thread* would share it; `repeat` shows the question above the answer, where Slack does not.
    """
    words = text.strip()
    match words.lower():
        case "" | "help":
            return cards.nothing_asked()
        case "privacy":
            return await desk.read(lambda db: my_data.privacy_page(db, person))
        case "mydata" | "my data":
            now, entries = desk.now(), desk.library.book.entries
            return await desk.read(lambda db: my_data.page(db, desk.ear, person, entries, now=now))
        case "reviews" | "review":
            now, rules = desk.now(), desk.rules
            return reviews_message(await desk.read(lambda db: reviews.pages_for(db, person, rules=rules, now=now)))
        case "unvouch":
            return await take_back_vouch(desk, person)
        case _:
            return await _answer(desk, person, words, thread_ts=thread_ts, repeat=repeat)


async def _answer(desk: Desk, person: str, words: str, *, thread_ts: str, repeat: bool) -> Post:
    wait = desk.throttle.wait_for(person)
    if wait:
        return cards.too_many_questions(wait)
    plain = readable(words)
    if not any(character.isalnum() for character in plain):
        return cards.nothing_asked()
    asker = asking.pick(await askers_of(desk, person))
    if asker is None:
        return cards.no_rollout_to_ask_about()
    names = await desk.names()
    understood = await desk.library.match(desk.database, plain, tool=asker.rollout.plan.tool)
    heard = Heard(plain, understood, await _found(desk, asker, understood), names, repeat, thread_ts)
    booth = await _booth(desk, Speaker(person, asker.rollout, asker.wave))  # last: waves and weeks go on meanwhile
    draft = answering.draft(asker, heard, booth, desk.library.book)
    return draft.shown(await _say(desk, draft.saying))


async def _found(desk: Desk, asker: Asker, understood: Match) -> Answer | NotReady | None:
    """What the entry that is meant says to this asker; nothing is looked up for an answer that is known to be signed off."""
    entry, today = answering.entry_meant(understood, desk.library.book), desk.ear.today(desk.now())
    if entry is None:
        return None
    found = asking.drafted(entry, asker, today)
    if isinstance(found, NotReady) or desk.sign_offs.known(asker.rollout.id, found):
        return found
    return await desk.read(lambda db: asking.render(db, entry, asker, today, desk.sign_offs))


async def _booth(desk: Desk, speaker: Speaker) -> Booth:
    """Where somebody speaks now. What it rests on is the same for all who speak in this rollout at the moment."""
    rollout, now = speaker.rollout, desk.now()
    period = desk.ear.week(now).period

    def look(db: Connection) -> Ground:
        return voices.ground(db, desk.ear, rollout, now)

    ground = await desk.read_together(("ground", rollout.id, rollout.plan.rules.k, period), look)
    if ground.salt and desk.ear.week(desk.now()).period == period:
        return voices.booth(desk.ear, speaker, ground, now)
    # The first voice of a period makes its salt; a period that ended meanwhile must not get one again.
    return await desk.note(lambda db: voices.enter(db, desk.ear, speaker, desk.now()))


async def _say(desk: Desk, saying: Saying) -> int:
    """Record it, together with what others say at the moment. Returns the number that it has."""
    first, *others = saying.numbers
    if await desk.note_in_rounds(stored.add, saying.spoken(first)):
        return first
    if others:
        for number in await desk.read_in_rounds(voices.free_numbers, saying):
            if await desk.note_in_rounds(stored.add, saying.spoken(number)):
                return number
    return saying.numbers[-1]


async def meant(desk: Desk, click: Click) -> None:
    """A suggestion was chosen."""
    desk.throttle.spend(click.person, Act.CLICK)
    asked, asker = await _who_asked(desk, click)
    now, book = desk.now(), desk.library.book
    _show(desk, click, await desk.store(lambda db: answering.meant(db, desk.ear, asker, asked, book, now=now)))


async def meant_none(desk: Desk, click: Click) -> None:
    """*None of these*."""
    desk.throttle.spend(click.person, Act.CLICK)
    asked, asker = await _who_asked(desk, click)
    now = desk.now()
    _show(desk, click, await desk.store(lambda db: answering.meant_none(db, desk.ear, asker, asked, now=now)))


async def helped(desk: Desk, click: Click) -> None:
    """*That answers it*."""
    await _judge(desk, click, helped=True)


async def did_not_help(desk: Desk, click: Click) -> None:
    """*It does not*."""
    await _judge(desk, click, helped=False)


async def share(desk: Desk, click: Click) -> None:
    """*Share in thread*: the asker's own choice, and the answer only."""
    desk.throttle.spend(click.person, Act.CLICK)
    asked, asker = await _who_asked(desk, click)
    now, book = desk.now(), desk.library.book
    post = await desk.read(lambda db: answering.shared(db, desk.ear, asker, asked, book, now=now))
    if click.channel:
        desk.say(click.channel, post, thread_ts=asked.thread_ts)


async def ask_person(desk: Desk, click: Click) -> None:
    """*Ask a person, without my name*: a form with exactly what would be passed on."""
    asked, asker = await _who_asked(desk, click)
    found = redact(asked.text, await desk.names())  # once more: the button may come from an older version
    to = desk.goes_to(asker.rollout.plan.contact)
    at = next_round(desk.now(), desk.ear.zone)
    view = cards.pass_on_modal(asked, redacted=found.text, found=found.kinds, post_at=at, to=to)
    desk.open(click, view)


async def open_ask(desk: Desk, click: Click) -> None:
    """*Ask a question*, on the policy message and the App Home."""
    asker = asking.pick(await askers_of(desk, click.person))
    if asker is None:
        desk.answer(click, cards.no_rollout_to_ask_about())
        return
    today, book = desk.ear.today(desk.now()), desk.library.book
    common = brief_answers(asker.plan, asker.role, book, today) if asker.told is Told.POLICY else ()
    desk.open(click, cards.ask_modal(asker.rollout.id, contact=asker.rollout.plan.contact, common=common))


async def forget_me(desk: Desk, click: Click) -> None:
    """*Delete what I said and asked*."""
    now, entries = desk.now(), desk.library.book.entries
    gone = await desk.store(lambda db: my_data.forget(db, desk.ear, click.person, entries, now=now))
    desk.answer(click, forgotten(*gone))


def readable(text: str) -> str:
    """Words as a person reads them: Slack's marks for people, channels and links become what they show."""
    return " ".join(MARKUP.sub(lambda found: f" {found[1] or found[2] or ''} ", text).split())


async def _judge(desk: Desk, click: Click, *, helped: bool) -> None:
    desk.throttle.spend(click.person, Act.CLICK)
    asked, asker = await _who_asked(desk, click)
    now = desk.now()
    desk.answer(
        click, await desk.store(lambda db: answering.judged(db, desk.ear, asker, asked, helped=helped, now=now))
    )


async def _who_asked(desk: Desk, click: Click) -> tuple[Asked, Asker]:
    """What the button remembers, and who pressed it. Raises Outdated when that rollout is gone."""
    asked = unpacked(click.value)
    found = await askers_of(desk, click.person) if asked else []
    asker = next((each for each in found if asked and each.rollout.id == asked.rollout_id), None)
    if asked is None or asker is None:
        raise Outdated
    return asked, asker


async def askers_of(desk: Desk, person: str) -> list[Asker]:
    """This person's rollouts. Where Slack has told us of no wave that they are in, their channels are looked at once."""
    known = await desk.read_in_rounds(asking.askers_known, person)
    if known is not None:
        return known
    # Not remembered: a record of when somebody was first seen would be a record of when they asked.
    waves = await desk.read(asking.channels)
    own = {wave for wave, channel in waves if await desk.in_channel(channel, person, known=None)}
    return await desk.read(lambda db: asking.askers(db, person, own))


def _show(desk: Desk, click: Click, post: Post) -> None:
    """In place of what was clicked on: the next card follows from it."""
    if click.in_modal:
        desk.update_view(click, message_modal(post))
    else:
        desk.answer(click, post, replace=True)
