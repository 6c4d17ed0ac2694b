"""Changing VOICE_KEY and the signing secret: nobody is counted twice, nobody who waits is forgotten, a wrong key is refused."""

from __future__ import annotations

import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

import app
from bot.domain.pushback import Outcome, Theme
from bot.domain.weeks import week_of
from bot.sealing import Keyring, UnusableSecret
from bot.services import questions, voice_keys, voices
from bot.services.voices import Ear, Saying, Speaker
from bot.settings import Settings, read_settings
from bot.slack.overlap import SIGNATURE, STAMP, Overlap
from bot.store import migrate, rollouts
from bot.store import questions as stored_questions
from bot.store import voices as stored_voices
from bot.store.database import SQLiteDatabase
from scheduler.clock import SystemClock
from tests.given import PLAN

pytestmark = pytest.mark.sqlite_only("keys are in no database")

BERLIN = ZoneInfo("Europe/Berlin")
OLD, NEW, OTHER = (letter * 40 for letter in "onx")
NOW = SystemClock().now()


def ear(*secrets: str) -> Ear:
    """What a bot with these keys hears with, the present one first."""
    return Ear(Keyring(*(secret.encode() for secret in secrets)), BERLIN)


class World:
    """A rollout in a database, and somebody who speaks."""

    def __init__(self, file: Path) -> None:
        self.database = SQLiteDatabase(f"sqlite:///{file}")
        self.database.run_now(migrate.to)
        self.database.run_now(lambda db: rollouts.create(db, PLAN, by="operator", now=NOW))

    def say(self, by: Ear, person: str = "U01PRIYA") -> None:
        """Ask what an entry answers."""

        def record(db: object) -> None:
            speaker = Speaker(person, rollouts.every(db)[0], None)  # type: ignore[arg-type]
            booth = voices.enter(db, by, speaker, NOW)  # type: ignore[arg-type]
            voices.say(db, Saying(booth, Theme.TRUST, "trust", Outcome.ANSWERED))  # type: ignore[arg-type]

        self.database.run_now(record)

    def pass_on(self, by: Ear) -> None:
        """Ask a person."""

        def ask(db: object) -> None:
            speaker = Speaker("U01PRIYA", rollouts.every(db)[0], None)  # type: ignore[arg-type]
            alike = lambda one, other: one == other  # noqa: E731
            questions.pass_on(db, by, speaker, "May dogs in?", Theme.OTHER, resembles=alike, now=NOW)  # type: ignore[arg-type]

        self.database.run_now(ask)

    def count(self, table: str) -> int:
        """Rows in a table."""
        return int(self.database.run_now(lambda db: db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()))  # noqa: S608

    def fit(self, by: Ear) -> voice_keys.Fit:
        """Whether these keys fit."""
        return self.database.run_now(lambda db: voice_keys.fit(db, by.keys))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A rollout that nobody has spoken of."""
    return World(tmp_path / "foreword.db")


def test_a_changed_key_counts_nobody_twice(world: World) -> None:
    """The tags of a period go on as they began; the next period's are made with the new key."""
    world.say(ear(OLD))
    before = world.count("voice"), world.count("presence")
    rotated = ear(NEW, OLD)
    world.say(rotated)
    assert (world.count("voice"), world.count("presence")) == before
    world.say(rotated, "U01TOMAS")
    assert world.count("voice") == before[0] + 1
    assert rotated.keys.is_of_the_present_one(rotated.keys.fresh_salt())
    found = world.fit(rotated)
    assert found.fits
    assert found.of_earlier == 1
    assert "still needed" in voice_keys.check(found, has_earlier=True).seen
    next_period = week_of(NOW, BERLIN).period.next
    world.database.run_now(lambda db: stored_voices.forget_salts(db, next_period))
    world.say(ear(NEW, OLD))
    assert "remove it" in voice_keys.check(world.fit(ear(NEW, OLD)), has_earlier=True).seen
    assert world.fit(ear(NEW)).fits


