"""docs/operations.md agrees with the code: headings that messages point to, parts of /readyz, metrics, commands, seconds."""

from __future__ import annotations

import re
from pathlib import Path

import app
from bot import metrics
from bot.services import readiness, restoring
from bot.settings import Settings
from bot.store import restorations
from bot.views import keeping
from tests.test_deploy import commands

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
HEADINGS = set(re.findall(r"^#{2,3} (.+)$", PAGE, re.MULTILINE))
CODE = [
    ROOT / "app.py",
    *(path for folder in ("bot", "handlers", "scheduler") for path in (ROOT / folder).rglob("*.py")),
]
OF_OTHERS = {"move", "purge"}
"""Commands that are described here and tested where they are made."""


def test_every_heading_that_a_message_points_to_is_there() -> None:
    """Whoever is sent to a page finds the place."""
    told = " ".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8")) for path in CODE)
    pointed = set(re.findall(r"docs/operations\.md, “([^”]+)”", told))
    assert len(pointed) >= 4
    assert pointed <= HEADINGS
    assert set(re.findall(r"\*([A-Z][^*]+)\* *[|).]", PAGE)) & HEADINGS, "the page points to itself as well"
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in HEADINGS}
    assert set(re.findall(r"\]\(#([a-z-]+)\)", PAGE)) <= anchors


def test_every_part_and_every_metric_is_explained() -> None:
    """What an alert names can be looked up, and what is explained exists."""
    parts = {"database", "migrations", "outbox", "scheduler", "slack", "socket", "requests", "stopping"}
    assert set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE)) == parts
    exposed = set(re.findall(rb"^# TYPE (\w+) ", metrics.exposition(), re.MULTILINE))
    names = {name.decode() for name in exposed}
    named = {name.removesuffix("_total") for name in re.findall(r"\b(foreword_[a-z_]+[a-z])\b", PAGE)}
    assert named == {name.removesuffix("_total") for name in names}
    rules = PAGE[PAGE.index("```yaml") :].split("```")[1]
    assert set(re.findall(r"foreword_[a-z_]+", rules)) <= names


def test_every_command_and_every_setting_that_it_names_exists() -> None:
    """Nothing that can be copied from the page is refused for its name."""
    named = set(re.findall(r"app\.py ([a-z]+)", PAGE))
    assert named - OF_OTHERS <= commands()
    settings = set(re.findall(r"`((?:SLACK|VOICE|DATABASE|PUBLIC|LOG|OWNERS|TIMEZONE)[A-Z_]*)(?:=[a-z]+)?`", PAGE))
    assert len(settings) > 8
    assert settings <= {name.upper() for name in Settings.model_fields}


def test_the_numbers_are_those_of_the_code() -> None:
    """Seconds and days that people rely on."""
    assert f"{app.STOPPED_WITHIN:.0f} seconds at most" in PAGE
    assert f"{app.FORCED} it had to be cut off" in PAGE
    assert readiness.SILENT_SECONDS == 30
    assert readiness.STUCK.total_seconds() == 1800
    assert restorations.DOUBT.days == 1
    assert restoring.settle.__doc__


def test_the_readme_leads_there() -> None:
    """One line is enough."""
    assert "(docs/operations.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_left_out_of_a_dump_is_what_is_left_out_of_a_copy() -> None:
    """The command for a server leaves out the same tables, as far as it can leave out tables."""
    assert set(re.findall(r"--exclude-table-data=(\w+)", keeping.ON_A_SERVER)) == {
        "period_salt",
        "checkin_salt",
        "sealed_address",
        "checkin_answer",
    }
