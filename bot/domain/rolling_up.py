"""Lays rare things together before anything is hidden, so that a small team's HR still learns something true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from bot.domain.counted import Count as Figure
from bot.domain.counted import DoesNotAddUp, Unit, together
from bot.domain.pushback import Theme

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "Being watched": (
        Theme.TRUST,
        Theme.WHAT_IS_TRACKED,
        Theme.SCREENSHOTS,
        Theme.WHO_SEES,
        Theme.REALTIME_VISIBILITY,
        Theme.REVIEW_CADENCE,
    ),
    "Hours and effort": (Theme.BREAKS_IDLE, Theme.OFF_HOURS, Theme.ACCURACY, Theme.OVERHEAD),
    "Rights and data": (
        Theme.PERSONAL_DEVICE,
        Theme.RETENTION,
        Theme.OWN_DATA,
        Theme.PERFORMANCE_USE,
        Theme.LEGALITY_CONSENT,
        Theme.OPT_OUT,
    ),
    "How it is introduced": (
        Theme.REASON,
        Theme.ROLE_FAIRNESS,
        Theme.PILOT,
        Theme.CONTACT,
        Theme.INSTALL_HELP,
        Theme.OTHER,
    ),
}
"""Which themes are neighbours: a rare one is shown together with its own before it is shown with all the others."""


def lay_together(
    figures: Mapping[str, Figure],
    whole: Figure,
    k: int,
    *,
    families: Mapping[str, Sequence[str]] | None = None,
    rest: str,
    everything: str,
) -> tuple[Unit, ...]:
    """Parts that are each nobody, or k people at the least, and that make up the whole.

    What is rare joins its family, then `rest`, which takes in the smallest other part while it is itself too small, and
    is called `everything` when nothing else is left. What nobody spoke of goes along with its rare neighbours: a
    silence beside a rare voice would narrow down the latter. `whole` may be shown. Raises DoesNotAddUp.
    """
    if sum(figure.voices for figure in figures.values()) != whole.voices:
        raise DoesNotAddUp("the parts do not add up to the whole")
    parts = {name: (name,) for name, figure in figures.items() if figure.may_be_shown(k)}
    rare = [name for name in figures if name not in parts]
    if not rare:
        return tuple(Unit(name, (name,), figure) for name, figure in figures.items())
    named: set[str] = set()
    for family, themes in (families or {}).items():
        members = tuple(name for name in figures if name in themes and (name in rare or not figures[name].voices))
        if any(name in rare for name in members) and _figure(members, figures, whole).may_be_shown(k):
            parts = {name: those for name, those in parts.items() if name not in members}
            parts[_name_of(family, themes, parts)] = members
            named.update(members)
    left = [name for name in rare if name not in named]
    if left:
        silent = [name for name, those in parts.items() if those == (name,) and not figures[name].voices]
        members = tuple(name for name in figures if name in left or name in silent)
        parts = {name: those for name, those in parts.items() if name not in silent}
        while not _figure(members, figures, whole).may_be_shown(k) and parts:
            smallest = min(parts, key=lambda name: (len(parts[name]) == 1, _voices(parts[name], figures)))
            members += parts.pop(smallest)
        parts[rest if parts else everything] = members
    order = {name: place for place, name in enumerate(figures)}
    return tuple(Unit(name, those, _figure(those, figures, whole)) for name, those in sorted(
        parts.items(), key=lambda part: (part[0] in {rest, everything}, len(part[1]) > 1, order[part[1][0]])
    ))


def runs(weeks: Mapping[str, Figure], whole: Figure, k: int) -> Iterator[tuple[Unit, ...]]:
    """Every way to cut a row of weeks into runs that may each be shown; the finest come first, the whole row last."""
    names = tuple(weeks)
    for cuts in range(len(names) - 1, -1, -1):
        for places in combinations(range(1, len(names)), cuts):
            edges = (0, *places, len(names))
            units = []
            for start, end in zip(edges, edges[1:], strict=False):
                members = names[start:end]
                figure = _figure(members, weeks, whole) if cuts else whole
                units.append(Unit(_run(members), members, figure))
            if all(unit.count.may_be_shown(k) for unit in units):
                yield tuple(units)


def _figure(members: Sequence[str], figures: Mapping[str, Figure], whole: Figure) -> Figure:
    if len(members) == 1:
        return figures[members[0]]
    rest = [figure for name, figure in figures.items() if name not in members]
    return together([figures[name] for name in members], whole, rest)


def _voices(members: Sequence[str], figures: Mapping[str, Figure]) -> int:
    return sum(figures[name].voices for name in members)


def _name_of(family: str, themes: Sequence[str], parts: Mapping[str, Sequence[str]]) -> str:
    return f"{family}, other themes" if any(name in themes for name in parts) else family


def _run(members: Sequence[str]) -> str:
    return members[0] if len(members) == 1 else f"{members[0]} to {members[-1]}"
