"""Settings: every key explained, every mistake a sentence with its fix, no secret ever repeated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsProblem, read_settings

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings from the machine that the tests run on."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def keys_of(text: str) -> dict[str, str]:
    """Each key in an example file with its value, commented out or not."""
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_the_example_has_every_setting_and_no_other() -> None:
    """`.env.example` and Settings agree both ways, in order."""
    assert list(keys_of(EXAMPLE.read_text(encoding="utf-8"))) == [name.upper() for name in Settings.model_fields]


def test_every_setting_in_the_example_is_explained() -> None:
    """Above each key, or the block that it stands in, is a comment in words."""
    blocks = EXAMPLE.read_text(encoding="utf-8").strip().split("\n\n")
    for block in blocks[1:]:
        first = block.splitlines()[0]
        assert first.startswith("# "), block
        assert "=" not in first, block


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the example says when it is uncommented is what holds without it."""
    defaults = read_settings()
    for key, value in keys_of(EXAMPLE.read_text(encoding="utf-8")).items():
        monkeypatch.setenv(key, value)
    assert read_settings() == defaults


def test_an_untouched_example_is_a_valid_env_file(tmp_path: Path) -> None:
    """Copied and not yet filled in, it reads; only what talking to Slack needs is missing."""
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_settings() == Settings()
    with pytest.raises(SettingsProblem) as problem:
        read_settings(need_slack=True)
    first, second = str(problem.value).splitlines()
    assert first.startswith("SLACK_BOT_TOKEN: is missing.")
    assert second.startswith("SLACK_SIGNING_SECRET or SLACK_APP_TOKEN: one of them is needed.")


@pytest.mark.parametrize("way_in", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_one_way_in_is_enough(monkeypatch: pytest.MonkeyPatch, way_in: str) -> None:
    """Socket Mode needs no signing secret, HTTP no app token."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", " xoxb-1\n")
    monkeypatch.setenv(way_in, "something")
    assert read_settings(need_slack=True).slack_bot_token.get_secret_value() == "xoxb-1"


@pytest.mark.parametrize(
    ("key", "value", "name", "expected"),
    [
        ("SLACK_API_URL", "http://127.0.0.1:3100/api", "slack_api_url", "http://127.0.0.1:3100/api/"),
        ("SLACK_API_URL", "https://chat.example.com", "slack_api_url", "https://chat.example.com/"),
        ("OWNERS", " U01MARA,,W01OTIS , U01MARA", "owners", ("U01MARA", "W01OTIS")),
        ("LOG_LEVEL", "WARNING", "log_level", "warning"),
        ("PORT", "8080", "port", 8080),
        ("TIMEZONE", "America/Argentina/Buenos_Aires", "timezone", "America/Argentina/Buenos_Aires"),
        ("DATABASE_URL", "postgresql+psycopg://u:p@h/db", "database_url", "postgresql+psycopg://u:p@h/db"),
    ],
)
def test_what_people_write_is_understood(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str, name: str, expected: object
) -> None:
    """Small differences in writing do not matter."""
    monkeypatch.setenv(key, value)
    assert getattr(read_settings(), name) == expected


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("PORT", "eighty", "from 1 to 65535"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "70000", "from 1 to 65535"),
        ("TIMEZONE", "Europe/Berlim", "Europe/Berlin"),
        ("TIMEZONE", "CEST+2", "time zone"),
        ("TIMEZONE", "/etc/passwd", "time zone"),
        ("OWNERS", "U01MARA, @otis", "entry 2"),
        ("OWNERS", "u01mara", "Copy member ID"),
        ("SLACK_API_URL", "slack.com/api", "https://slack.com/api/"),
        ("SLACK_API_URL", "https://user:hunter2@slack.com/api/", "no user name"),
        ("SLACK_API_URL", "https://slack.com/api/?token=hunter2", "no query"),
        ("SLACK_API_URL", "https://slack.com:99999/api/", "is not an address"),
        ("SLACK_API_URL", "https:///api/", "is not an address"),
        ("DATABASE_URL", "mysql://root:hunter2@db/foreword", "sqlite:///foreword.db"),
        ("DATABASE_URL", "foreword.db", "sqlite:///foreword.db"),
        ("FAQ_DIR", "no/such/folder", "a folder that exists"),
        ("LOG_LEVEL", "json", "debug, info, warning or error"),
        ("LOG_FORMAT", "xml", "json or console"),
        ("SLACK_BOT_TOKEN", "xoxb-hunter2 # mine", "Copy it again"),
        ("SLACK_SIGNING_SECRET", "hünter2", "Copy it again"),
    ],
)
def test_a_mistake_is_named_with_its_fix(monkeypatch: pytest.MonkeyPatch, key: str, value: str, fix: str) -> None:
    """One line, the variable first, and what to write instead; never the value, which may be a secret."""
    monkeypatch.setenv(key, value)
    with pytest.raises(SettingsProblem) as problem:
        read_settings()
    [line] = str(problem.value).splitlines()
    assert line.startswith(f"{key}: ")
    assert fix in line
    assert "hunter2" not in line
    assert problem.value.__cause__ is None, "a cause would be printed with the value in it"


def test_every_mistake_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to mend one line per start."""
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("TIMEZONE", "x")
    with pytest.raises(SettingsProblem) as problem:
        read_settings()
    assert [line.split(":")[0] for line in str(problem.value).splitlines()] == ["PORT", "TIMEZONE"]


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Saved by an editor in UTF-16, say."""
    (tmp_path / ".env").write_bytes("PORT=3000".encode("utf-16"))
    with pytest.raises(SettingsProblem, match=r"^\.env: is not text in UTF-8"):
        read_settings()


def test_secrets_do_not_show() -> None:
    """Printing the settings shows neither a token nor the database's password."""
    secrets: dict[str, Any] = {
        "slack_bot_token": "xoxb-hunter2",
        "slack_signing_secret": "hunter2",
        "slack_app_token": "xapp-hunter2",
        "database_url": "postgresql://u:hunter2@h/db",
    }
    settings = read_settings(_env_file=None, **secrets)
    assert "hunter2" not in f"{settings!r} {settings}"


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), st.text(max_size=30), max_size=4))
def test_any_text_is_a_setting_or_a_sentence(values: dict[str, Any]) -> None:
    """Whatever is put into the variables, it reads or is refused in words."""
    try:
        read_settings(_env_file=None, **values)
    except SettingsProblem as problem:
        for line in str(problem).splitlines():
            assert line.split(":")[0].lower() in values
