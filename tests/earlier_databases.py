"""Databases as earlier versions left them: each revision's tables, with rows in all of them as the bot of that time wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert

from bot.domain.timeline import Event
from bot.store import migrate, rollouts, timeline
from tests.given import HELEN, MARA, MONDAY, OTIS, PLAN, PRIYA

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
NIGHT = datetime(2026, 12, 3, 23, 30, 0, 123456, tzinfo=UTC)
"""A moment that is another day elsewhere, and has a part of a second."""
WORDS = "Zoë's “quote”, 100 %\n:named, 🐕"
RESULT = {"invited": 9, "answered": 7, "away": 1,
          "scales": {"mood": {"answered": 7, "stretches": [[1, 5, 7]], "few": None}}}  # fmt: skip
Rows = dict[str, list[dict[str, Any]]]


def left_by(db: Connection, revision: str) -> Mapping[str, int]:
    """Make the database of that revision, fill every table of it, and return how many rows each has."""
    migrate.to(db, revision)
    rollout_id = rollouts.create(db, PLAN, by="operator", now=MONDAY)
    for event in (Event.PAUSED, Event.RELAUNCHED):
        timeline.append(db, rollout_id, event, actor=MARA, now=NIGHT, data={"because": WORDS, "version": 2})
    rollout = rollouts.by_id(db, rollout_id)
    assert rollout
    pilot, company = (wave.id for wave in rollout.waves)
    found = MetaData()
    found.reflect(db)
    written = {"rollout": 1, "reason_version": 1, "policy_version": 1, "wave": 2, "timeline": 2}
    rows = _rows(revision, rollout_id, pilot, company)
    for table in found.sorted_tables:
        if table.name in rows:
            _write(db, table, rows[table.name])
            written[table.name] = len(rows[table.name])
    assert set(written) == set(found.tables) - {"alembic_version"}, "every table has rows"
    return written


def _write(db: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert set(row) <= set(table.columns.keys()), (table.name, set(row) - set(table.columns.keys()))
        db.execute(insert(table).values(**row))


def _rows(revision: str, rollout_id: str, pilot: str, company: str) -> Rows:
    """What stands in the tables besides the rollout itself."""
    rows = _launching(rollout_id, pilot, company)
    if revision >= "0002":
        rows |= _voices(rollout_id, pilot)
    if revision >= "0003":
        rows["publication"] = [
            {"rollout_id": rollout_id, "first_week": "2026-W45", "content": {"words": WORDS, "n": [1]}}
        ]
    if revision >= "0004":
        rows |= _month(rollout_id, pilot, company)
    if revision >= "0005":
        rows["export"] = [
            {"id": "x", "rollout_id": rollout_id, "requested_by": HELEN, "purpose": WORDS, "named": True, "state": "done",
             "previewed_at": NIGHT, "made_at": NIGHT, "error": ""},
        ]  # fmt: skip
    if revision >= "0006":
        rows["question"][0] |= {"joining": 2, "counted_at": NIGHT}
    if revision >= "0007":
        rows["rate_use"] = [{"method": "chat.postMessage", "until": 1764000000.5, "share": 0.25, "refused_at": 0.0}]
        rows["rate_rest"] = [{"recipient": "C1", "until": 1764000000.125}]
    if revision >= "0008":
        rows["restoration"] = [{"restored_at": NIGHT, "taken_at": NIGHT - timedelta(days=1)}]
    if revision >= "0009":
        rows["duty"] = [{"duty": "bringing answers back", "owner": "o", "lease_until": NIGHT}]
        rows["sealed_address"][0] |= {"tried": True}
    return rows


def _launching(rollout_id: str, pilot: str, company: str) -> Rows:
    """The tables of the first revision. Four of them were made anew later."""
    versions = {"reason_version": 1, "policy_version": 1}
    launch = {"rollout_id": rollout_id, "wave_id": pilot, "run": 1, **versions, "digest": "d", "launched_by": MARA,
              "created_at": NIGHT, "refusal": ""}  # fmt: skip
    delivery = {"rollout_id": rollout_id, "data": {"words": WORDS}, "waits_in_pause": True, "due_at": NIGHT,
                "created_at": NIGHT, "attempts": 1, "error": ""}  # fmt: skip
    return {
        "rate_block": [{"method": "chat.postMessage", "blocked_until": NIGHT}],
        "seen_event": [{"event_id": f"Ev{number}", "seen_at": NIGHT} for number in (3, 1, 2)],
        "sign_off": [{"rollout_id": rollout_id, "entry": "trust", "digest": "d", "signed_by": OTIS, "signed_at": NIGHT}],
        "briefing": [{"wave_id": pilot, "run": 1, **versions, "manager": MARA, "ready_at": NIGHT}],
        "member": [
            {"wave_id": wave, "person": PRIYA, "present": present, "seen_at": NIGHT}
            for wave, present in ((pilot, True), (company, False))
        ],
        "launch": [
            {**launch, "id": "l1", "step": "reason", "state": "launched", "slot": "s1", "launched_at": NIGHT},
            {**launch, "id": "l2", "step": "policy", "state": "cancelled", "slot": None},
        ],
        "proposal": [
            {"id": "p", "rollout_id": rollout_id, "wave_id": pilot, "run": 1, "step": "policy", **versions, "digest": "d",
             "proposed_by": MARA, "proposed_at": NIGHT},
        ],
        "override": [
            {"id": "o", "rollout_id": rollout_id, "wave_id": pilot, "gate": "notice_period", "slot": "s", "because": WORDS,
             "state": "approved", "asked_by": MARA, "asked_at": NIGHT, "approved_by": OTIS, "approved_at": NIGHT},
        ],
        "receipt": [
            {"rollout_id": rollout_id, "person": PRIYA, "step": "policy", "version": 1, "wave_id": pilot,
             "given_at": NIGHT, "acknowledged_at": NIGHT + timedelta(hours=1)},
        ],
        "roll_call": [
            {"id": "r", "launch_id": "l1", "given_at": NIGHT, "due_at": NIGHT, "cursor": "", "done_at": NIGHT, "attempts": 0},
        ],
        "delivery": [
            {**delivery, "id": "d1", "key": "k1", "kind": "checkin", "recipient": PRIYA, "state": "pending"},
            {**delivery, "id": "d2", "key": "k2", "kind": "reason", "recipient": "C1", "state": "sent", "launch_id": "l1",
             "follows": "k1", "sent_channel": "C1", "sent_ts": "1.2", "sent_at": NIGHT},
        ],
        "checkin": [
            {"id": "c1", "wave_id": pilot, "run": 1, "day": 3, "opens_at": NIGHT, "closes_at": NIGHT, "closed_at": NIGHT,
             "enough_answers": True},
            {"id": "c2", "wave_id": company, "run": 1, "day": 7, "opens_at": NIGHT, "closes_at": NIGHT,
             "closed_at": None, "enough_answers": False},
        ],
        "verdict": [{"id": "v", "wave_id": pilot, "verdict": "fix the policy", "policy_version": 1, "given_at": NIGHT}],
        "fault": [{"id": "f", "wave_id": pilot, "title": WORDS, "state": "blocking", "reported_at": NIGHT}],
        "sign": [{"id": "g", "rollout_id": rollout_id, "number": 2, "noted_at": NIGHT, "attended_at": None}],
    }  # fmt: skip


def _voices(rollout_id: str, pilot: str) -> Rows:
    return {
        "entry": [
            {"id": "dogs", "theme": "other", "question": WORDS, "phrasings": ["one", WORDS], "cites": "", "owner": "HR",
             "review_by": date(2027, 1, 31), "answer": WORDS, "changed_by": HELEN, "changed_at": NIGHT},
        ],
        "evidence": [{"entry": "trust", "right": 3, "wrong": 1}],
        "period_salt": [{"period": 12, "salt": "5a17"}],
        "presence": [{"rollout_id": rollout_id, "cell": cell, "tag": "t"} for cell in ("b", "a")],
        "question": [
            {"id": "q", "rollout_id": rollout_id, "wave_id": pilot, "week": "2026-W49", "theme": "other", "text": WORDS,
             "state": "open", "askers": 1, "post_at": NIGHT, "reminded": 0, "answer": ""},
        ],
        "voice": [
            {"id": f"{number:032x}", "rollout_id": rollout_id, "wave_id": wave, "week": "2026-W49", "theme": "trust",
             "entry": "trust", "outcome": "helped", "tag": f"t{number}"}
            for number, wave in ((9, None), (3, pilot), (7, pilot))
        ],
        "sealed_address": [{"id": "a", "question_id": "q", "sealed": "AAAA"}],
    }  # fmt: skip


def _month(rollout_id: str, pilot: str, company: str) -> Rows:
    checkin = {"run": 1, "closes_at": NIGHT, "policy_version": 1, "prepare_at": NIGHT, "cursor": "", "invited": 9}
    return {
        "checkin": [
            {**checkin, "id": "c1", "wave_id": pilot, "day": 3, "date": date(2026, 12, 3), "state": "closed",
             "closed_at": NIGHT, "answered": 7, "enough_answers": True, "result": RESULT},
            {**checkin, "id": "c2", "wave_id": company, "day": 7, "date": date(2026, 12, 7), "state": "open",
             "enough_answers": False},
        ],
        "invitation": [{"checkin_id": "c2", "person": PRIYA, "zone": "Europe/Berlin", "away": True, "answered": False}],
        "checkin_salt": [{"checkin_id": "c2", "salt": "5a17"}],
        "checkin_answer": [{"id": "ca", "checkin_id": "c2", "question": "mood", "value": None}],
        "checkin_comment": [{"id": "cc", "checkin_id": "c2", "text": WORDS}],
        "verdict": [
            {"id": "v", "wave_id": pilot, "run": 1, "checkin_id": "c1", "verdict": "fix the policy", "because": "silent",
             "certainty": "clear", "policy_version": 1, "given_at": NIGHT, "words": WORDS},
        ],
        "vouch": [{"wave_id": pilot, "person": PRIYA}],
        "review": [
            {"id": "w", "wave_id": pilot, "run": 1, "slot": "s", "day": date(2026, 12, 4), "state": "due", "because": ""},
        ],
        "fault": [
            {"id": "f", "wave_id": pilot, "words": WORDS, "week": "2026-W49", "state": "blocking", "tell_at": NIGHT, "note": ""},
        ],
        "sign": [
            {"id": "g", "rollout_id": rollout_id, "wave_id": pilot, "number": 2, "source": "reported", "noted_at": NIGHT,
             "note": ""},
        ],
    }  # fmt: skip
