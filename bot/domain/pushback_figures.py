"""Turns publications into what a report says of voices: by stretch of weeks, by wave, by answer, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.anonymity import Sum
from bot.domain.crosstab import Crosstab, Heading, crosstab, headings
from bot.domain.publication import Publication, TableKind
from bot.domain.pushback import Outcome
from bot.domain.report import NO_ENTRY, AnswerLine, AnswerText, Hidden, Mark, Pushback, Stretch
from bot.domain.report_period import Span
from bot.domain.theme_names import theme_name
from bot.domain.weeks import Week, read_week

TOO_FEW = "Fewer than {k} people spoke in these weeks, so nothing is shown of them."
NOT_YET = "Fewer than {k} people have spoken in these weeks so far. They are shown together with the weeks to come."
WHERE = {TableKind.WEEKS: "by week", TableKind.WAVES: "by wave", TableKind.ENTRIES: "by answer"}


def pushback(published: Sequence[Publication], span: Span | None, marks: Sequence[Mark], k: int) -> Pushback:
    """Everything about voices. `published` are the publications in the span, oldest first."""
    themes = headings(published)
    return Pushback(
        voices=sum(each.voices or 0 for each in published),
        themes={heading: total for heading, total in themes.items() if total.voices or not total.complete},
        silent=tuple(heading.name for heading, total in themes.items() if not total.voices and total.complete),
        stretches=tuple(_stretches(published, span, marks, k)),
        waves=crosstab(published, TableKind.WAVES),
        entries=crosstab(published, TableKind.ENTRIES),
        hidden=tuple(_hidden(published)),
    )


def answer_lines(entries: Crosstab, texts: Mapping[str, AnswerText]) -> tuple[AnswerLine, ...]:
    """How each answer did, the most asked first; what is shown together comes last."""
    by_entry: dict[str, list[Heading]] = {}
    together = []
    for heading, total in entries.row_totals.items():
        if not total.voices and total.complete:
            continue
        if not heading.alone:
            together.append(_line(entries, [heading], _in_words(heading.name)))
            continue
        theme, entry = heading.name.split("/", 1)
        by_entry.setdefault(f"{theme}/" if entry == NO_ENTRY else entry, []).append(heading)
    lines = []
    for entry, found in by_entry.items():
        theme = found[0].name.split("/", 1)[0]
        text = texts.get(entry)
        question = f"{theme_name(theme)}: asked without a fitting answer" if entry.endswith("/") else entry
        lines.append(
            _line(
                entries, found, text.question if text else question, "" if entry.endswith("/") else entry, theme, text
            )
        )
    return (
        *sorted(lines, key=lambda line: (-line.asked.voices, line.question)),
        *sorted(together, key=lambda line: (-line.asked.voices, line.question)),
    )


def _line(
    entries: Crosstab,
    found: Sequence[Heading],
    question: str,
    entry: str = "",
    theme: str = "",
    text: AnswerText | None = None,
) -> AnswerLine:
    asked = _added([entries.row_totals[each] for each in found])
    shown = {
        outcome: _readable([entries.cells.get((each, Heading(outcome, (outcome,)))) for each in found])
        for outcome in (Outcome.HELPED, Outcome.NOT_HELPED, Outcome.HANDED_OVER)
    }
    return AnswerLine(
        question=question,
        asked=asked,
        helped=shown[Outcome.HELPED],
        not_helped=shown[Outcome.NOT_HELPED],
        handed_over=shown[Outcome.HANDED_OVER],
        others=asked.voices - sum(each.voices for each in shown.values() if each),
        entry=entry,
        theme=theme,
        text=text,
    )


def _in_words(name: str) -> str:
    """`off_hours: other questions` with the theme's own name."""
    theme, colon, what = name.partition(": ")
    return f"{theme_name(theme)}{colon}{what}"


def _added(sums: Iterable[Sum]) -> Sum:
    listed = list(sums)
    return Sum(sum(each.voices for each in listed), all(each.complete for each in listed))


def _readable(sums: Iterable[Sum | None]) -> Sum | None:
    """Several cells as one; None where nothing of it is shown."""
    listed = list(sums)
    total = _added([each for each in listed if each is not None])
    whole = total.complete and None not in listed
    return Sum(total.voices, whole) if total.voices or whole else None


def _stretches(published: Sequence[Publication], span: Span | None, marks: Sequence[Mark], k: int) -> Iterator[Stretch]:
    if span is None:
        return
    at = span.first
    for publication in published:
        if at < publication.first:
            yield _gap(at, publication.first.previous, marks, k)
        yield from (_marked(stretch, marks) for stretch in stretches_of(publication))
        at = publication.last.next
    if at <= span.last:
        yield _gap(at, span.last, marks, k)


def stretches_of(publication: Publication) -> Iterator[Stretch]:
    """The rows of *Themes by week* that one publication makes, oldest first."""
    if publication.voices is None:
        why = TOO_FEW.format(k=publication.k)
        yield Stretch(publication.first, publication.last, None, {}, why=why)
        return
    noughts = {theme: Sum(0, complete=True) for theme in publication.silent}
    table = publication.table(TableKind.WEEKS)
    if table is None:
        alone = {
            part.members[0]: Sum(part.voices, complete=True) for part in publication.themes if len(part.members) == 1
        }
        yield Stretch(publication.first, publication.last, publication.voices, noughts | alone)
        return
    for row, line in zip(table.rows, table.cells, strict=True):
        weeks = [read_week(week) for part in row.parts for week in part.members]
        shown = {
            part.members[0]: Sum(cell or 0, complete=True)
            for column, cell in zip(table.columns, line, strict=True)
            for part in column.parts
            if len(part.members) == 1 and (cell == 0 or (cell is not None and len(column.parts) == 1))
        }
        yield Stretch(min(weeks), max(weeks), row.voices, noughts | shown)


def _gap(first: Week, last: Week, marks: Sequence[Mark], k: int) -> Stretch:
    return _marked(Stretch(first, last, None, {}, why=NOT_YET.format(k=k)), marks)


def _marked(stretch: Stretch, marks: Sequence[Mark]) -> Stretch:
    inside = tuple(mark for mark in marks if stretch.first <= mark.week <= stretch.last)
    return Stretch(stretch.first, stretch.last, stretch.voices, stretch.by_theme, inside, stretch.why)


def _hidden(published: Sequence[Publication]) -> Iterator[Hidden]:
    for publication in published:
        for note in publication.notes:
            yield Hidden(publication.span, "all figures", note)
        for part in publication.themes:
            if len(part.members) > 1:
                names = ", ".join(map(theme_name, part.members))
                yield Hidden(publication.span, "by theme", f"{part.name[:1].upper()}{part.name[1:]} are: {names}.")
        for table in publication.tables:
            for note in table.notes:
                yield Hidden(publication.span, WHERE[table.kind], note)
