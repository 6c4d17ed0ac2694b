"""The plan file as a form: whatever is in a file, it is read as a plan or refused with its line, quickly, and nothing is made of it."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.policy import SeenBy, Tracked
from bot.domain.rollout import Cadence, CheckinBy, Checkins, Role, Rules
from bot.plan import ParsedPlan, PlanError, parse_plan, plan_to_yaml
from bot.plan_yaml import SIZE_LIMIT

ROOT = Path(__file__).parent.parent
SAMPLE = (ROOT / "examples" / "hourglass.yaml").read_text(encoding="utf-8")
GOOD = sorted((Path(__file__).parent / "plans" / "good").glob("*.yaml"))
TODAY = date(2026, 11, 23)
AN_INSTANT = 2.0
"""Seconds of work that any file may cost on a slow machine; most cost a hundredth."""

SPECKS = st.sampled_from(
    [
        "rollout:", "policy:", "waves:", "- ", "{", "}", "[", "]", ", ", ": ", "\n", "\n  ", "\t", "#", "&a ", "*a", "!!python/name:os ",
        "---\n", "...\n", '"', "'", "|", ">", "? ", "~", "no", "2026-12-14", "10:00", "0x1F", "1e9", "<<: ", "%YAML 1.1\n", "\\", "\ufeff", "\r",
        "\x85", "\u2028", "\x00", "\ud800", "\u202e", "U01MARA", "C01ALL", "weekly", "hours",
    ]
)  # fmt: skip
SCRAPS = st.lists(SPECKS, max_size=40).map("".join)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60).map(str.strip)


def read(source: str | bytes) -> ParsedPlan | PlanError:
    """What comes of a file: a plan or a refusal. Any other error fails the test that asked."""
    try:
        return parse_plan(source, today=TODAY)
    except PlanError as error:
        refused = error
    assert refused.problems
    assert all(problem.message for problem in refused.problems)
    assert all(problem.line is None or problem.line >= 1 for problem in refused.problems)
    return refused


def refusal(source: str | bytes) -> PlanError:
    """The refusal of a file that is no plan."""
    found = read(source)
    assert isinstance(found, PlanError)
    return found


@given(st.text() | SCRAPS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_plan_or_refused(text: str) -> None:
    """No text raises anything but PlanError, and every problem has a sentence and a line that exists."""
    found = read(text)
    if isinstance(found, PlanError):
        lines = len(re.split("\r\n|[\r\n\x85\u2028\u2029]", text))
        assert all((problem.line or 1) <= lines for problem in found.problems)


@given(st.binary() | SCRAPS.map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_plan_or_refused(data: bytes) -> None:
    """A picture, a spreadsheet or half a file is refused like any other file."""
    read(data)


@given(start=st.integers(0, len(SAMPLE)), length=st.integers(0, 60), piece=st.text(max_size=10) | SCRAPS)
@settings(max_examples=150, deadline=None)
def test_a_damaged_plan_is_read_or_refused(start: int, length: int, piece: str) -> None:
    """A piece of a good plan overwritten, cut out or pasted in, wherever it stands."""
    read(SAMPLE[:start] + piece + SAMPLE[start + length :])


def test_every_line_can_be_lost_or_doubled() -> None:
    """Whoever deletes a line or pastes it twice gets a plan or a refusal."""
    lines = SAMPLE.splitlines(keepends=True)
    for at in range(len(lines)):
        read("".join(lines[:at] + lines[at + 1 :]))
        read("".join(lines[: at + 1] + lines[at:]))


@pytest.mark.parametrize(
    "value", ["no", "5", "0.5", "2026-12-14", "[]", "{}", "[a, b]", "{a: b}", '""', "~", "[[x]]", "10:00", "-"]
)
def test_every_field_can_hold_what_it_should_not(value: str) -> None:
    """A number, a list, a date, nothing at all in the place of any value: read or refused, never another error."""
    for match in re.finditer(r"(?m)^ *[a-z_-]+: *(?=\S)|(?<=[,{] )[a-z]+: ", SAMPLE):
        rest = re.match(r"[^,}\n]*", SAMPLE[match.end() :])
        assert rest
        read(SAMPLE[: match.end()] + value + SAMPLE[match.end() + rest.end() :])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_plan_survives_being_written(path: Path) -> None:
    """What the forms in Slack write is read back as the same plan, and every field has a line."""
    plan = parse_plan(path.read_bytes(), today=None).plan
    assert parse_plan(plan_to_yaml(plan).encode(), today=None).plan == plan


@given(
    text=TEXTS,
    items=st.lists(TEXTS.filter(bool), max_size=4),
    days=st.sets(st.integers(1, 365), min_size=1, max_size=8),
)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back(text: str, items: list[str], days: set[int]) -> None:
    """Any texts, quoted as they need to be, come back character for character, or are refused with a reason."""
    sample = parse_plan(SAMPLE, today=None).plan
    policy = replace(
        sample.policy,
        tracked=tuple(Tracked(item, text) for item in items),
        not_tracked=tuple(items),
        seen_by=(SeenBy(text, text, text),),
        breaks=text,
        retention_days=len(days),
    )
    plan = replace(
        sample,
        reason=text,
        policy=policy,
        roles=(*sample.roles, Role("night shift", Cadence.BIWEEKLY, text)),
        checkins=Checkins(days=tuple(sorted(days)), by=CheckinBy.CHANNEL),
        rules=Rules(notice_working_days=0, acknowledgement_required=False, k=7, k_text=20),
    )
    again = read(plan_to_yaml(plan).replace(f"effective: {policy.effective}", f"effective: {TODAY}"))
    if isinstance(again, PlanError):
        assert all(re.search("seen|invisible|empty", problem.message) for problem in again.problems)
    else:
        assert again.plan == replace(plan, policy=replace(policy, effective=TODAY))


@pytest.mark.parametrize(
    "change",
    [str, lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n"), lambda text: f"---\n{text}\n..."],
)
def test_what_editors_add_is_no_fault(change: object) -> None:
    """A byte order mark, Windows line ends and the marks of a document are as good as none."""
    assert callable(change)
    assert parse_plan(change(SAMPLE).encode(), today=TODAY).plan == parse_plan(SAMPLE, today=TODAY).plan


def test_a_time_without_quotes_is_a_time() -> None:
    """YAML reads 10:00 as the number 600; people mean ten o'clock."""
    parsed = parse_plan(SAMPLE.replace('at: "10:00"', "at: 10:00").encode(), today=TODAY)
    assert parsed.plan.checkins.at.isoformat() == "10:00:00"