def test_who_waits_for_an_answer_still_gets_it(world: World) -> None:
    """A way back that the old key sealed opens while the old key is there, and is not tidied away."""
    world.pass_on(ear(OLD))
    rotated = ear(NEW, OLD)
    assert world.database.run_now(lambda db: questions.forget_old(db, rotated, now=NOW)) == 0
    address = world.database.run_now(lambda db: stored_questions.addresses(db, answered=False))[0]
    assert questions.person_behind(rotated, address) == "U01PRIYA"
    assert questions.person_behind(ear(NEW), address) is None


def test_a_wrong_key_is_refused_before_harm_is_done(world: World) -> None:
    """Neither tags nor tidying go on with it; doctor says what to do."""
    world.pass_on(ear(OLD))
    world.say(ear(OLD))
    wrong = ear(OTHER)
    with pytest.raises(UnusableSecret, match="VOICE_KEY_OLD"):
        world.database.run_now(lambda db: voice_keys.require_fitting(db, wrong.keys))
    check = voice_keys.check(world.fit(wrong), has_earlier=False)
    assert not check.ok
    assert "key --lost" in check.fix
    with pytest.raises(UnusableSecret):
        world.say(wrong)
    assert world.count("sealed_address") == 1


def test_a_lost_key(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked first; then what only the lost key could open is gone, and the bot starts with another."""
    world.pass_on(ear(OLD))
    world.say(ear(OLD))
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", str(world.database.url))
    monkeypatch.setenv("VOICE_KEY", OTHER)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert app.main(["run"]) == 2
    assert "key --lost" in capsys.readouterr().err
    assert app.main(["key", "--lost"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert world.count("voice") == 1
    assert app.main(["key", "--lost", "--yes"]) == 0
    assert [world.count(table) for table in ("voice", "presence", "period_salt", "sealed_address")] == [0, 0, 0, 0]
    assert world.count("question") == 1
    world.say(ear(OTHER))
    assert app.main(["key", "--lost", "--yes"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert world.count("voice") == 1


def test_the_settings_name_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """VOICE_KEY is the present one; VOICE_KEY_OLD may name several."""
    monkeypatch.setenv("VOICE_KEY", NEW)
    monkeypatch.setenv("VOICE_KEY_OLD", f"{OTHER} {OLD}")
    keys = app.keyring_of(read_settings(_env_file=None))
    assert keys.open(Keyring(OLD.encode()).seal("x")) == "x"
    assert Keyring(NEW.encode()).open(keys.seal("y")) == "y"
    monkeypatch.setenv("VOICE_KEY_OLD", "short")
    with pytest.raises(UnusableSecret, match="VOICE_KEY_OLD"):
        app.keyring_of(read_settings(_env_file=None))


def asked(secret: str, body: str = "command=/rollout") -> AsyncBoltRequest:
    """A request that was signed with this secret."""
    stamp = str(int(time.time()))
    mark = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    return AsyncBoltRequest(body=body, headers={STAMP: stamp, SIGNATURE: mark or ""})


def valid(secret: str, request: AsyncBoltRequest) -> bool:
    """Whether Bolt would take it."""
    stamp, mark = request.headers[STAMP][0], request.headers[SIGNATURE][0]
    return SignatureVerifier(secret).is_valid(request.raw_body, stamp, mark)


def test_both_signing_secrets_are_taken_for_a_while() -> None:
    """What the earlier secret signed passes; what nobody signed does not, and without an earlier one nothing changes."""
    overlap = Overlap("present", "earlier")
    for secret, passes in (("present", True), ("earlier", True), ("stranger", False)):
        request = asked(secret)
        overlap.take(request)
        assert valid("present", request) is passes, secret
    alone = asked("earlier")
    Overlap("present", "").take(alone)
    assert not valid("present", alone)
    unsigned = AsyncBoltRequest(body="command=/rollout", headers={})
    overlap.take(unsigned)
    assert SIGNATURE not in unsigned.headers
