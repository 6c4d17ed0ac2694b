"""*Themes by week*: what was spoken of when, with a mark where something was launched, paused or begun anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.utils import get_column_letter

from bot.domain.anonymity import Sum
from bot.domain.report import MARKS, Findings, Stretch
from bot.domain.theme_names import theme_name
from bot.reports.looks import SERIES, Look
from bot.reports.marks_chart import ChartData, marks_chart
from bot.reports.page import Page, Styled, number, whole

WEEKS, MARKED, VOICES, RATE = 21, 30, 8, 8
THEME, REST = 11.5, 12
MARK_NAMES = {
    "reason": "Reason given",
    "policy": "Policy given",
    "install": "Link given",
    "pause": "Paused",
    "relaunch": "Launched again",
}
LEAST_WIDE = 120
"""So wide the table is at the least, for the notes above it."""
CENTIMETRES = 0.19
"""How wide one of Excel's units of width is."""
NARROWEST, WIDEST = 16.0, 30.0
ON_ONE_PAGE = 30
"""So many rows are printed on one page with their chart."""
MARK_STEP = 0.09
"""How far apart marks of one week stand, as a share of the chart's height."""
NOTES = (
    (
        "A row is the shortest run of weeks that may be shown by itself. \u201chidden\u201d: the figure stands for fewer than {k} people, "
        "or such a figure could be worked out from it. 0 is a true nought."
    ),
    "\u201cOther and hidden\u201d is the row's total less what stands in its themes: themes too rare to be shown, and hidden figures.",
)


def columns_of(found: Findings) -> tuple[str, ...]:
    """The themes that stand alone in any row, the most spoken of first."""
    shown = {
        theme for stretch in found.pushback.stretches for theme, amount in stretch.by_theme.items() if amount.voices
    }
    return tuple(heading.name for heading in found.pushback.themes if heading.alone and heading.name in shown)


def widths(found: Findings) -> list[float]:
    """The sheet's columns, with those behind the chart after a gap."""
    themes = columns_of(found)
    beside = 2 + min(len(themes), len(SERIES)) + len(MARKS)
    marked = max(MARKED, LEAST_WIDE - WEEKS - VOICES - RATE - THEME * len(themes) - REST)
    return [WEEKS, marked, VOICES, RATE, *([THEME] * len(themes)), REST, 3, *([9.0] * beside)]


def write(page: Page, found: Findings, under: str) -> ChartData | None:
    """The table, the chart below it, and beside it the figures that the chart is drawn from."""
    stretches, themes = found.pushback.stretches, columns_of(found)
    table = 5 + len(themes)
    page.widths, everything = page.widths[:table], page.widths
    page.heading("Themes by week", under, [note.format(k=found.about.k) for note in NOTES])
    page.widths = everything
    top = page.row
    heads = [
        ("Weeks", False),
        ("What happened", False),
        ("Voices", True),
        ("A week", True),
        *((theme_name(theme), True) for theme in themes),
        ("Other and hidden", True),
    ]
    kinds = tuple(kind for kind in MARKS if any(mark.kind == kind for each in stretches for mark in each.marks))
    behind = list(_behind(stretches, themes[: len(SERIES)], kinds))
    names = [*map(theme_name, themes[: len(SERIES)]), "Other and hidden", *(MARK_NAMES[kind] for kind in kinds)]
    beside = [
        None,
        Styled("Behind the chart: voices a week", Look.BESIDE),
        *(Styled(name, Look.BESIDE) for name in names),
    ]
    page.table(
        "ThemesByWeek", heads, _rows(stretches, themes, behind, table), nothing="No week is over yet.", beside=beside
    )
    if not any(stretch.voices for stretch in stretches):
        return None
    data = ChartData(
        page.sheet,
        top=top,
        bottom=page.row - 1,
        names=table + 2,
        first=table + 3,
        last=table + 3 + min(len(themes), len(SERIES)),
        marks=kinds,
    )
    table_wide = sum(page.widths[:table]) * CENTIMETRES
    chart = marks_chart(data, "Pushback a week, by theme", width=max(NARROWEST, min(table_wide, WIDEST)))
    page.blank()
    page.sheet.add_chart(chart, f"A{page.row}")
    if len(stretches) <= ON_ONE_PAGE:
        page.sheet.page_setup.fitToHeight = 1
    page.sheet.print_area = f"A1:{get_column_letter(table)}{page.row + 24}"
    return data


def _rows(
    stretches: Sequence[Stretch],
    themes: Sequence[str],
    behind: Sequence[Sequence[Styled | None]],
    table: int,
) -> Iterator[list[Styled | None]]:
    for stretch, beside in zip(stretches, behind, strict=True):
        happened = "; ".join(mark.what for mark in stretch.marks)
        row: list[Styled | None] = [Styled(stretch.name, Look.NAME)]
        if stretch.voices is None:
            row += [Styled("; ".join(filter(None, (happened, stretch.why))), Look.CELL)]
            row += [Styled("hidden", Look.HIDDEN) for _column in range(table - 2)]
        else:
            row += [
                Styled(happened, Look.CELL),
                whole(stretch.voices),
                Styled(stretch.voices / stretch.weeks, Look.RATE),
                *(number(stretch.by_theme.get(theme)) for theme in themes),
                number(Sum(stretch.rest, complete=True)),
            ]
        yield [*row, None, *beside]


def _behind(stretches: Sequence[Stretch], themes: Sequence[str], kinds: Sequence[str]) -> Iterator[list[Styled | None]]:
    """Voices a week for each stretch, and the height of each mark."""
    ceiling = max((stretch.voices / stretch.weeks for stretch in stretches if stretch.voices), default=1.0)
    for stretch in stretches:
        shown = [stretch.by_theme.get(theme) for theme in themes]
        rates = [each.voices / stretch.weeks if each else None for each in shown]
        rest = ((stretch.voices or 0) - sum(each.voices for each in shown if each)) / stretch.weeks
        marked = [kind for kind in kinds if any(mark.kind == kind for mark in stretch.marks)]
        heights = {kind: ceiling * (1.1 + MARK_STEP * place) for place, kind in enumerate(marked)}
        yield [
            Styled(stretch.name, Look.BESIDE),
            *(Styled(rate, Look.BESIDE_NUMBER) for rate in rates),
            Styled(rest, Look.BESIDE_NUMBER),
            *(Styled(heights.get(kind), Look.BESIDE_NUMBER) for kind in kinds),
        ]