def test_a_role_may_be_called_what_yaml_takes_for_something_else() -> None:
    """A role named 2 or on is a name like any other, once the wave that has it says so in quotes."""
    text = SAMPLE.replace("  salaried:", "  on:").replace("role: salaried", 'role: "on"')
    assert [role.name for role in parse_plan(text, today=TODAY).plan.roles] == ["client-billed", "on"]


def test_a_stored_plan_may_have_passed_its_date() -> None:
    """What was a day to come when the plan was stored is no fault later."""
    text = SAMPLE.replace("effective: 2026-12-14", "effective: 2020-01-01")
    assert parse_plan(text, today=None).plan.policy.effective == date(2020, 1, 1)
    assert [problem.field for problem in refusal(text).problems] == ["policy.effective"]


def test_every_field_has_its_line() -> None:
    """What a gate says of a field can be shown where it stands."""
    parsed = parse_plan(SAMPLE, today=TODAY)
    lines = SAMPLE.splitlines()
    assert "retention_days" in lines[parsed.lines["policy.retention_days"] - 1]
    assert "idle time" in lines[parsed.lines["policy.tracked[1].what"] - 1]
    assert "company" in lines[parsed.lines["waves[1].name"] - 1]


def test_problems_of_every_kind_are_told_together_and_in_order() -> None:
    """One run of `plan check` names all that is to mend: lists without items, types, unknown names, ids, dates."""
    text = (
        SAMPLE.replace("tool: Hourglass ", "tool: no ")
        .replace("owners: [U01MARA, U01OTIS]", "owners: []")
        .replace("hr: [U01HELEN]", "hr: [helen]")
        .replace("retention_days: 90", "retention_day: 90")
        .replace("effective: 2026-12-14", "effective: 2020-12-14")
    )
    found = refusal(text[: text.index("waves:")] + "waves: []\ncheckins: {days: []}\n").problems
    assert [problem.field for problem in found] == [
        "tool", "owners", "hr[0]", "policy.effective", "policy.retention_day", "waves", "checkins.days",
    ]  # fmt: skip
    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)


