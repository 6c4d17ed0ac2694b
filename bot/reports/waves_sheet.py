"""*Themes by wave and team*: who pushes back on what, as far as teams are large enough to hide each person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.crosstab import Crosstab, Heading
from bot.domain.report import NO_TEAM, Findings
from bot.domain.theme_names import theme_name
from bot.reports.looks import Look
from bot.reports.page import Page, Styled, number, whole

THEME, FIGURE, REST = 30.0, 15.0, 17.0
NOTES = (
    (
        "A grey \u201c\u2265\u201d means: at least so many. A part is hidden, or stands in a row or column of several. \u201chidden\u201d: nothing of it "
        "may be shown, since fewer than {k} people are behind it or such a figure could be worked out. 0 is a true nought."
    ),
    (
        "\u201cNot told apart\u201d is the row's total less what stands in its waves: every row adds up. The last row has each wave's own total, "
        "which is more than the figures above it where some are hidden."
    ),
)


def waves_of(found: Findings, teams: Mapping[str, str]) -> tuple[Heading, ...]:
    """The columns: waves in the plan's order, then what is only shown together. Nobody without a team: no column."""
    table, order = found.pushback.waves, list(teams)
    rows = [row for row in table.rows if row.name != NO_TEAM or table.row_totals[row].voices]
    return tuple(sorted(rows, key=lambda row: order.index(row.name) if row.name in order else len(order)))


def widths(found: Findings, teams: Mapping[str, str]) -> list[float]:
    """The sheet's columns."""
    return [THEME, *([FIGURE] * len(waves_of(found, teams))), REST, FIGURE]


def write(page: Page, found: Findings, teams: Mapping[str, str], under: str) -> None:
    """Themes down, waves across. `teams` are the waves' teams by name."""
    page.heading("Themes by wave and team", under, [note.format(k=found.about.k) for note in NOTES])
    table, waves = found.pushback.waves, waves_of(found, teams)
    heads = [
        ("Theme", False),
        *((_named(wave, teams), True) for wave in waves),
        ("Not told apart", True),
        ("All waves", True),
    ]
    nothing = "Nothing is published yet that could be broken down by wave."
    page.table("ThemesByWave", heads, _rows(table, waves), nothing=nothing)
    if not table.columns:
        return
    page.cells(
        [
            Styled("All themes", Look.TOTAL_NAME),
            *(number(table.row_totals[wave], total=True) for wave in waves),
            Styled("", Look.TOTAL),
            Styled(table.voices, Look.TOTAL),
        ]
    )
    _tell_what_stands_together(page, table)


def _rows(table: Crosstab, waves: tuple[Heading, ...]) -> Iterator[list[Styled | None]]:
    for theme in table.columns:
        total = table.column_totals[theme]
        if not total.voices and total.complete:
            continue
        cells = [table.cells.get((wave, theme)) for wave in waves]
        shown = sum(cell.voices for cell in cells if cell)
        yield [
            Styled(_capital(theme_name(theme.name)), Look.NAME),
            *(number(cell) for cell in cells),
            whole(total.voices - shown),
            number(total),
        ]


def _tell_what_stands_together(page: Page, table: Crosstab) -> None:
    themes = [(heading.name, map(theme_name, heading.members)) for heading in table.columns if not heading.alone]
    waves = [(heading.name, iter(heading.members)) for heading in table.rows if not heading.alone]
    if not (themes or waves):
        return
    page.blank()
    page.line("What stands together", Look.HEADING)
    for name, members in (*themes, *waves):
        page.paragraph(f"{_capital(name)}: {', '.join(members)}. Not each of them need have spoken, or been spoken of.")


def _named(wave: Heading, teams: Mapping[str, str]) -> str:
    """The wave with its team, unless both have one name."""
    team, name = teams.get(wave.name, ""), _capital(wave.name)
    return f"{name}\n{team}" if team and team.casefold() != wave.name.casefold() else name


def _capital(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"
