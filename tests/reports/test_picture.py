"""The picture that stands in for a chart: a PNG with its lines, and the same in words."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.reports.picture import COLOURS, HEIGHT, WIDTH, LineChart, png

ONE = LineChart("Hourglass: answered 4 or 5 (%)", ["day 3", "day 7"], {"reassured": [40, 80], "no trouble": [100, 0]})


@pytest.mark.parametrize(
    "chart",
    [ONE, LineChart("One", ["day 3"], {"a": [0]}), LineChart("Many", ["d"] * 8, {f"{n}": [n] * 8 for n in range(6)})],
)
def test_every_series_is_drawn(chart: LineChart) -> None:
    """Each series has its colour in the picture, whatever there is of it."""
    with Image.open(io.BytesIO(png(chart))) as picture:
        assert picture.size == (WIDTH, HEIGHT)
        found = picture.convert("RGB").getcolors(100_000) or []
    colours = {f"#{bytes(colour).hex()}" for _count, colour in found if isinstance(colour, tuple)}
    assert set(COLOURS[: len(chart.series)]) <= colours


def test_it_is_told_in_words_too() -> None:
    """Whoever does not see the picture reads every figure of it."""
    assert ONE.in_words == (
        "Hourglass: answered 4 or 5 (%). reassured: day 3 40 %, day 7 80 %; no trouble: day 3 100 %, day 7 0 %."
    )