def test_what_is_vague_is_told_beside_what_is_malformed() -> None:
    """Whoever mends a misspelt field hears in the same breath of the vague ones; what could not be read is not called vague."""
    text = (
        SAMPLE.replace("what: idle time", "what: activity level")
        .replace("retention_days: 90", "retention_day: 90")
        .replace("effective: 2026-12-14", "effective: soon")
    )
    found = refusal(text)
    assert [problem.field for problem in found.problems] == ["policy.effective", "policy.retention_day"]
    assert [problem.field for problem in found.content] == ["policy.tracked[1].what"]
    assert "activity level" in text.splitlines()[(found.content[0].line or 0) - 1]


def _laughs(levels: int) -> str:
    return "l0: &l0 [ha, ha]\n" + "".join(f"l{n}: &l{n} [{f'*l{n - 1}, ' * 9}*l{n - 1}]\n" for n in range(1, levels))


@pytest.mark.parametrize(
    ("source", "word"),
    [
        (b"", "empty"),
        (b"# nothing but a comment\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"[]", "a list"),
        (b"just words", "a text"),
        (b"- a\n- b\n", "a list"),
        (b"5", "a number"),
        (b"a: b\n---\nc: d\n", "second document"),
        (SAMPLE.encode("utf-16"), "UTF-16"),
        (SAMPLE.encode("utf-32"), "UTF-32"),
        ("tool: Hörgläs\n".encode("latin-1"), "UTF-8"),
        (bytes(range(256)) * 4, "UTF-8"),
        (b"PK\x03\x04 a workbook", "control character"),
        (b"tool: x\x00\n", "control character"),
        (b"\ttool: x\n", "tab"),
        (b"a: !!python/object/apply:os.system ['true']\n", "tag"),
        (b"a: !include /etc/passwd\n", "tag"),
        (b"a: &a [x]\nb: [*a, *a]\n", "anchor"),
        (_laughs(12).encode(), "anchor"),
        (b"a: *b\n", "alias"),
        (b"[" * 5000, "deeply"),
        (b"a: " + b"{a: " * 3000, "deeply"),
        (b"a:\n" + b"".join(b" " * n + b"a:\n" for n in range(1, 400)), "deeply"),
        (b"a: [" + b"1," * 60_000 + b"]", "names and values"),
        (b"x" * 10_000_000, "bytes"),
        (SAMPLE.encode() + b"#" * 10_000_000, "bytes"),
        (("tool: " + "é" * (SIZE_LIMIT // 2)).encode(), "bytes"),
        (b"reason: " + b"word " * 50_000, "characters"),
        (b"? " * 1000, "deeply"),
        (b"a: b\rc: d\re: 'f", "quote"),
        (b"%YAML 99999999999999999999.1\n---\na: b\n", "YAML"),
    ],
    ids=lambda source: repr(source[:20]),
)  # fmt: skip
def test_what_is_no_plan_is_refused_at_once(source: bytes, word: str) -> None:
    """Empty, binary, a list, two documents, a bomb, ten megabytes: one clear error, in no time."""
    began = time.process_time()
    found = refusal(source)
    assert time.process_time() - began < AN_INSTANT
    assert any(word in problem.message for problem in found.problems), found.problems


def test_nothing_in_a_file_is_ever_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are read as text from the tree; no constructor of YAML's ever sees them."""

    def refuse(*_: object) -> None:
        pytest.fail("something was constructed")

    for name in ("construct_document", "construct_object"):
        monkeypatch.setattr(yaml.constructor.BaseConstructor, name, refuse)
    assert parse_plan(SAMPLE, today=TODAY).plan.tool == "Hourglass"


def test_a_plan_as_long_as_a_plan_can_be_is_read_quickly() -> None:
    """Fifty waves and thirty items of everything cost well under a second."""
    start = SAMPLE.index("  not_tracked:")
    middle = "  not_tracked:\n" + "".join(f"    - thing number {n} of somebody's own\n" for n in range(30))
    waves = "waves:\n" + "".join(
        f"  - {{name: wave-{n}, team: Team {n}, channel: C{n:05}, role: salaried, managers: [U01OTIS]}}\n"
        for n in range(50)
    )
    text = SAMPLE[:start] + middle + SAMPLE[SAMPLE.index("  seen_by:") : SAMPLE.index("waves:")] + waves
    began = time.process_time()
    assert len(parse_plan(text, today=TODAY).plan.waves) == 50
    assert time.process_time() - began < AN_INSTANT
