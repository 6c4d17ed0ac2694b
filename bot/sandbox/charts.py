"""Slack's data visualization block: what a chart may be made of (Slack's Block Kit reference)."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rules import Findings, Rule, both, found, many, shape, string, typed, unique

TITLE, LABEL, AXIS_LABEL = 50, 20, 50
MOST_SERIES, MOST_POINTS, MOST_SEGMENTS = 6, 20, 6
CHARTS_IN_A_MESSAGE = 2


def _number(value: Any, at: str, findings: Findings) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        found(findings, "must be a number", at)


def _as_the_axis_says(value: Any, at: str, findings: Findings) -> None:
    """Each series has one point for each category, in their order, and a name of its own."""
    series, axis = value.get("series"), value.get("axis_config")
    if not isinstance(series, list) or not isinstance(axis, dict):
        return
    unique([each for each in series if isinstance(each, dict)], "name", f"{at}/series", findings)
    for number, each in enumerate(series):
        data = each.get("data") if isinstance(each, dict) else None
        if not isinstance(data, list):
            continue
        if [point.get("label") for point in data if isinstance(point, dict)] != axis.get("categories"):
            found(findings, "labels must match axis_config.categories", f"{at}/series/{number}/data")


_POINT = shape({"label": string(LABEL), "value": _number})
_AXES = shape(
    {"categories": many(string(LABEL), MOST_POINTS)},
    {"x_label": string(AXIS_LABEL), "y_label": string(AXIS_LABEL)},
)
_XY = both(
    shape(
        {
            "series": many(shape({"name": string(LABEL), "data": many(_POINT, MOST_POINTS)}), MOST_SERIES),
            "axis_config": _AXES,
        },
        {"type": string()},
    ),
    _as_the_axis_says,
)
CHART: Rule = typed(
    {
        "pie": shape({"segments": many(_POINT, MOST_SEGMENTS)}, {"type": string()}),
        "bar": _XY,
        "area": _XY,
        "line": _XY,
    }
)
