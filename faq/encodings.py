"""Vectors of the book's phrasings, kept in a file, so that the bot is ready in a second instead of ten.

A vector depends on its text and on the encoder alone. The kept ones are therefore a saving and never a source: a text that
is not in the file (an entry of your own, one added at run time) is encoded when it is first needed, and nothing is written
unless somebody asks for it (`refresh`), so a read-only container and another folder of entries work alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faq.encoder import encoder
from faq.encoder.encoder import WIDTH, Vectors
from faq.encoder.model_file import Floats

KEPT = Path(__file__).parent / "encodings.npz"


def vectors(texts: Sequence[str]) -> Vectors:
    """One vector per text, in order; the same whether it was kept or not."""
    kept = _kept(KEPT)
    missing = [text for text in dict.fromkeys(texts) if _key(text) not in kept]
    fresh = dict(zip(missing, encoder.encode(missing), strict=True))
    rows = [fresh[text] if text in fresh else kept[_key(text)] for text in texts]
    return np.array(rows, dtype=np.int8).reshape(len(texts), WIDTH)


def directions(vectors: Vectors) -> Floats:
    """The same vectors as floats, each of length 1."""
    values: Floats = vectors.astype(np.float32)
    values /= np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1)
    return values


def missing(texts: Iterable[str]) -> int:
    """How many of these texts would have to be encoded."""
    kept = _kept(KEPT)
    return sum(_key(text) not in kept for text in set(texts))


def refresh(texts: Iterable[str], file: Path = KEPT) -> int:
    """Write the file anew for these texts. Returns how many had to be encoded."""
    wanted = sorted(set(texts), key=_key)
    new = missing(wanted)
    rows = vectors(wanted)
    np.savez(file, encoder=np.array(encoder.NAME), keys=np.array([_key(text) for text in wanted]), rows=rows)
    _kept.cache_clear()
    return new


@cache
def _kept(file: Path) -> dict[int, npt.NDArray[np.int8]]:
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as stored:
        if str(stored["encoder"]) != encoder.NAME:
            return {}
        return dict(zip((int(key) for key in stored["keys"]), stored["rows"], strict=True))


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")
