"""Learning a book in a process of its own, of low priority, so that nobody who asks meanwhile waits for it.

The examples go in through its input and the result comes back through its output. No file is written, so it works where
nothing can be; and it needs no encoder, since the examples bring their vectors.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from typing import BinaryIO, cast

import numpy as np
from numpy.lib import format as stream

from faq import arrays
from faq.calibration import Calibration, calibrate
from faq.examples import Examples
from faq.learning import Learnt, learn_from
from faq.memory import give_back

PATIENCE = 900
"""Seconds that are waited for it, on a machine that is busy with other things."""
_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from faq.apart import main; main()"
_GIVING_BACK = {"MALLOC_MMAP_THRESHOLD_": str(2**20)}
"""Makes glibc give every large array back at once, where it would keep a third of the memory for later."""
_ROOT = str(Path(__file__).parent.parent)
_LESS_URGENT = 10
"""Of niceness: the bot goes first. The very lowest would wait for minutes on a machine that is never idle."""


def learn_apart(examples: Examples) -> tuple[Learnt, Calibration] | None:
    """What `learn_from` and `calibrate` say of these examples; None where no process can be started, or it fails."""
    give_back()
    try:
        other = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            [sys.executable, "-c", _BEGIN, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_GIVING_BACK},
        )
    except OSError:
        return None
    patience = Timer(PATIENCE, other.kill)
    patience.daemon = True
    patience.start()
    try:
        with other:
            return _asked(other, examples)
    except (OSError, ValueError):
        return None
    finally:
        patience.cancel()


def main() -> None:
    """The other process."""
    with suppress(OSError):
        os.nice(_LESS_URGENT)
    examples = arrays.examples_in(_read(sys.stdin.buffer))
    learnt, left_out = learn_from(examples)
    found = calibrate(examples, left_out)
    _write(sys.stdout.buffer, {**arrays.of_learnt(learnt), **arrays.of_calibration(found)})


def _asked(other: subprocess.Popen[bytes], examples: Examples) -> tuple[Learnt, Calibration]:
    to, back = cast("BinaryIO", other.stdin), cast("BinaryIO", other.stdout)
    _write(to, arrays.of_examples(examples))
    to.close()
    found = _read(back)
    return arrays.learnt_in(found, examples), arrays.calibration_in(found)


def _write(to: BinaryIO, found: arrays.Arrays) -> None:
    """Their names, then one array after the other: nothing is held twice on the way."""
    pipe = SimpleNamespace(write=to.write)
    for values in (np.array(list(found)), *found.values()):
        stream.write_array(pipe, values, allow_pickle=False)
    to.flush()


def _read(source: BinaryIO) -> arrays.Arrays:
    """What `_write` wrote. Raises ValueError if it ends early."""
    pipe = SimpleNamespace(read=source.read)  # numpy seeks in what it takes for a file, and a pipe cannot
    names = stream.read_array(pipe, allow_pickle=False)
    return {str(name): stream.read_array(pipe, allow_pickle=False) for name in names}
