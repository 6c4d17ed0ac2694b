"""The secret: seals open with it alone, tags say "the same again" and nothing else."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import Keyring, UnusableSecret, keyring_in

KEYS = Keyring(b"k" * 32)


@given(st.text(max_size=300).filter(lambda text: not text.endswith("\0")))
def test_what_is_sealed_is_opened(text: str) -> None:
    """With the same secret, and with no other; twice the same text gives two seals."""
    sealed = KEYS.seal(text)
    assert KEYS.open(sealed) == text
    assert Keyring(b"j" * 32).open(sealed) is None
    assert KEYS.seal(text) != sealed


@given(st.text(max_size=200))
def test_what_is_no_seal_is_not_opened(text: str) -> None:
    """Whatever stands in the database, it never raises."""
    assert KEYS.open(text) is None


def test_a_changed_seal_is_none() -> None:
    """One character makes the difference."""
    sealed = KEYS.seal("U01PRIYA")
    changed = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]
    assert KEYS.open(changed) is None


def test_seals_of_people_are_equally_long() -> None:
    """A length tells nothing."""
    assert len({len(KEYS.seal("U" * length)) for length in range(1, 100)}) == 1


def test_a_tag_depends_on_every_part() -> None:
    """Parts cannot be shifted into one another."""
    tags = {KEYS.tag("s", "ab", "c"), KEYS.tag("s", "a", "bc"), KEYS.tag("t", "ab", "c"), KEYS.tag("s", "abc")}
    tags.add(Keyring(b"j" * 32).tag("s", "ab", "c"))
    assert len(tags) == 5
    assert KEYS.tag("s", "ab", "c") in tags


def test_the_file_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    """The first call makes it, the next ones read it; nobody else may."""
    file = tmp_path / "foreword.key"
    first = keyring_in(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keyring_in(file).open(first.seal("x")) == "x"


def test_a_poor_secret_is_refused(tmp_path: Path) -> None:
    """Too short, or a place where none can be kept; the message names the setting and not the secret."""
    with pytest.raises(UnusableSecret, match="VOICE_KEY") as caught:
        Keyring(b"hunter2")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(UnusableSecret, match="VOICE_KEY"):
        keyring_in(tmp_path / "nowhere" / "foreword.key")


def test_two_instances_begin_with_one_file(tmp_path: Path) -> None:
    """The one that comes second waits until the first has written the secret that it is making."""
    file = tmp_path / "foreword.key"
    file.touch()
    writer = threading.Timer(0.2, file.write_bytes, [b"s" * 40])
    writer.start()
    second = keyring_in(file)
    writer.join()
    assert second.open(Keyring(b"s" * 40).seal("a way back")) == "a way back"
