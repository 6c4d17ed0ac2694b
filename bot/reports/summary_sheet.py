"""*Summary*: one screen that can be read alone: what is spoken of most, what changed, which answers fail, what to do."""

from __future__ import annotations

from bot.domain.report import ReportFigures, ThemeNow
from bot.domain.report_summary import failed_words
from bot.reports.looks import Look
from bot.reports.marks_chart import ChartData, marks_chart
from bot.reports.page import Page, Styled, number

WIDTHS = (5.0, 44.0, 13.0, 13.0, 15.0, 15.0)
NO_FAILING = "No answer was judged by enough people to say that it does not work."
CHART_WIDTH, CHART_HEIGHT = 20.5, 8.0


def write(page: Page, figures: ReportFigures, under: str, data: ChartData | None) -> None:
    """Everything on one page; the chart is that of *Themes by week*, smaller."""
    summary, about = figures.summary, figures.found.about
    page.heading(f"Pushback about {about.tool}", under)
    page.paragraph(summary.headline, Look.LEAD)
    page.blank()
    _most(page, figures)
    page.blank()
    page.line("What changed since last time", Look.HEADING)
    for change in summary.changes:
        page.paragraph(change)
    page.blank()
    page.line("Answers that do not work", Look.HEADING)
    for line in summary.failing:
        page.paragraph(f"\u201c{line.question}\u201d: {failed_words(line)}")
    if not summary.failing:
        page.paragraph(NO_FAILING)
    page.blank()
    page.line("What to do next", Look.HEADING)
    for place, action in enumerate(summary.actions, 1):
        page.paragraph(f"{place}.  {action.do}", Look.ACTION)
        page.paragraph(f"Because: {action.because}", Look.SMALL, first=2)
    page.blank()
    page.paragraph(summary.not_shown, Look.SMALL)
    made = f"Made {about.made_at:%Y-%m-%d} by {about.made_by}" + (f", for: {about.purpose}" if about.purpose else "")
    page.paragraph(made, Look.SMALL)
    if data is not None:
        page.blank()
        chart = marks_chart(data, "Pushback a week, by theme", width=CHART_WIDTH, height=CHART_HEIGHT)
        page.sheet.add_chart(chart, f"A{page.row}")


def _most(page: Page, figures: ReportFigures) -> None:
    summary = figures.summary
    page.line("What people push back on most", Look.HEADING)
    if not summary.most:
        page.paragraph("Nothing can be said yet.")
        return
    heads = ("", "Theme", "Voices", "Share", "Before, a week", "After, a week")
    page.cells([Styled(head, Look.HEAD) for head in heads[:2]] + [Styled(head, Look.HEAD_NUMBER) for head in heads[2:]])
    for place, theme in enumerate(summary.most, 1):
        page.cells(_theme(place, theme))
    if summary.compared:
        page.paragraph(f"Compared: {summary.compared}.", Look.SMALL)


def _theme(place: int, theme: ThemeNow) -> list[Styled | None]:
    return [
        Styled(place, Look.CELL),
        Styled(theme.name, Look.NAME),
        number(theme.voices),
        Styled(theme.share, Look.SHARE),
        _rate(theme.before),
        _rate(theme.after),
    ]


def _rate(rate: float | None) -> Styled:
    return Styled(rate, Look.RATE) if rate is not None else Styled("not alone", Look.HIDDEN)
