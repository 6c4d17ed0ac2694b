"""Plans with one fault each: refused, with the field named; and plans of other trades and countries: accepted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.plan import PlanError, parse_plan, plan_to_yaml
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
FAULTS: dict[str, tuple[str, str, str]] = {
    # shape
    "no rollout": ("rollout: hourglass ", "# rollout: hourglass ", "rollout"),
    "name with a space": ("rollout: hourglass ", 'rollout: "hour glass" ', "rollout"),
    "name in capitals": ("rollout: hourglass ", "rollout: Hourglass ", "rollout"),
    "no tool": ("tool: Hourglass ", "# tool ", "tool"),
    "empty tool": ("tool: Hourglass ", 'tool: "" ', "tool"),
    "tool is a list": ("tool: Hourglass ", "tool: [Hourglass] ", "tool"),
    "unknown field": ("install_url:", "instal_url:", "instal_url"),
    "unknown policy field": ("  retention_days: 90", "  retention_day: 90", "policy.retention_day"),
    "unknown rule": ("  k_text: 10", "  k_texts: 10", "rules.k_texts"),
    "link is no address": ("https://install.example.com/hourglass", "the wiki", "install_url"),
    "link of another kind": ("https://install.example.com/hourglass", "ftp://install.example.com/x", "install_url"),
    "no owners": ("owners: [U01MARA, U01OTIS]", "owners: []", "owners"),
    "owner by name": ("owners: [U01MARA, U01OTIS]", "owners: [Mara]", "owners[0]"),
    "owner is a channel": ("owners: [U01MARA, U01OTIS]", "owners: [C01MARA]", "owners[0]"),
    "contact missing": ("contact: U01HELEN ", "# contact ", "contact"),
    "contact is a mail address": ("contact: U01HELEN ", "contact: helen@example.com ", "contact"),
    "hr is text": ("hr: [U01HELEN]", "hr: everybody", "hr"),
    "date of last year": ("effective: 2026-12-14", "effective: 2025-12-14", "policy.effective"),
    "date that is none": ("effective: 2026-12-14", "effective: soon", "policy.effective"),
    "impossible date": ("effective: 2026-12-14", "effective: 2026-13-40", "policy.effective"),
    "retention in words": ("retention_days: 90", "retention_days: three months", "policy.retention_days"),
    "negative retention": ("retention_days: 90", "retention_days: -1", "policy.retention_days"),
    "duplicate key": ("tool: Hourglass ", "tool: Hourglass\ntool: Hourglass ", "tool"),
    "wave named twice": ("{name: company,", "{name: pilot,", "waves[1].name"),
    "wave without channel": ("channel: C01CLIENT, ", "", "waves[0].channel"),
    "channel by name": ("channel: C01CLIENT,", 'channel: "#client",', "waves[0].channel"),
    "role that is none": ("role: salaried, managers", "role: boss, managers", "waves[1].role"),
    "wave without managers": ("managers: [U01OTIS]}", "managers: []}", "waves[1].managers"),
    "pilot of a year": ("weeks: 3}", "weeks: 52}", "waves[0].weeks"),
    "no waves": ("waves:\n  - {name: pilot", "waves: []\nwavez:\n  - {name: pilot", "waves"),
    "cadence that is none": ("{cadence: weekly,", "{cadence: hourly,", "roles.client-billed.cadence"),
    "no such hour": ('at: "10:00"', 'at: "25:00"', "checkins.at"),
    "check-in before the install": ("days: [3, 7, 14, 21]", "days: [-1]", "checkins.days[0]"),
    "check-ins by pigeon": ("by: dm", "by: pigeon", "checkins.by"),
    "k of one": ("  k: 5 ", "  k: 1 ", "rules.k"),
    "texts looser than counts": ("  k_text: 10 ", "  k_text: 3 ", "rules.k_text"),
    "acknowledgement perhaps": ("acknowledgement: required", "acknowledgement: perhaps", "rules.acknowledgement"),
    # content
    "activity level": ("what: idle time, detail: whether keyboard and mouse rested for more than 10 minutes while the timer ran",
                       "what: activity level, detail: activity level", "policy.tracked[1]"),
    "productivity data": (IDLE, "    - {what: productivity data, detail: various metrics}", "policy.tracked[1]"),
    "and so on": (IDLE, "    - {what: other data as needed, detail: etc.}", "policy.tracked[1]"),
    "nothing is left alone": (
        LEFT_ALONE, "    []\n", "policy.not_tracked"),
    "management has access": (MANAGER, "    - {who: management, when: as needed, purpose: oversight}", "policy.seen_by[0]"),
    "relevant stakeholders": (MANAGER, "    - {who: relevant stakeholders, when: every Monday, purpose: client invoices}",
                              "policy.seen_by[0]"),
    "whenever necessary": (MANAGER, "    - {who: your direct manager, when: whenever necessary, purpose: client invoices}",
                           "policy.seen_by[0].when"),
    "for business purposes": (MANAGER, "    - {who: your direct manager, when: every Monday, purpose: business purposes}",
                              "policy.seen_by[0].purpose"),
    "nobody knows how long": ("  retention_days: 90\n", "", "policy.retention_days"),
    "no word on own data": (OWN_DATA, "", "policy.own_data"),
    "no document": ("  document_url: https://wiki.example.com/time-tracking-policy", '  document_url: ""',
                    "policy.document_url"),
    "document is the link": ("https://wiki.example.com/time-tracking-policy", "https://install.example.com/policy",
                             "policy.document_url"),
    "cadence left out": ("{cadence: weekly, because", "{because", "roles.client-billed"),
    "no reason for the role": ("{cadence: on_concern, because: hours serve scheduling and payroll only}",
                               "{cadence: on_concern}", "roles.salaried"),
    "to improve productivity": (
        REASON,
        "  To improve productivity and transparency.\n", "reason"),
    "we want to trust you more": (
        REASON,
        "  We want to build trust and have better visibility of performance.\n", "reason"),
    "link in the reason": ("This quarter two invoices", "See https://install.example.com/hourglass. Two invoices", "reason"),
    "host in the policy": ("  corrections: Edit any entry", "  corrections: On INSTALL . example . com (install[.]example[.]com) edit any entry",
                           "policy.corrections"),
}  # fmt: skip


def fields_named(text: str | bytes) -> list[str]:
    """Every field that `plan check` would name for this plan."""
    try:
        parsed = parse_plan(text.encode() if isinstance(text, str) else text, today=TODAY)
    except PlanError as error:
        return [problem.field for problem in error.problems]
    failures = content_failures(parsed.plan, BOOK, TODAY)
    return [finding.field for findings in failures.values() for finding in findings]


def test_the_sample_has_no_fault() -> None:
    """What the faults below are made from is good."""
    assert fields_named(SAMPLE) == []


def test_a_time_without_quotes_is_a_time() -> None:
    """YAML reads 10:00 as the number 600; people mean ten o'clock."""
    parsed = parse_plan(SAMPLE.replace('at: "10:00"', "at: 10:00").encode(), today=TODAY)
    assert parsed.plan.checkins.at.isoformat() == "10:00:00"


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_named_by_its_field(fault: str) -> None:
    """One change to a good plan: refused, and the field that was changed is named."""
    old, new, field = FAULTS[fault]
    assert SAMPLE.count(old) == 1, "the sample has changed; change this fault with it"
    named = fields_named(SAMPLE.replace(old, new))
    assert any(name == field or name.startswith((f"{field}.", f"{field}[")) for name in named), named


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_plans_pass(path: Path) -> None:
    """Plans of other trades and countries, in other words than the sample's."""
    assert fields_named(path.read_bytes()) == []


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_plan_survives_being_written(path: Path) -> None:
    """What the forms in Slack write is read back as the same plan."""
    plan = parse_plan(path.read_bytes(), today=None).plan
    assert parse_plan(plan_to_yaml(plan).encode(), today=None).plan == plan


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"just words",
        b"- a\n- b\n",
        b"\xff\xfe\x00binary\x00",
        b"a: b\n---\nc: d\n",
        b"a: &a [x]\nb: [*a, *a]\n",
        b"a: !!python/object/apply:os.system ['true']\n",
        b"[" * 5000,
        b"a: " + b"{" * 3000,
        b"\ttool: x\n",
        b"tool: x\x07\n",
        b"x" * 10_000_000,
        ("tool: " + "y" * 9_000_000).encode(),
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_plan_is_refused_at_once(text: bytes) -> None:
    """Empty, binary, a list, two documents, a bomb, ten megabytes: one clear error, never another exception."""
    with pytest.raises(PlanError) as caught:
        parse_plan(text, today=TODAY)
    assert caught.value.problems
    assert all(problem.message for problem in caught.value.problems)
