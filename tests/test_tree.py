"""The tree agrees with itself: every button has somebody who listens, every setting is explained, one place reads the time."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain import refusals
from bot.domain.gates import KINDS, LABELS, WHY, Failure, Gate, GateResult, Kind
from bot.domain.rollout import Step
from bot.settings import Settings
from bot.views.escape import escape
from bot.views.help import help_message
from bot.views.ids import VALUE, ActionId, Field, ViewId, field_of
from bot.views.refusals import message_of
from handlers import pushback_words, rollout_words
from handlers.register import FORMS, PRESSES
from tests.given import MONDAY, TEXTS
from tests.views.every_view import every_view

ROOT = Path(__file__).parent.parent
CODE = [path for folder in ("bot", "faq", "handlers", "scheduler") for path in (ROOT / folder).rglob("*.py")]
CODE.append(ROOT / "app.py")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HELP_SHOWN = help_message("/rollout", rollout_words.help_lines())
MAY_READ_THE_TIME = {"scheduler/clock.py", "bot/sandbox/lines.py"}
"""The clock; and the sandbox's signatures, whose age is judged by the real time."""
LOOKED_AT_ONLY = {ViewId.NOTICE, ViewId.WAVES}


def ids_shown(key: str) -> set[str]:
    """Every id of this kind in everything that is shown, made once with much and once with little."""
    found: set[str] = set()

    def look(thing: Any) -> None:
        if isinstance(thing, dict):
            if isinstance(thing.get(key), str):
                found.add(thing[key])
            for each in thing.values():
                look(each)
        elif isinstance(thing, list | tuple):
            for each in thing:
                look(each)

    for _name, shown in every_view(TEXTS["short"]):
        look(shown if isinstance(shown, dict) else list(shown.blocks))
    return found


def test_every_button_has_somebody_who_listens() -> None:
    """Each action id that a view shows is in the handlers' table, and nothing else is."""
    assert set(PRESSES) == set(ActionId)
    assert ids_shown("action_id") == {*ActionId, VALUE}


def test_every_form_has_somebody_who_reads_it() -> None:
    """Each modal that is shown and can be submitted is in the handlers' table."""
    assert set(FORMS) | LOOKED_AT_ONLY == set(ViewId)
    assert ids_shown("callback_id") == set(ViewId)
    for _name, shown in every_view(TEXTS["short"]):
        if isinstance(shown, dict) and shown["type"] == "modal":
            assert ("submit" in shown) is (shown["callback_id"] not in LOOKED_AT_ONLY), shown["callback_id"]


def test_every_input_is_one_that_a_form_reads() -> None:
    """The block ids of inputs are the fields that the handlers know."""
    inputs = {
        field_of(block["block_id"])
        for _name, shown in every_view(TEXTS["short"])
        if isinstance(shown, dict)
        for block in shown["blocks"]
        if block["type"] == "input"
    }
    assert inputs == set(Field)


def test_every_setting_is_explained() -> None:
    """`.env.example` and the settings have the same names."""
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("form", rollout_words.FORMS, ids=lambda form: form.word)
def test_every_command_is_in_the_help_and_the_readme(form: rollout_words.Form) -> None:
    """What can be typed is listed where people look, as it is typed."""
    shown = "".join(block["text"]["text"] for block in HELP_SHOWN.blocks if block["type"] == "section")
    assert f"`{escape(form.usage)}`" in shown
    assert form.usage in HELP_SHOWN.text
    typed = form.usage.removeprefix("/rollout").split(" [")[0].split(" |")[0]
    assert re.search(rf"(?:/rollout|\|){re.escape(typed)}\b", README), f"{form.usage} is not in the README"


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


def refusals_of_every_kind() -> Iterator[refusals.Refused]:
    """One of each, made of values of the right types."""
    gate = GateResult(Gate.ORDER, Kind.HARD, "Because.", Failure("It is missing.", "Do this."))
    values: dict[str, Any] = {
        "k_text": 10, "seconds": 90,
        "name": "hourglas", "known": ["hourglass"], "step": Step.POLICY, "wave": "pilot", "wave_id": "w", "failed": [gate],
        "by": "U1", "at": MONDAY, "due_at": MONDAY, "gate": Gate.PILOT_RAN, "override_id": "o", "approved_by": "U2",
        "who_can": ["U2"], "words": "install.example.com", "since": MONDAY, "problems": [("tool", "it is known")],
    }  # fmt: skip
    for kind in vars(refusals).values():
        if isinstance(kind, type) and issubclass(kind, refusals.Refused) and kind is not refusals.Refused:
            given = inspect.signature(kind.__init__).parameters
            needed = [name for name in given if name not in ("self", "args", "kwargs")]
            yield kind(*(values[name] for name in needed))


def test_every_refusal_has_its_own_sentence() -> None:
    """None of them falls back on the general one, and no two say the same."""
    fallback = message_of(refusals.Refused()).text
    said = {type(each).__name__: message_of(each).text for each in refusals_of_every_kind()}
    assert len(said) > 15
    assert fallback not in said.values()
    assert len(set(said.values())) == len(said)


def test_nothing_is_left_of_the_makers_tools() -> None:
    """The project speaks of itself alone."""
    words = re.compile(r"\b(subagent|helper-\d|claude|chatgpt|copilot|/work/|file:///opt)", re.IGNORECASE)
    for path in [*CODE, *ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.lock"), *(ROOT / "docs").rglob("*.md")]:
        assert not words.search(path.read_text(encoding="utf-8")), path


def test_whatever_opens_sqlite_alone_says_why() -> None:
    """Tests get their databases from tests/databases.py, so that each is tried on both kinds; or they carry a mark."""
    for file in (ROOT / "tests").rglob("test_*.py"):
        words = file.read_text(encoding="utf-8")
        if re.search(r"[^.\w]SQLiteDatabase\(", words):
            assert "sqlite_only" in words or "postgresql_only" in words, file
