"""Lays rare things together before anything is hidden, so that a small team's HR still learns something true."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

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


class Counted:
    """Figures of one kind that make up a whole, and how many people are behind any few of them together."""

    def __init__(
        self, figures: Mapping[str, Figure], whole: Figure, known: Mapping[frozenset[str], int] | None = None
    ) -> None:
        """`known` are people of several figures together, where that was counted. Raises DoesNotAddUp."""
        if sum(figure.voices for figure in figures.values()) != whole.voices:
            raise DoesNotAddUp("the parts do not add up to the whole")
        self.figures = figures
        self.whole = whole
        self._known = {self._voiced(names): people for names, people in (known or {}).items()}

    def of(self, members: Collection[str]) -> Figure:
        """These figures as one."""
        if len(members) == 1:
            return self.figures[next(iter(members))]
        voiced = self._voiced(members)
        rest = [figure for name, figure in self.figures.items() if name not in voiced]
        figure = together([self.figures[name] for name in voiced], self.whole, rest)
        people = self._known.get(voiced)
        return figure if people is None else Figure(figure.voices, people)

    def voices(self, members: Iterable[str]) -> int:
        """How many voices these have."""
        return sum(self.figures[name].voices for name in members)

    def _voiced(self, members: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in members if name in self.figures and self.figures[name].voices)


def lay_together(
    counted: Counted, k: int, *, families: Mapping[str, Sequence[str]] | None = None, rest: str, everything: str
) -> tuple[Unit, ...]:
    """Parts that are each nobody, or k people at the least, and that make up the whole, which may be shown itself.

    What is rare joins its family, then `rest`, which takes in the smallest other part while it is itself too small, and
    is called `everything` when nothing else is left. What nobody spoke of goes along with its rare neighbours: a
    silence beside a rare voice would narrow down the latter.
    """
    figures = counted.figures
    parts: dict[str, tuple[str, ...]] = {name: (name,) for name, figure in figures.items() if figure.may_be_shown(k)}
    rare = [name for name in figures if name not in parts]
    for family, themes in (families or {}).items():
        members = tuple(name for name in figures if name in themes and (name in rare or not figures[name].voices))
        if any(name in rare for name in members) and counted.of(members).may_be_shown(k):
            parts = {name: those for name, those in parts.items() if name not in members}
            parts[_name_of(family, themes, parts)] = members
            rare = [name for name in rare if name not in members]
    if rare:
        silent = [name for name, those in parts.items() if those == (name,) and not figures[name].voices]
        parts = {name: those for name, those in parts.items() if name not in silent}
        members = tuple(name for name in figures if name in rare or name in silent)
        while not counted.of(members).may_be_shown(k) and parts:
            smallest = min(parts, key=lambda name: (len(parts[name]) == 1, counted.voices(parts[name])))
            members += parts.pop(smallest)
        parts |= {rest: members} if parts else _camps(counted, k, families or {}, rest) or {everything: members}
    order = {name: place for place, name in enumerate(figures)}
    listed = sorted(
        parts.items(), key=lambda part: (part[0] in {rest, everything}, len(part[1]) > 1, order[part[1][0]])
    )
    return tuple(
        Unit(name, members, counted.whole if len(parts) == 1 else counted.of(members)) for name, members in listed
    )


def _camps(
    counted: Counted, k: int, families: Mapping[str, Sequence[str]], rest: str
) -> dict[str, tuple[str, ...]] | None:
    """Two parts of whole families that may both be shown, as even as can be. None when there are none."""
    best, found = 0, None
    for size in range(1, len(families)):
        for some in combinations(families, size):
            ours = tuple(name for name in counted.figures if any(name in families[family] for family in some))
            others = tuple(name for name in counted.figures if name not in ours)
            smaller = min(counted.voices(ours), counted.voices(others))
            if smaller > best and counted.of(ours).may_be_shown(k) and counted.of(others).may_be_shown(k):
                best, found = smaller, {" and ".join(some): ours, rest: others}
    return found


def mostly(counted: Counted, k: int, families: Mapping[str, Sequence[str]]) -> str | None:
    """The theme or family that k people spoke of, while surely fewer than k spoke of anything else. None: there is none.

    To be told only where themes are not told apart otherwise, and where 2k voices leave the rest k values at the least.
    """
    if counted.whole.voices < 2 * k:
        return None
    for name, themes in (*((theme, (theme,)) for theme in counted.figures), *families.items()):
        members = [theme for theme in counted.figures if theme in themes]
        others = [theme for theme in counted.figures if theme not in themes]
        if members and counted.of(members).least >= k and counted.of(others).most < k:
            return name
    return None


def runs(weeks: Counted, k: int) -> Iterator[tuple[Unit, ...]]:
    """Every way to cut a row of weeks into runs that may each be shown; the finest come first, the whole row last."""
    names = tuple(weeks.figures)
    for cuts in range(len(names) - 1, -1, -1):
        for places in combinations(range(1, len(names)), cuts):
            edges = (0, *places, len(names))
            units = []
            for start, end in pairwise(edges):
                members = names[start:end]
                figure = weeks.of(members) if cuts else weeks.whole
                units.append(Unit(_run(members), members, figure))
            if all(unit.count.may_be_shown(k) for unit in units):
                yield tuple(units)


def _name_of(family: str, themes: Sequence[str], parts: Mapping[str, Sequence[str]]) -> str:
    return f"{family}, other themes" if any(name in themes for name in parts) else family


def _run(members: Sequence[str]) -> str:
    return members[0] if len(members) == 1 else f"{members[0]} to {members[-1]}"
