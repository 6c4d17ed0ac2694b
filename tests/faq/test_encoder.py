"""The encoder: word pieces as the model was trained on them, vectors that do not depend on who else is encoded."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from faq import encodings
from faq.encoder.encoder import LONGEST, WIDTH, assembled, encode
from faq.encoder.model_file import read
from faq.encoder.network import STEPS
from faq.encoder.protocol_buffers import UnexpectedModelError
from faq.encoder.wordpiece import BEGIN, END, UNKNOWN, _words, _words_of_any_script, pieces


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("hello world", [101, 7592, 2088, 102]),
        ("Don't!", [101, 2123, 1005, 1056, 999, 102]),
        ("screenshots", [101, 12117, 12326, 2015, 102]),
        ("Café", [101, 7668, 102]),
        ("", [101, 102]),
    ],
)
def test_pieces_are_those_of_the_model(text: str, ids: list[int]) -> None:
    """Known texts give the ids that the model's own tokeniser gives."""
    assert pieces(text, LONGEST) == ids


def test_long_and_strange_words() -> None:
    """A word of thousands of letters is one unknown; a text is cut with its end mark."""
    assert pieces("x" * 5000, LONGEST) == [BEGIN, UNKNOWN, END]
    cut = pieces("why " * 5000, LONGEST)
    assert (len(cut), cut[-1]) == (LONGEST, END)


def test_plain_letters_are_cut_as_any_script_is() -> None:
    """ASCII has a quick way, which cuts it as the way for everything else does."""
    chance = Random(7)
    characters = "".join(map(chr, range(128))) + "abcdefghi   .,'"
    for _ in range(2000):
        text = "".join(chance.choices(characters, k=chance.randrange(40)))
        assert list(_words(text)) == list(_words_of_any_script(text)), text


def test_company_does_not_matter() -> None:
    """A text has the same vector alone and among others, and its largest number is the same for all."""
    texts = ["who sees it?", "a much longer sentence about screenshots of my screen at home", "why"]
    together, alone = encode(texts), np.vstack([encode([text]) for text in texts])
    assert together.shape == (3, WIDTH)
    assert np.array_equal(together, alone)
    assert (np.abs(together.astype(int)).max(axis=1) == STEPS).all()


def test_meaning_shows() -> None:
    """What means the same is nearer than what does not."""
    texts = ["can my boss watch me live?", "does my manager see me in real time?", "where is my parcel?"]
    first, same, other = encodings.directions(encode(texts))
    assert first @ same > first @ other + 0.2


def test_older_processors_understand_the_same() -> None:
    """Weights as unsigned bytes, for processors that cut off signed sums, give the vectors that signed ones give."""
    texts = ["who sees it?", "can my manager watch my screen while I am on a break at home?"]
    newer, older = assembled(signed=True), assembled(signed=False)
    assert np.abs(newer.encode(texts).astype(int) - older.encode(texts)).max() <= 1


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file that is not the expected model is an error that says so, not a crash later."""
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"\x08\x01")
    with pytest.raises(UnexpectedModelError, match=r"model\.onnx"):
        read(wrong)


def test_kept_vectors_are_the_same_as_fresh_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeping changes nothing but the time; a file of another encoder is not used."""
    texts = ["who sees it?", "why"]
    monkeypatch.setattr(encodings, "KEPT", tmp_path / "none.npz")
    fresh = encodings.vectors(texts)
    encodings.refresh(texts, tmp_path / "kept.npz")
    monkeypatch.setattr(encodings, "KEPT", tmp_path / "kept.npz")
    assert encodings.missing(texts) == 0
    assert np.array_equal(encodings.vectors(texts), fresh)
    np.savez(
        tmp_path / "other.npz", encoder=np.array("another"), keys=np.array([1]), rows=np.zeros((1, WIDTH), np.int8)
    )
    monkeypatch.setattr(encodings, "KEPT", tmp_path / "other.npz")
    assert encodings.missing(texts) == len(texts)
