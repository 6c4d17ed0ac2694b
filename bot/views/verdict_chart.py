"""The trend of a wave's check-ins as Slack's own chart block."""

from __future__ import annotations

from typing import Any

from bot.domain.checkin import HIGH, Ask, share_of
from bot.views.pieces import clipped
from bot.views.verdict import CheckinLine, VerdictSummary

CHART_TITLE = 50


def chart(summary: VerdictSummary) -> dict[str, Any] | None:
    """The trend as Slack's own chart block: the share that answered 4 or 5, as far as it can be shown; None when it cannot.

    Slack wants a point for every series at every check-in, so the questions that can be drawn most often decide which
    check-ins are drawn.
    """
    shares = {
        ask: {each.name: share for each in summary.rounds if (share := _percent(each, ask)) is not None} for ask in Ask
    }
    days = max((tuple(found) for found in shares.values()), key=len)
    drawn = {ask: found for ask, found in shares.items() if all(day in found for day in days)}
    if not days:
        return None
    return {
        "type": "data_visualization",
        "title": clipped(f"{summary.plan.tool}: answered 4 or 5 (%)", CHART_TITLE),
        "chart": {
            "type": "line" if len(days) > 1 else "bar",
            "series": [
                {"name": SHORT[ask], "data": [{"label": day, "value": found[day]} for day in days]}
                for ask, found in drawn.items()
            ],
            "axis_config": {
                "categories": list(days),
                "x_label": "Check-in",
                "y_label": "% who answered 4 or 5",
            },
        },
    }


SHORT = {
    Ask.WHY: "understand why",
    Ask.MATCH: "policy matches",
    Ask.MOOD: "reassured",
    Ask.WORKFLOW: "no trouble",
}


def _percent(line: CheckinLine, ask: Ask) -> int | None:
    share = share_of(line.result.scales[ask], HIGH) if line.result and ask in line.result.scales else None
    return None if share is None else round(share * 100)
