"""Plans with one fault each: refused, with the field named; and plans of other trades and countries: accepted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.plan import PlanError, parse_plan
from bot.services.checking import content_failures
from faq.book import open_book

ROOT = Path(__file__).parent.parent
SAMPLE = (ROOT / "examples" / "hourglass.yaml").read_text(encoding="utf-8")
GOOD = sorted((Path(__file__).parent / "plans" / "good").glob("*.yaml"))
TODAY = date(2026, 11, 23)
BOOK = open_book()

IDLE = "    - {what: idle time, detail: whether keyboard and mouse rested for more than 10 minutes while the timer ran}"
MANAGER = "    - {who: your direct manager, when: every Monday, purpose: client invoices}"
REASON = (
    "  From 1 January three clients (Northwind, Contoso and Fabrikam) accept an invoice only with a report of the hours "
    "behind it.\n  This quarter two invoices worth 41,000 euros were disputed, and we could not show the hours.\n"
)
LEFT_ALONE = (
    "    - personal accounts and personal devices\n    - screenshots, audio, video, keystrokes and location\n"
    "    - anything outside your scheduled hours\n"
)
OWN_DATA = "  own_data: You see your own log in the tool at any time, on the day it is recorded, exactly as your manager sees it.\n"
FAULTS: dict[str, tuple[str, str, str, str]] = {
    # shape
    "no rollout": ("rollout: hourglass ", "# rollout: hourglass ", "rollout", "missing"),
    "name with a space": ("rollout: hourglass ", 'rollout: "hour glass" ', "rollout", "short name"),
    "name in capitals": ("rollout: hourglass ", "rollout: Hourglass ", "rollout", "short name"),
    "no tool": ("tool: Hourglass ", "# tool ", "tool", "missing"),
    "empty tool": ("tool: Hourglass ", 'tool: "" ', "tool", "empty"),
    "tool is a list": ("tool: Hourglass ", "tool: [Hourglass] ", "tool", "text"),
    "unknown field": ("install_url:", "instal_url:", "instal_url", "install_url"),
    "unknown policy field": ("  retention_days: 90", "  retention_day: 90", "policy.retention_day", "retention_days"),
    "unknown rule": ("  k_text: 10", "  k_texts: 10", "rules.k_texts", "k_text"),
    "link is no address": ("https://install.example.com/hourglass", "the wiki", "install_url", "address"),
    "link of another kind": ("https://install.example.com/hourglass", "ftp://install.example.com/x", "install_url", "https://"),
    "no owners": ("owners: [U01MARA, U01OTIS]", "owners: []", "owners", "at least one"),
    "owner by name": ("owners: [U01MARA, U01OTIS]", "owners: [Mara]", "owners[0]", "member id"),
    "owner is a channel": ("owners: [U01MARA, U01OTIS]", "owners: [C01MARA]", "owners[0]", "channel's id"),
    "contact missing": ("contact: U01HELEN ", "# contact ", "contact", "missing"),
    "contact is a mail address": ("contact: U01HELEN ", "contact: helen@example.com ", "contact", "e-mail"),
    "hr is text": ("hr: [U01HELEN]", "hr: everybody", "hr", "list"),
    "date of last year": ("effective: 2026-12-14", "effective: 2025-12-14", "policy.effective", "past"),
    "date that is none": ("effective: 2026-12-14", "effective: soon", "policy.effective", "year-month-day"),
    "impossible date": ("effective: 2026-12-14", "effective: 2026-13-40", "policy.effective", "exists"),
    "retention in words": ("retention_days: 90", "retention_days: three months", "policy.retention_days", "whole number"),
    "negative retention": ("retention_days: 90", "retention_days: -1", "policy.retention_days", "whole number"),
    "duplicate key": ("tool: Hourglass ", "tool: Hourglass\ntool: Hourglass ", "tool", "again"),
    "wave named twice": ("{name: company,", "{name: pilot,", "waves[1].name", "each wave"),
    "wave without channel": ("channel: C01CLIENT, ", "", "waves[0].channel", "missing"),
    "channel by name": ("channel: C01CLIENT,", 'channel: "#client",', "waves[0].channel", "channel's name"),
    "role that is none": ("role: salaried, managers", "role: boss, managers", "waves[1].role", "no role"),
    "wave without managers": ("managers: [U01OTIS]}", "managers: []}", "waves[1].managers", "at least one"),
    "pilot of a year": ("weeks: 3}", "weeks: 52}", "waves[0].weeks", "two to four weeks"),
    "no waves": ("waves:\n  - {name: pilot", "waves: []\nwavez:\n  - {name: pilot", "waves", "at least one"),
    "cadence that is none": ("{cadence: weekly,", "{cadence: hourly,", "roles.client-billed.cadence", "weekly"),
    "no such hour": ('at: "10:00"', 'at: "25:00"', "checkins.at", "time of day"),
    "check-in before the install": ("days: [3, 7, 14, 21]", "days: [-1]", "checkins.days[0]", "from 1"),
    "check-ins by pigeon": ("by: dm", "by: pigeon", "checkins.by", "dm, channel"),
    "k of one": ("  k: 5 ", "  k: 1 ", "rules.k", "traced"),
    "texts looser than counts": ("  k_text: 10 ", "  k_text: 3 ", "rules.k_text", "traced"),
    "acknowledgement perhaps": ("acknowledgement: required", "acknowledgement: perhaps", "rules.acknowledgement", "optional"),
    # content
    "activity level": ("what: idle time, detail: whether keyboard and mouse rested for more than 10 minutes while the timer ran",
                       "what: activity level, detail: activity level", "policy.tracked[1]", "name no data"),
    "productivity data": (IDLE, "    - {what: productivity data, detail: various metrics}", "policy.tracked[1]", "name no data"),
    "and so on": (IDLE, "    - {what: other data as needed, detail: etc.}", "policy.tracked[1]", "name no data"),
    "nothing is left alone": (
        LEFT_ALONE, "    []\n", "policy.not_tracked", "not tracked"),
    "management has access": (MANAGER, "    - {who: management, when: as needed, purpose: oversight}", "policy.seen_by[0]", "who looks"),
    "relevant stakeholders": (MANAGER, "    - {who: relevant stakeholders, when: every Monday, purpose: client invoices}",
                              "policy.seen_by[0]", "who looks"),
    "whenever necessary": (MANAGER, "    - {who: your direct manager, when: whenever necessary, purpose: client invoices}",
                           "policy.seen_by[0].when", "how often"),
    "for business purposes": (MANAGER, "    - {who: your direct manager, when: every Monday, purpose: business purposes}",
                              "policy.seen_by[0].purpose", "any look"),
    "nobody knows how long": ("  retention_days: 90\n", "", "policy.retention_days", "how long"),
    "no word on own data": (OWN_DATA, "", "policy.own_data", "own data"),
    "no document": ("  document_url: https://wiki.example.com/time-tracking-policy", '  document_url: ""',
                    "policy.document_url", "no link"),
    "document is the link": ("https://wiki.example.com/time-tracking-policy", "https://install.example.com/policy",
                             "policy.document_url", "install link"),
    "cadence left out": ("{cadence: weekly, because", "{because", "roles.client-billed", "how often"),
    "no reason for the role": ("{cadence: on_concern, because: hours serve scheduling and payroll only}",
                               "{cadence: on_concern}", "roles.salaried", "Nothing is written"),
    "to improve productivity": (
        REASON,
        "  To improve productivity and transparency.\n", "reason", "productivity"),
    "we want to trust you more": (
        REASON,
        "  We want to build trust and have better visibility of performance.\n", "reason", "trust"),
    "link in the reason": ("This quarter two invoices", "See https://install.example.com/hourglass. Two invoices", "reason", "install link"),
    "host in the policy": ("  corrections: Edit any entry", "  corrections: On INSTALL . example . com (install[.]example[.]com) edit any entry",
                           "policy.corrections", "install link"),
    # what YAML makes of it
    "time in words": ('at: "10:00"', "at: ten in the morning", "checkins.at", "time of day"),
    "tool called no": ("tool: Hourglass ", "tool: no ", "tool", "quotes"),
    "rollout of digits": ("rollout: hourglass ", "rollout: 2026 ", "rollout", "quotes"),
    "retention in quotes": ("retention_days: 90", 'retention_days: "90"', "policy.retention_days", "without quotes"),
    "retention with a comma": ("retention_days: 90", "retention_days: 1,000", "policy.retention_days", "digits"),
    "retention of a yes": ("retention_days: 90", "retention_days: yes", "policy.retention_days", "digits"),
    "date the other way round": ("effective: 2026-12-14", "effective: 14.12.2026", "policy.effective", "year-month-day"),
    "comma between braces": ("detail: whether keyboard and mouse rested", "detail: keyboard, mouse, and whether they rested",
                             "policy.tracked[1].mouse", "in quotes"),
    "colon in a text": ("corrections: Edit", "corrections: Note: Edit", "policy.corrections", "colon"),
    "text begins with an at": ("contact: U01HELEN ", "contact: @helen ", "contact", "quotes"),
    "text begins with a star": ("corrections: Edit", "corrections: *Edit", "policy.corrections", "quotes"),
    "channel after a hash": ("channel: C01CLIENT", "channel: #client", "waves", "comment"),
    "quote never closed": ('at: "10:00"', 'at: "10:00', "checkins", "closed"),
    "tab before a field": ("  document_url", "\tdocument_url", "policy.document_url", "tab"),
    "control character": ("tool: Hourglass ", "tool: Hour\x07glass ", "tool", "control character"),
    "control character in an escape": ("tool: Hourglass ", 'tool: "Hour\\x07glass" ', "tool", "control character"),
    "text turned round": ("tool: Hourglass ", 'tool: "Hour\\u202eglass" ', "tool", "invisible"),
    "nothing to be seen": ("tool: Hourglass ", 'tool: "\\u200b" ', "tool", "seen"),
    "anchor": ("hr: [U01HELEN]", "hr: &all [U01HELEN]", "hr", "anchor"),
    "python tag": ("tool: Hourglass ", "tool: !!python/object/apply:os.getcwd [] ", "tool", "tag"),
    # ids and lists
    "two ids without brackets": ("hr: [U01HELEN]", "hr: U01HELEN, U01MARA", "hr", "[U01HELEN, U01MARA]"),
    "id in small letters": ("hr: [U01HELEN]", "hr: [u01helen]", "hr[0]", "U01HELEN"),
    "id in a mention": ("hr: [U01HELEN]", 'hr: ["<@U01HELEN>"]', "hr[0]", "alone"),
    "user group as owner": ("owners: [U01MARA, U01OTIS]", "owners: [S01MANAGERS]", "owners[0]", "user group"),
    "owner named twice": ("owners: [U01MARA, U01OTIS]", "owners: [U01MARA, U01MARA]", "owners[1]", "twice"),
    "one channel for two waves": ("channel: C01ALL", "channel: C01CLIENT", "waves[1].channel", "each wave"),
    "role named twice": ("  salaried: {", "  salaried: {cadence: weekly, because: payroll}\n  salaried: {", "roles.salaried", "again"),
    "role without dress": ("{cadence: on_concern, because: hours serve scheduling and payroll only}", "on_concern", "roles.salaried",
                           "must be fields"),
    "days out of order": ("days: [3, 7, 14, 21]", "days: [7, 3]", "checkins.days[1]", "ascending"),
    "wave called at": ("{name: company,", "{name: at,", "waves[1].name", "commands"),
    "field in capitals": ("hr: [U01HELEN]", "HR: [U01HELEN]", "HR", '"hr"'),
    "date years away": ("effective: 2026-12-14", "effective: 2062-12-14", "policy.effective", "years away"),
    "password in the link": ("https://install.example.com/hourglass", "https://me:pw@install.example.com/hourglass", "install_url",
                             "password"),
    # content, in other words
    "conduct is no data": (IDLE, "    - {what: work behaviour, detail: how people behave}", "policy.tracked[1].what", "name no data"),
    "detail says the name again": (IDLE, "    - {what: interactions, detail: all interactions}", "policy.tracked[1].detail",
                                   "leaves open"),
    "depends": (MANAGER, "    - {who: your direct manager, when: depending on workload, purpose: client invoices}",
                "policy.seen_by[0].when", "how often"),
    "performance is the purpose": (MANAGER, "    - {who: your direct manager, when: every Monday, purpose: evaluation of employees}",
                                   "policy.seen_by[0].purpose", "another conversation"),
    "document is a chat message": ("https://wiki.example.com/time-tracking-policy", "https://acme.slack.com/archives/C1/p1",
                                   "policy.document_url", "chat"),
    "document is a home page": ("https://wiki.example.com/time-tracking-policy", "https://wiki.example.com/", "policy.document_url",
                                "home page"),
    "kept for ever": ("retention_days: 90", "retention_days: 9000", "policy.retention_days", "ten years"),
    "corrections perhaps": ("corrections: Edit any entry until Monday 09:00; after that ask your manager.",
                            "corrections: Corrections are possible if approved.", "policy.corrections", "put right"),
    "a role less trusted": ("because: hours serve scheduling and payroll only", "because: they are less trusted",
                            "roles.salaried.because", "another conversation"),
    "announcement": (REASON, "  Starting on 1 January everybody uses Hourglass. Trainings are on 12 and 14 December.\n", "reason",
                     "announces"),
    "reason is empty": (REASON, "", "reason", "no reason"),
}  # fmt: skip


def problems_named(text: str | bytes) -> list[tuple[str, str]]:
    """Every field that `plan check` would name for this plan, with what it says of it."""
    try:
        parsed = parse_plan(text.encode() if isinstance(text, str) else text, today=TODAY)
    except PlanError as error:
        return [(problem.field, problem.message) for problem in error.problems]
    failures = content_failures(parsed.plan, BOOK, TODAY)
    return [(found.field, f"{found.problem} {found.mend}") for findings in failures.values() for found in findings]


def test_the_sample_has_no_fault() -> None:
    """What the faults below are made from is good."""
    assert problems_named(SAMPLE) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_named_by_its_field(fault: str) -> None:
    """One change to a good plan: refused, the field that was changed is named, and the message is about it."""
    old, new, field, word = FAULTS[fault]
    assert SAMPLE.count(old) == 1, "the sample has changed; change this fault with it"
    named = problems_named(SAMPLE.replace(old, new))
    messages = [message for name, message in named if name == field or name.startswith((f"{field}.", f"{field}["))]
    assert any(word in message for message in messages), named


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_plans_pass(path: Path) -> None:
    """Plans of other trades and countries, in other words than the sample's."""
    assert problems_named(path.read_bytes()) == []
