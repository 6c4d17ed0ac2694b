"""What `backup` and `restore` print: what is in a copy, what is not, and what an operator has to do next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

TOLD = {
    "rollout": "rollouts",
    "launch": "launches",
    "receipt": "receipts",
    "delivery": "messages",
    "timeline": "timeline entries",
    "voice": "voices",
    "question": "questions",
    "checkin": "check-ins",
}
KEY_ELSEWHERE = (
    "VOICE_KEY (or its file, {key_file}) is not in it, nor is .env. Keep the key somewhere else than the backups: whoever has "
    "both can open what the key protects."
)
LEFT_OUT = (
    "Left out on purpose, so that the backup cannot undo a promise later: the salts, the ways back to people who asked, the "
    "answers of open check-ins, and what was said since {since}, when the present reporting period began. After a restore "
    "those are gone; people can ask and answer again. --whole copies them too."
)
WHOLE = (
    "This backup is whole: it holds salts and sealed ways back, with which the key can tell who said what since {since}. In "
    "the database they are destroyed; in here only you can do that. Delete this file before {until}, or the promise of "
    "docs/privacy.md is broken."
)
ON_A_SERVER = """\
This database is on a PostgreSQL server, which makes its own backups. Without what must not outlive its time (docs/privacy.md):

  pg_dump --format=custom --file=FILE --exclude-table-data=period_salt --exclude-table-data=checkin_salt \\
    --exclude-table-data=sealed_address --exclude-table-data=checkin_answer --dbname="$DATABASE_URL"

To go back: stop every instance, pg_restore --clean --if-exists --dbname="$DATABASE_URL" FILE, then
python app.py restore --settle --taken "YYYY-MM-DD HH:MM" (when the dump was made, UTC), then start again.
docs/operations.md, “Backups”, says more."""
RESTORE_ON_A_SERVER = (
    "This database is on a PostgreSQL server: restore it with pg_restore, then run: python app.py restore --settle. "
    "docs/operations.md, “Restoring a backup”, goes through it."
)
A_COPY = (
    "{file} is a backup that was put there by hand. Messages that were sent since could be sent again. Run first: "
    "python app.py restore --settle"
)
LOSING = (
    "The key that this database was used with is not here. If you have it, put it into VOICE_KEY (or VOICE_KEY_OLD) instead. "
    "If it is lost: --yes forgets what was said in the present reporting period, the answers of open check-ins, and the ways "
    "back to people who wait for an answer. Reports of earlier weeks, questions and receipts stay. Stop the bot first."
)
IN_MEMORY = "DATABASE_URL names a database in memory, which ends with the process. There is nothing to copy."


def backup_made(
    file: Path, rows: Mapping[str, int], *, whole: bool, since: date, until: date, key_file: str, size: int
) -> str:
    """A backup was written and looked over."""
    left = (WHOLE if whole else LEFT_OUT).format(since=since, until=until)
    return "\n".join(
        [
            f"{file}: {size / 1_000_000:.1f} MB, looked over and sound. {_counted(rows)}.",
            left,
            KEY_ELSEWHERE.format(key_file=key_file),
            f"Try it: python app.py restore --verify {file}",
        ]
    )


def looked_over(
    file: Path,
    rows: Mapping[str, int],
    *,
    revision: str | None,
    newest: str,
    taken_at: datetime | None,
    broken: list[str],
) -> str:
    """What a backup holds, and whether it can be gone back to."""
    taken = f"taken at {taken_at:%Y-%m-%d %H:%M} UTC" if taken_at else "a database of Foreword's, not made by `backup`"
    if revision == newest:
        schema = f"at revision {revision}, as this version wants it"
    else:
        schema = f"at revision {revision}; restoring brings it to {newest} and looks at the timelines then"
    lines = [f"{file}: whole, {taken}, {schema}.", f"{_counted(rows)}."]
    if broken:
        lines.append(f"The timeline is not what it was: {', '.join(broken)}. Use an older backup.")
    elif revision == newest:
        lines.append("Every timeline is whole. Nothing was changed.")
    return "\n".join(lines)


def settled(*, taken_at: datetime, doubted: int, exports: int, voices: int) -> list[str]:
    """What was done so that nothing goes out twice and nobody is counted twice."""
    doubt = "messages that were still to be sent then are looked for in Slack before they are sent; for a day, so is whatever"
    lines = [f"Gone back to {taken_at:%Y-%m-%d %H:%M} UTC. {doubted:,} {doubt} falls due by itself."]
    if exports:
        lines.append(f"{exports} reports were being made and are called ambiguous: whoever asked can ask again.")
    if voices:
        lines.append(
            f"{voices:,} voices were dropped: counted again with those to come, few people would look like many."
        )
    lines.append(
        "What was launched, read, acknowledged or answered after that moment stands in Slack but not here. Look into the "
        "wave's channel before you launch a step again; people are asked again whether they have read the policy."
    )
    return lines


def restored(target: Path, aside: Path | None, told: list[str]) -> str:
    """A backup took a database's place."""
    kept = [f"The database that was there is kept as {aside}. Delete it when you no longer need it: it holds salts."]
    return "\n".join(
        [f"{target} is restored.", *(kept if aside else []), *told, "Next: python app.py doctor, then start."]
    )


def lost(voices: int, ways: int) -> str:
    """The key was lost; what went with it."""
    return (
        f"Done: {voices:,} voices of the present reporting period and {ways:,} ways back to people who asked are gone. Keep this "
        "key where it will not be lost, and start the bot."
    )


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{rows.get(table, 0):,} {name}" for table, name in TOLD.items())
