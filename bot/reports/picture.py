"""A small line chart as a picture, for servers that do not draw charts themselves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 900, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 70, 110
INK, FAINT, PAPER = "#1d1c1d", "#d9d7d2", "#ffffff"
COLOURS = ("#2f6f9f", "#b5562b", "#3d7f4f", "#7a4f9a", "#9a7d1a", "#6b6b6b")
MOST = 100


@dataclass(frozen=True, slots=True)
class LineChart:
    """Percentages over a few moments: for each series one value for each label."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[int]]

    @property
    def in_words(self) -> str:
        """The same as a sentence, for whoever does not see pictures."""
        parts = [
            f"{name}: " + ", ".join(f"{label} {value} %" for label, value in zip(self.labels, values, strict=True))
            for name, values in self.series.items()
        ]
        return f"{self.title}. " + "; ".join(parts) + "."


def png(chart: LineChart) -> bytes:
    """The chart as a PNG of 900 by 420 pixels."""
    from PIL import Image, ImageDraw, ImageFont  # 7 MB that only this picture needs

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    large, usual = ImageFont.load_default(24), ImageFont.load_default(17)

    def x(place: int) -> float:
        room = WIDTH - LEFT - RIGHT
        return LEFT + room * (0.5 if len(chart.labels) == 1 else 0.05 + 0.9 * place / (len(chart.labels) - 1))

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / MOST)

    draw.text((LEFT, 18), chart.title, fill=INK, font=large)
    for value in range(0, MOST + 1, 25):
        draw.line((LEFT, y(value), WIDTH - RIGHT, y(value)), fill=FAINT)
        draw.text((LEFT - 10, y(value)), f"{value}", fill=INK, font=usual, anchor="rm")
    for place, label in enumerate(chart.labels):
        draw.text((x(place), HEIGHT - BOTTOM + 18), label, fill=INK, font=usual, anchor="mt")
    at = float(LEFT)
    for (name, values), colour in zip(chart.series.items(), COLOURS, strict=False):
        points = [(x(place), y(value)) for place, value in enumerate(values)]
        if len(points) > 1:
            draw.line(points, fill=colour, width=4, joint="curve")
        for across, down in points:
            draw.ellipse((across - 6, down - 6, across + 6, down + 6), fill=colour)
        draw.rectangle((at, HEIGHT - 40, at + 16, HEIGHT - 24), fill=colour)
        draw.text((at + 24, HEIGHT - 32), name, fill=INK, font=usual, anchor="lm")
        at += 60 + draw.textlength(name, font=usual)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
