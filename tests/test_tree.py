"""The tree agrees with itself: every button has somebody who listens, every setting is explained, one place reads the time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain import refusals
from bot.domain.gates import KINDS, LABELS, WHY, Gate
from bot.settings import Settings
from bot.views.ids import ActionId, ViewId
from handlers import pushback_words, rollout_words
from handlers.buttons import PRESSES
from handlers.register import FORMS

ROOT = Path(__file__).parent.parent
CODE = [path for folder in ("bot", "faq", "handlers", "scheduler") for path in (ROOT / folder).rglob("*.py")]
VIEWS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "views").glob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAY_READ_THE_TIME = {"scheduler/clock.py", "bot/sandbox/lines.py"}
"""The clock; and the sandbox's signatures, whose age is judged by the real time."""
LOOKED_AT_ONLY = {ViewId.NOTICE, ViewId.WAVES}


def test_every_button_has_somebody_who_listens() -> None:
    """Each action id that a view emits is in the handlers' table, and nothing else is."""
    assert set(PRESSES) == set(ActionId)
    for action in ActionId:
        assert f"ActionId.{action.name}" in VIEWS, f"no view shows {action.name}"


def test_every_form_has_somebody_who_reads_it() -> None:
    """Each modal that can be submitted is in the handlers' table."""
    assert set(FORMS) | LOOKED_AT_ONLY == set(ViewId)
    for view in ViewId:
        assert f"ViewId.{view.name}" in VIEWS, f"no view shows {view.name}"


def test_every_setting_is_explained() -> None:
    """`.env.example` and the settings have the same names."""
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("form", rollout_words.FORMS, ids=lambda form: form.word)
def test_every_command_is_in_the_readme(form: rollout_words.Form) -> None:
    """What can be typed is listed where people look."""
    assert f"/rollout {form.word}" in README or form.word in ("status", "help", "approve") or form.word in README


def test_every_pushback_word_is_in_its_help() -> None:
    """The help lists what the command understands."""
    helped = " ".join(usage for usage, _does in pushback_words.HELP)
    assert all(word in helped for word in pushback_words.WORDS)


def test_one_place_reads_the_time() -> None:
    """Everybody else is given it, so that the sandbox's clock is everybody's."""
    readers = re.compile(r"datetime\.(?:now|utcnow|today)\(|date\.today\(|time\.time\(")
    found = {path.relative_to(ROOT).as_posix() for path in CODE if readers.search(path.read_text(encoding="utf-8"))}
    assert found <= MAY_READ_THE_TIME, found


def test_every_gate_says_what_it_is_and_why() -> None:
    """A label, a kind and the guide's reason in one sentence."""
    for gate in Gate:
        assert LABELS[gate]
        assert WHY[gate].endswith(".")
        assert KINDS[gate] in ("hard", "soft")


def test_every_refusal_has_its_own_sentence() -> None:
    """None of them falls back on the general one."""
    said = (ROOT / "bot" / "views" / "refusals.py").read_text(encoding="utf-8")
    named = [
        name
        for name, thing in vars(refusals).items()
        if isinstance(thing, type) and issubclass(thing, refusals.Refused) and thing is not refusals.Refused
    ]
    for name in named:
        assert f"r.{name}(" in said, f"{name} has no sentence"


def test_nothing_is_left_of_the_makers_tools() -> None:
    """The project speaks of itself alone."""
    words = re.compile(r"\b(subagent|helper-\d|claude|chatgpt|copilot|/work/|file:///opt)", re.IGNORECASE)
    for path in [*CODE, *ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.lock"), *(ROOT / "docs").rglob("*.md")]:
        assert not words.search(path.read_text(encoding="utf-8")), path
