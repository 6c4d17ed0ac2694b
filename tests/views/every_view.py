"""Every message and view that the product shows, made of one text and of as many things as there may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.authority import NotAllowed
from bot.domain.checkin import Answers, Ask, CheckinState, Verdict, result_of
from bot.domain.crosstab import crosstab
from bot.domain.delivery import DeliveryKind
from bot.domain.findings import Finding
from bot.domain.gates import RULES, Failure, Gate, GateResult, Kind, Override
from bot.domain.policy_changes import Change
from bot.domain.progress import Launched, Pause, Progress, Rollout, Versions
from bot.domain.publication import Part, Publication, TableKind
from bot.domain.pushback import Theme
from bot.domain.pushback_figures import stretches_of
from bot.domain.reader import Held
from bot.domain.refusals import TooFast
from bot.domain.report import About, Findings, Hidden, Pushback, ReportFigures
from bot.domain.report_period import Span
from bot.domain.report_summary import summed_up
from bot.domain.review import Review, ReviewState
from bot.domain.rollout import Step
from bot.domain.signs import SIGNS
from bot.domain.timeline import FIRST, Entry, Event
from bot.domain.verdict import Because, Certainty
from bot.domain.weeks import read_week
from bot.ports import Post
from bot.store.month_tables import FaultState
from bot.store.signs import Fault
from bot.store.verdicts import Given
from bot.views import (
    asking,
    checkin,
    exports,
    forms,
    gate_list,
    home,
    hours,
    link_modal,
    month,
    my_data,
    open_questions,
    outcomes,
    refusals,
    themes,
    verdict,
    verdict_told,
)  # fmt: skip
from bot.views.briefing import BriefAnswer, briefing
from bot.views.checkin import CheckinCard
from bot.views.escape import escape
from bot.views.help import help_message
from bot.views.overrides import override_approved, override_request
from bot.views.preview import LaunchPreview, launch_preview
from bot.views.sign_off import sign_off_modal
from bot.views.status_card import (
    ScheduledLaunch,
    StatusSummary,
    Unsettled,
    WaitingOverride,
    WaveStatus,
    status_card,
)
from bot.views.timeline import timeline_message
from bot.views.wave_messages import StepMessage, pause_message, step_message
from handlers import pushback_words, rollout_words
from tests.given import MARA, MONDAY, OTIS, PRIYA, TODAY, plan_full_of, rollout_of

BERLIN = ZoneInfo("Europe/Berlin")
ID = "0" * 32
Shown = tuple[str, Post | dict[str, Any]]


@lru_cache
def every_view(text: str) -> tuple[Shown, ...]:
    """Name and message or view, of everything in bot/views."""
    rollout = rollout_of(plan_full_of(text))
    parts = (_of_steps, _of_gates, _of_standing, _of_forms, _of_asking, _of_the_month, _of_exports, _of_outcomes)
    return tuple(shown for part in parts for shown in part(rollout, text))


def _of_exports(_rollout: Rollout, text: str) -> Iterator[Shown]:
    week, later = read_week("2026-W49"), read_week("2026-W52")
    span = Span(week, later)
    hidden = tuple(Hidden(str(span), "by wave", text) for _note in range(40))
    about = About(text[:40], text, span, MONDAY, OTIS, text, 5, 10, "UTC")
    nothing = crosstab([], TableKind.WAVES)
    much = Findings(about, Pushback(1_000, {}, (), (), nothing, nothing, hidden))
    little = Findings(replace(about, span=None), Pushback(0, {}, (), (), nothing, nothing, ()))
    told = [exports.ExportTold(MONDAY, person, "2026-W49", text[:300]) for person in (OTIS, "operator", text[:40])]
    for name, found in (("much", much), ("little", little)):
        summary = replace(summed_up(found, []), headline=text, not_shown=text)
        yield f"export of {name}", exports.export_preview(ID, Span(week, week), ReportFigures(found, summary))
    yield "purpose", exports.purpose_form(ID, str(span))
    yield "export confirmed", exports.export_confirmed()
    yield "export preview comes", exports.preview_comes()
    yield "export progress", exports.export_progress(text[:200], "26 stretches of weeks counted so far")
    yield "export link", exports.export_link(text[:200], f"https://foreword.example.com/reports/{'t' * 43}", MONDAY)
    yield "export failed", exports.export_failed(text[:200], "Slack did not take the file (internal_error).")
    yield "privacy with exports", my_data.privacy(5, 10, exports.told_words(told), contact=OTIS)


def changes(text: str) -> tuple[Change, ...]:
    """More changes than a message has room for."""
    some = (Change("Corrections", "", text[:500]), Change("Breaks", text[:500], ""))
    return (*some, *[Change("Tracked", text[:500], text[500:1_000]) for _ in range(60)])


def _of_steps(rollout: Rollout, text: str) -> Iterator[Shown]:
    plan, wave = rollout.plan, rollout.waves[0].wave
    for step in (Step.REASON, Step.POLICY, Step.INSTALL):
        for launch_id, late, changed in ((ID, False, ()), (ID, True, changes(text)), ("", False, changes(text))):
            message = StepMessage(plan, wave, Versions(2, 3), launch_id, changed, reason_is_new=late, late=late)
            post = step_message(step, message)
            yield f"{step} {'late' if late else ''}{'changed' if changed else ''}", post
            if not launch_id:
                yield f"preview {step}", launch_preview(_preview(rollout, step, post))
    answers = [BriefAnswer(text[:200], escape(text)) for _ in range(4)]
    for launch_id, ready in ((ID, False), ("", False), (ID, True)):
        post = briefing(plan, wave, answers, live=[text[:500]] * 3, launch_id=launch_id, ready=ready)
        yield f"briefing {launch_id[:1]}{ready}", post
        if not launch_id:
            yield "preview brief", launch_preview(_preview(rollout, Step.BRIEF, post))
    yield "pause", pause_message(plan, text)


def _preview(rollout: Rollout, step: Step, post: Post) -> LaunchPreview:
    wave = rollout.waves[0].wave
    return LaunchPreview(
        step,
        wave.name,
        post,
        wave.channel,
        120_000,
        wave.managers,
        MONDAY,
        BERLIN,
        200_000.0,
        ID,
        ("pilot_ran",) * 5,
        5,
        90.0,
        90_000.0,
        MONDAY,
    )


def gate_results(text: str) -> tuple[GateResult, ...]:
    """Every gate, failing in as many words as there may be; some waived, some holding."""
    findings = tuple(
        Finding(f"roles.{text[:80]}.because", "This says nothing.", "Name who & when.", text) for _ in range(60)
    )
    failing = tuple(
        GateResult(
            rule.gate,
            rule.kind,
            rule.why,
            Failure("Still to press: <@U01OTIS>, <@U01MARA>.", "Ask them & wait.", findings),
        )
        for rule in RULES
    )
    waived = GateResult(
        Gate.PILOT_RAN, Kind.SOFT, "why", Failure("Missing.", "Mend."), Override(Gate.PILOT_RAN, text, "U1", "U2")
    )
    return (*failing, waived, GateResult(Gate.ORDER, Kind.HARD, "why"))


def _of_gates(rollout: Rollout, text: str) -> Iterator[Shown]:
    wave = rollout.waves[0]
    results = gate_results(text)
    yield "gates", gate_list.gates_message(f"Readiness of {wave.name}", results, wave=wave.name, wave_id=wave.id)
    yield "refused", gate_list.refused_launch(Step.POLICY, wave.name, results, wave_id=wave.id)
    yield (
        "override asked",
        override_request(gate=Gate.PILOT_RAN, wave=wave.name, because=text, asked_by=OTIS, override_id=ID),
    )
    yield "override approved", override_approved(gate=Gate.PILOT_RAN, wave=wave.name, approved_by=OTIS)
    yield "not gone", refusals.launch_did_not_go(step=Step.POLICY, wave=wave.name, why=text)
    yield "not allowed", refusals.message_of(NotAllowed(text, rollout.plan.owners))
    yield "apology", refusals.apology(text[:40])
    for held in Held:
        yield (
            f"held {held}",
            link_modal.notice_modal(
                "Not yet", refusals.held(held, tool=rollout.plan.tool, channel="C01ALL", contact=OTIS)
            ),
        )


def summary(rollout: Rollout, text: str, *, paused: bool = False) -> StatusSummary:
    """A card with too much of everything."""
    launched = tuple(Launched(ID, step, Versions(1, 2), MONDAY, MONDAY) for step in Step)
    held = Rollout(
        rollout.id,
        rollout.plan,
        rollout.versions,
        rollout.waves,
        Pause(MONDAY, text, Versions(1, 1)) if paused else None,
    )
    return StatusSummary(
        rollout=held,
        current=rollout.waves[-1],
        next_step=Step.POLICY,
        gates=gate_results(text),
        waves=[WaveStatus(wave, Progress(launched), 120_000, 119_999, 7) for wave in rollout.waves],
        scheduled=[ScheduledLaunch(ID, Step.INSTALL, wave.name, MONDAY, OTIS) for wave in rollout.waves],
        overrides=[WaitingOverride(ID, Gate.PILOT_RAN, wave.name, text, OTIS) for wave in rollout.waves],
        unsettled=[
            Unsettled(f"{n:032x}", kind, "C01ALL", state, text[:200])
            for n, kind in enumerate(DeliveryKind)
            for state in ("ambiguous", "failed", "unsure")
        ],
        on_their_way=100_000,
        seconds_left=100_000.0,
        notes=[escape(text)],
    )


def _of_standing(rollout: Rollout, text: str) -> Iterator[Shown]:
    for paused in (False, True):
        card = summary(rollout, text, paused=paused)
        yield "status card", status_card(card)
        own = [
            home.OwnStanding(
                rollout.plan,
                wave.wave,
                rollout.versions,
                step,
                text if paused else "",
                ID,
                ID,
                MONDAY,
                MONDAY,
                MONDAY,
                month.ReviewPage(rollout.plan.tool, wave.name, rollout.plan.roles[0], [], frozenset(), TODAY),
                vouches=True,
            )
            for wave in rollout.waves[:10]
            for step in (*Step, None)
        ]
        yield "home", home.home_view(home.HomeContents(own, [card, card]))
        yield "home of one", home.home_view(home.HomeContents(own[:4], ()))
        yield "standing", home.standing_message(own)
    yield "home of a stranger", home.home_view(home.HomeContents((), ()))
    data: dict[str, str | int] = {
        "step": "policy", "wave": "pilot", "because": text, "waived": text, "version": 2, "reason": 1, "policy": 2,
        "entries": "trust", "due": "then", "why": text, "gate": "pilot_ran", "asked_by": OTIS, "waves": "pilot", "what": text,
        "verdict": "go", "day": "2026-12-10", "number": 2, "name": text, "note": text, "state": "blocking",
        "weeks": "2026-W49", "purpose": text, "taken": text,
    }  # fmt: skip
    entries = [
        Entry(ID, n, MONDAY, actor, event, data, FIRST) for n, event in enumerate(Event) for actor in (OTIS, text)
    ]
    yield "timeline", timeline_message(rollout.name, entries[-15:])
    yield "timeline of nothing", timeline_message(rollout.name, [])


def _of_forms(rollout: Rollout, text: str) -> Iterator[Shown]:
    plan = rollout.plan
    ids = [(wave.name, wave.id) for wave in rollout.waves]
    yield "new form", forms.new_form()
    yield "reason form", forms.reason_form(plan, rollout.id)
    yield "policy form", forms.policy_form(plan, rollout.id)
    yield "waves form", forms.waves_form(plan, rollout.id, ids)
    yield "most waves form", forms.waves_form(plan_full_of(text, waves=50), rollout.id, [])
    yield "wave form", forms.wave_form(rollout.id, plan, plan.waves[0])
    yield "empty wave form", forms.wave_form(rollout.id, plan, None)
    yield "override form", forms.override_form(rollout.id, ID, plan.waves[0].name, tuple(Gate))
    yield "pause form", forms.pause_form(rollout.id)
    yield "sign off", sign_off_modal(ID, [(text[:200], escape(text), "d" * 64) for _ in range(4)])
    view = link_modal.ReadFirstView(plan, plan.waves[0], ID, rollout.versions, changes(text))
    yield "read first", link_modal.read_first_modal(view, proof="p" * 64)
    link = link_modal.LinkView(plan.tool, plan.install_url, plan.contact, 2)
    yield "link", link_modal.link_modal(link)
    yield "link letter", link_modal.link_letter(link)
    yield "message modal", link_modal.message_modal(pause_message(plan, text))
    yield "could not open", link_modal.could_not_open()


def _of_asking(rollout: Rollout, text: str) -> Iterator[Shown]:
    plan = rollout.plan
    asked = asking.Asked(rollout.id, Theme.REALTIME_VISIBILITY, text, "realtime-visibility", 39, "1764489600.000100")
    card = asking.AnswerCard(
        text[:200], escape(text), "Who sees it", plan.policy.document_url, 2, plan.policy.effective, asked
    )
    yield "answer", asking.answer_card(card, heard=text)
    yield "shared answer", asking.shared_answer(card)
    candidates = [asking.Candidate(f"entry-{n}", text[:200]) for n in range(3)]
    yield "did you mean", asking.did_you_mean(candidates, asked, heard=text, several=True)
    yield "handed over", asking.handed_over(asked, plan.contact, why="I do not know.", heard=text)
    yield "nothing asked", asking.nothing_asked()
    yield "no rollout", asking.no_rollout_to_ask_about()
    yield "too many", asking.too_many_questions(60)
    yield "too fast", refusals.message_of(TooFast(7200))
    common = [BriefAnswer(text[:200], escape(text)) for _ in range(8)]
    yield "ask modal", asking.ask_modal(rollout.id, contact=plan.contact, common=common)
    yield "pass on", asking.pass_on_modal(asked, redacted=text, found=["name", "e-mail"], post_at=MONDAY, to="HR")
    for yes in (True, False):
        yield "passed on", asking.passed_on(MONDAY, joined=yes)
        yield "thanks", asking.thanks(helped=yes)
    yield "reply", asking.reply_message(question=text, answer=escape(text[:2_900]), by=OTIS, tool=plan.tool)
    yield (
        "reply again",
        asking.reply_message(question=text, answer=escape(text[:2_900]), by=OTIS, tool=plan.tool, again=True),
    )
    question = open_questions.OpenQuestion(ID, Theme.WHO_SEES, text, 120, plan.tool)
    yield "question", open_questions.question_message(question)
    yield "reminder", open_questions.reminder_message(question)
    yield "queue", open_questions.queue([question] * 60)
    yield "empty queue", open_questions.queue([])
    yield "reply form", open_questions.reply_form(question)
    yield "entry choice", open_questions.entry_choice(question, [(f"entry-{n}", text[:200]) for n in range(120)])
    draft = open_questions.EntryDraft("trust", Theme.TRUST, text, [text] * 20, text, text, TODAY)
    yield "entry form", open_questions.entry_form(draft, [f"fact_{n}" for n in range(60)], question_id=ID)
    waves = [(wave.id, wave.name) for wave in rollout.waves]
    yield "heard form", open_questions.heard_form(rollout.id, waves, ["2026-W49", "2026-W48"])
    yield "doubted", open_questions.entry_doubted(plan.tool, "trust", text[:200], people=60)
    kept = [my_data.KeptNotice(plan.tool, "the policy", n, MONDAY, MONDAY) for n in range(60)]
    voices = [my_data.KeptVoice("2026-W49", theme, "not_helped", with_team=True) for theme in Theme] * 3
    yield "my data", my_data.my_data(my_data.MyData(kept, voices, [text] * 20, TODAY))
    yield "privacy", my_data.privacy(5, 10, ["1 December"] * 60, contact=plan.contact)
    yield "forgotten", my_data.forgotten(1, 2)
    yield "themes", themes.themes_card(plan.tool, [_published(text)] * 3, k=5)
    yield "no themes", themes.themes_card(plan.tool, [], k=5)


def _of_the_month(rollout: Rollout, text: str) -> Iterator[Shown]:
    plan, wave = rollout.plan, rollout.waves[0]
    for much in (False, True):
        answered = frozenset(Ask) if much else frozenset()
        card = CheckinCard(
            ID,
            plan.tool,
            plan.contact,
            3,
            MONDAY,
            5,
            10,
            answered,
            much,
            takes_words=True,
            may_vouch=True,
            vouches=much,
        )
        for again in (False, True):
            yield "check-in", checkin.checkin_message(card, reminder=again)
            yield "check-in in channel", checkin.checkin_in_channel(card, reminder=again)
        yield "check-in form", checkin.checkin_form(card, dict.fromkeys(Ask, 3) if much else {Ask.MOOD: None})
        yield "comment form", checkin.comment_form(ID, text[:1_000], ["name"], confirming=much, k_text=10)
        yield "fault form", checkin.fault_form(ID, text[:1_000], ["name"], confirming=much)
        yield "comment kept", checkin.comment_kept(kept=much)
        yield "snoozed", checkin.snoozed(MONDAY if much else None)
        given = Given(Verdict.GO, Because.REASSURED, Certainty.CLEAR, 1, MONDAY, ID)
        entered = Given(Verdict.EXTEND, None, Certainty.NONE, 1, MONDAY, None, OTIS, text)
        shown = verdict.VerdictSummary(
            plan, wave.name, wave.id, pilot=True, too_small=much, given=entered if much else given,
            rounds=[_round(day, much) for day in (3, 7, 14, 21, 28)], comments=[text[:1_000]] * 30,
            faults=[Fault(ID, wave.id, text[:1_000], "2026-W50", state, text, MONDAY) for state in FaultState for _ in range(9)],
            vouching=[MARA, PRIYA] * 40, pushback=[*stretches_of(_published(text))] * 20, paused_at=MONDAY, relaunched_at=MONDAY,
        )  # fmt: skip
        yield "verdict", verdict.verdict_card(shown)
        yield "verdict news", verdict.verdict_news(shown)
        page = month.ReviewPage(
            plan.tool, wave.name, plan.roles[0],
            [Review(f"{n}", wave.id, TODAY, state, text[:500], OTIS) for n, state in enumerate([*ReviewState] * 9)],
            frozenset({"0"}), TODAY,
        )  # fmt: skip
        yield "reviews", month.reviews_message([page] * (3 if much else 0))
    yield (
        "no verdict",
        verdict.verdict_card(
            verdict.VerdictSummary(plan, wave.name, wave.id, pilot=False, too_small=True, given=None, rounds=[])
        ),
    )
    for each in Because:
        yield "verdict told", verdict_told.verdict_told(plan.tool, Verdict.GO, each, text[:2_500])
    yield "verdict told by hand", verdict_told.verdict_told(plan.tool, Verdict.EXTEND, "by_hand", text[:2_500])
    yield "tell form", verdict_told.tell_form(ID, wave.name, Verdict.GO, text)
    yield "enter form", verdict_told.enter_form(ID, wave.name, 5)
    yield "told", verdict_told.told(wave.name)
    yield "thanks", checkin.thanks()
    yield "passed on", checkin.fault_passed_on(MONDAY)
    yield "away", checkin.marked_away()
    yield "vouched", checkin.vouched(plan.tool)
    yield "taken back", checkin.vouch_taken_back()
    yield "too small", checkin.team_too_small(plan.tool, 5, plan.contact)
    review = Review(ID, wave.id, TODAY, ReviewState.DUE)
    yield "review due", month.review_due(plan.tool, wave.name, plan.roles[0], review)
    for marked in (ReviewState.DONE, ReviewState.NOT_THIS_TIME):
        yield "review marked", month.review_marked(marked)
    waves = [(each.id, each.name) for each in rollout.waves]
    yield "looked form", month.looked_form(rollout.id, waves)
    yield "looked", month.looked(wave.name)
    yield "sign request", month.sign_request(plan.tool, wave.name, wave.id, 2)
    yield "signs form", month.signs_form(rollout.id, waves, wave.id)
    for count in (0, 1, 3):
        yield "signs noted", month.signs_noted(count, count)
    for kind in SIGNS:
        yield "sign noted", month.sign_noted(plan, kind, ID, wave.name)
        yield "attend form", month.attend_form(ID, kind)
    yield "hours form", hours.hours_form(rollout.id, waves, 5)
    yield "being read", hours.being_read()
    for sign in (False, True):
        yield "hours read", hours.hours_read(text[:200], text, sign=sign)
    yield "not read", hours.not_read(text[:500])
    yield "attended", month.attended()
    faults = [
        Fault(ID, wave.id, text[:1_000], "2026-W50", state, text, MONDAY) for state in FaultState for _ in range(9)
    ]
    yield "faults found", month.faults_found(plan.tool, wave.name, faults)
    for state in FaultState:
        yield "fault moved", month.fault_moved(state)
    yield "fault fixed", month.fault_fixed(plan.tool, text[:1_000], text[:300])


def _round(day: int, much: bool) -> verdict.CheckinLine:
    chosen = dict.fromkeys(Ask, [9, 9, 9, 9, 9] if much else [0, 0, 0, 0, 6])
    result = result_of(Answers(60, 45 if much else 6, chosen, 2), 5)
    states = {21: CheckinState.SKIPPED, 28: CheckinState.OPEN}
    return verdict.CheckinLine(day, TODAY, MONDAY, states.get(day, CheckinState.CLOSED), 60, result, 3)


def _published(text: str) -> Publication:
    parts = tuple(Part(f"{theme}", (theme,), 1_000) for theme in Theme)
    return Publication(read_week("2026-W45"), read_week("2026-W48"), 5, 22_000, themes=parts, notes=(text[:300],) * 3)


def _of_outcomes(rollout: Rollout, text: str) -> Iterator[Shown]:
    plan, wave = rollout.plan, rollout.waves[0].name
    yield "help", help_message("/rollout", rollout_words.help_lines(), hint=text)
    yield "help of pushback", help_message("/pushback", pushback_words.HELP, hint=text)
    yield "launched", outcomes.launched(Step.POLICY, wave)
    yield "scheduled", outcomes.scheduled(Step.POLICY, wave, MONDAY + timedelta(days=1), BERLIN)
    yield "override noted", outcomes.override_asked(Gate.PILOT_RAN, wave, plan.owners)
    yield "override of one", outcomes.override_asked(Gate.PILOT_RAN, wave, ())
    yield "paused", outcomes.paused([each.wave.channel for each in rollout.waves])
    yield "relaunched", outcomes.relaunched(wave)
    yield "acknowledged", outcomes.acknowledged(plan.tool, 2, 3)
    yield "saved", outcomes.saved(rollout.name, [text])
