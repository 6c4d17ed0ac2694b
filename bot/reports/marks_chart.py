"""The chart of voices a week by theme, with a mark where something was launched, paused or begun anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from bot.reports.looks import LINE, MARK_LOOKS, OTHERS, SERIES

WIDTH, HEIGHT = 26.0, 10.5
"""Centimetres."""


@dataclass(frozen=True, slots=True)
class ChartData:
    """Where the figures of a chart stand: names of the weeks in `names`, series from `first` to `last`, then the marks.

    Columns are counted from 1; `top` is the row of the headings, and `bottom` the last row.
    """

    sheet: Any
    top: int
    bottom: int
    names: int
    first: int
    last: int
    marks: Sequence[str]


def marks_chart(data: ChartData, title: str, *, width: float = WIDTH, height: float = HEIGHT) -> Any:
    """Stacked columns, and one series of marks for each kind that occurs."""
    chart: Any = BarChart()  # openpyxl's types do not know what its descriptors hold
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 40
    names = Reference(data.sheet, min_col=data.names, min_row=data.top + 1, max_row=data.bottom)
    for place, column in enumerate(range(data.first, data.last + 1)):
        series = _series(data, column)
        is_rest = column == data.last and data.last > data.first
        color = OTHERS if is_rest else SERIES[place % len(SERIES)]
        series.graphicalProperties = GraphicalProperties(solidFill=color)
        chart.series.append(series)
    chart.set_categories(names)
    chart.title = title
    chart.width, chart.height = width, height
    chart.y_axis.title = "Voices a week"
    chart.y_axis.number_format = "0.#"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=LINE))
    chart.y_axis.scaling.min = 0
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.tickLblPos = "low"
    chart.legend.position = "b"
    if data.marks:
        chart += _marks(data, names)
    return chart


def _marks(data: ChartData, names: Reference) -> Any:
    points: Any = LineChart()
    for place, kind in enumerate(data.marks):
        series = _series(data, data.last + 1 + place)
        symbol, color = MARK_LOOKS[kind]
        series.marker.symbol, series.marker.size = symbol, 9
        series.marker.graphicalProperties = GraphicalProperties(solidFill=color)
        series.marker.graphicalProperties.line.solidFill = color
        series.graphicalProperties = GraphicalProperties()
        series.graphicalProperties.line.noFill = True
        series.smooth = False
        points.series.append(series)
    points.set_categories(names)
    points.y_axis.axId = 100
    return points


def _series(data: ChartData, column: int) -> Any:
    values = Reference(data.sheet, min_col=column, min_row=data.top, max_row=data.bottom)
    return Series(values, title_from_data=True)
