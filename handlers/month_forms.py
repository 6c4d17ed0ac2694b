"""The forms of the month after a link: what a wave is told, what a small team said, looks off schedule, signs."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.progress import RunningWave
from bot.domain.refusals import NothingToPassOn
from bot.services import arriving, reviews, signs, standing, verdicts
from bot.views import month as views
from bot.views.ids import Field, ViewId
from bot.views.verdict_told import told
from handlers.desk import Desk
from handlers.written_forms import FieldErrors, Fill, Reply, Written, show

SAY_IT = "Say it in a few words; people read it."


async def tell(desk: Desk, form: Written) -> Reply:
    """*Post it*: you said, we changed."""
    wave_id, changed, now = str(form.about.get("wave")), form.text(Field.CHANGED), desk.now()

    def post(db: Connection) -> RunningWave:
        rollout = standing.of_wave(db, wave_id)
        return verdicts.tell(db, rollout.id, wave_id, changed, by=form.person, now=now)[1]

    try:
        return show(told((await desk.store(post)).name))
    except NothingToPassOn:
        raise FieldErrors({Field.CHANGED: SAY_IT}) from None


async def enter(desk: Desk, form: Written) -> Reply:
    """What a small team said."""
    wave_id, now = str(form.about.get("wave")), desk.now()
    chosen, words = form.text(Field.VERDICT), form.text(Field.CHANGED)
    if not chosen:
        raise FieldErrors({Field.VERDICT: "Choose one of the three."})

    def keep(db: Connection) -> RunningWave:
        rollout = standing.of_wave(db, wave_id)
        if arriving.submitted_before(db, desk.ear, form.view_id, now=now):
            return standing.wave_in(rollout, wave_id)
        return verdicts.enter_by_hand(db, rollout.id, wave_id, chosen, words, by=form.person, now=now)

    try:
        return show(told((await desk.store(keep)).name))
    except NothingToPassOn:
        raise FieldErrors({Field.CHANGED: SAY_IT}) from None


async def looked(desk: Desk, form: Written) -> Reply:
    """A look off schedule, with its reason."""
    rollout_id, wave_id = str(form.about.get("rollout")), form.text(Field.WAVE)
    because, now, rules = form.text(Field.BECAUSE), desk.now(), desk.rules

    def enter_it(db: Connection) -> RunningWave:
        if arriving.submitted_before(db, desk.ear, form.view_id, now=now):
            return standing.wave_in(standing.locked(db, rollout_id), wave_id)
        return reviews.looked(db, rollout_id, wave_id, because, rules=rules, by=form.person, now=now)

    try:
        return show(views.looked((await desk.store(enter_it)).wave.team))
    except NothingToPassOn:
        raise FieldErrors({Field.BECAUSE: SAY_IT}) from None


async def report_signs(desk: Desk, form: Written) -> Reply:
    """The signs that somebody ticked."""
    rollout_id, wave_id, now = str(form.about.get("rollout")), form.text(Field.WAVE), desk.now()
    ticked = form.numbers(Field.SIGNS)
    noted = await desk.store(lambda db: signs.report(db, rollout_id, wave_id, ticked, by=form.person, now=now))
    return show(views.signs_noted(noted.new, noted.repeated))


async def attend(desk: Desk, form: Written) -> Reply:
    """What was done about a sign."""
    sign_id, note, now = str(form.about.get("sign")), form.text(Field.NOTE), desk.now()
    try:
        await desk.store(lambda db: signs.attend(db, sign_id, note, by=form.person, now=now))
    except NothingToPassOn:
        raise FieldErrors({Field.NOTE: SAY_IT}) from None
    return show(views.attended())


FILLS: dict[ViewId, Fill] = {
    ViewId.TELL_PILOT: tell,
    ViewId.ENTER_VERDICT: enter,
    ViewId.LOOKED: looked,
    ViewId.SIGNS: report_signs,
    ViewId.ATTEND_SIGN: attend,
}
