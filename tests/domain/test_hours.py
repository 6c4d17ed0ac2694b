"""Sign 2 is raised by padding, not by honest work, and never for a few people."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from bot.domain.hours import GroupHours, Reason, RoundHours, judge
from bot.domain.hours_chance import at_least, at_least_equal, several_agree, share_interval
from bot.domain.hours_record import Entry
from tests.hours import heldout
from tests.hours.simulator import HONEST, honest_office, padded_office

K = 5


def figures_of(groups: tuple[GroupHours, ...]) -> RoundHours:
    """The figures of the only group."""
    assert len(groups) == 1
    assert groups[0].figures is not None
    return groups[0].figures


@pytest.mark.parametrize("kind", HONEST)
def test_honest_months_raise_nothing(kind: str) -> None:
    """However people honestly log, timed or typed, full-time or part-time, no sign is raised."""
    raised = 0
    for seed in range(12):
        rng = random.Random(f"honest {kind} {seed}")
        raised += figures_of(judge(honest_office(rng, kind, rng.choice((5, 8, 20))).entries(rng), k=K)).sign
    assert raised == 0


@pytest.mark.parametrize("base", ["timer", "five", "mixed"])
@pytest.mark.parametrize("way", ["exact", "topped", "later exact", "later topped", "40% exact"])
def test_padding_is_seen(base: str, way: str) -> None:
    """Exact days, days topped up, from the start or after two weeks, by all or by two fifths of a group."""
    seen = 0
    for seed in range(5):
        rng = random.Random(f"{base} {way} {seed}")
        seen += figures_of(judge(padded_office(rng, f"{base} {way}", 10).entries(rng), k=K)).sign
    assert seen == 5


@pytest.mark.parametrize(
    ("base", "way", "reason"),
    [
        ("timer", "later halves", Reason.CHANGE),
        ("fifteen", "later halves", Reason.CHANGE),
        ("timer", "topped", Reason.CONTRACT),
    ],
)
def test_the_reason_is_the_right_one(base: str, way: str, reason: Reason) -> None:
    """What the report gives as the reason is what the group did."""
    rng = random.Random(3)
    assert reason in figures_of(judge(padded_office(rng, f"{base} {way}", 10).entries(rng), k=K)).reasons


@pytest.mark.parametrize("habit", heldout.HABITS)
def test_months_of_another_making(habit: str) -> None:
    """A simulator that the rules were not tuned on gives the same answers."""
    rng = random.Random(habit)
    assert not figures_of(judge(heldout.month(rng, habit, None, 9), k=K)).sign
    assert figures_of(judge(heldout.month(rng, habit, "fill later", 9), k=K)).sign


def in_days(person: int, lengths: Callable[[int], list[float]], start: float | None = None) -> Iterator[Entry]:
    """Four working weeks of one person."""
    for day in (each for each in range(28) if each % 7 < 5):
        for length in lengths(day):
            yield Entry("all", person, heldout.FIRST_DAY + 5 + day, length, start)


def test_two_people_are_never_a_sign() -> None:
    """Two people who pad as plainly as can be, among honest ones, are not pointed at."""
    rng = random.Random(1)
    for padders, raised in ((2, False), (4, True)):
        entries = [
            each
            for person in range(10)
            for each in in_days(
                person,
                (lambda _: [100.0, 380.0])
                if person < padders
                else (lambda _: [rng.uniform(50, 300), rng.uniform(50, 300)]),
            )
        ]
        assert figures_of(judge(entries, k=K)).sign is raised


def test_small_groups_have_no_figures() -> None:
    """A group under k gets nothing, and does not keep another from being judged."""
    entries = [
        Entry("small" if person < 4 else "large", person, 739_000 + day, 480.0)
        for person in range(12)
        for day in range(20)
    ]
    small, large = judge(entries, k=K)[1], judge(entries, k=K)[0]
    assert (small.group, small.figures) == ("small", None)
    assert large.figures is not None
    assert large.figures.sign
    assert (large.figures.people, large.figures.contract_days_share, large.figures.round_share) == (8, 1.0, 1.0)


def test_a_day_split_among_clients_is_one_day() -> None:
    """Days filled up to eight hours over two clients are seen in both clients' groups."""
    rng = random.Random(5)
    entries = []
    for person in range(8):
        for day in (each for each in range(28) if each % 7 < 5):
            part = float(rng.randint(40, 440))
            entries += [Entry("a", person, 739_000 + day, part), Entry("b", person, 739_000 + day, 480.0 - part)]
    found = [each.figures for each in judge(entries, k=K)]
    assert all(each is not None and each.reasons == (Reason.CONTRACT,) for each in found)


def test_lengths_on_half_hours_from_starts_off_them() -> None:
    """A clock noted the start to the second, and every length is on a half hour: lengths were changed."""
    rng = random.Random(8)
    entries = [
        Entry("all", person, 739_000 + day, 30.0 * rng.randint(1, 6), rng.randrange(480 * 60, 1000 * 60) / 60)
        for person in range(8)
        for day in range(20)
        for _ in range(3)
    ]
    assert Reason.STARTS in figures_of(judge(entries, k=K)).reasons


def test_full_hours_only() -> None:
    """Nearly everybody's lengths in full hours are coarser than natural typing."""
    rng = random.Random(8)
    entries = [
        Entry("all", person, 739_000 + day, 60.0 * rng.randint(1, 4))
        for person in range(8)
        for day in range(20)
        for _ in range(2)
    ]
    assert Reason.FULL_HOURS in figures_of(judge(entries, k=K)).reasons


def test_the_same_export_gives_the_same_answer() -> None:
    """Neither chance nor the order of the rows has a part in the answer."""
    rng = random.Random(2)
    entries = list(honest_office(rng, "mixed", 12).entries(rng))
    shuffled = entries[:]
    rng.shuffle(shuffled)
    one, other = figures_of(judge(entries, k=K)), figures_of(judge(shuffled, k=K))
    assert one.reasons == other.reasons
    assert (one.low, one.high, one.contract_days_share) == pytest.approx(
        (other.low, other.high, other.contract_days_share)
    )


def test_expected_is_what_chance_gives() -> None:
    """Four of sixty minutes are on a quarter hour, four of a hundred hundredths, two of ten tenths."""
    rng = random.Random(4)
    for lengths, expected in (
        ([float(rng.randint(20, 300)) for _ in range(400)], 4 / 60),
        ([round(rng.uniform(0.3, 5), 2) * 60 for _ in range(400)], 0.04),
        ([round(rng.uniform(0.3, 5), 1) * 60 for _ in range(400)], 0.2),
    ):
        decimal = expected != 4 / 60
        entries = [Entry("all", i % 8, 739_000 + i // 40, each, None, decimal) for i, each in enumerate(lengths)]
        found = figures_of(judge(entries, k=K))
        assert found.expected == pytest.approx(expected)
        assert found.low <= found.round_share <= found.high
        assert found.low <= expected <= found.high


def test_tails_are_exact() -> None:
    """The two ways of reckoning a binomial tail agree, also in the far tail and by the normal approximation."""
    for hits, trials, chance in ((3, 8, 0.1), (20, 20, 0.65), (5, 100, 0.01), (0, 4, 0.5)):
        assert at_least(hits, [chance] * trials) == pytest.approx(at_least_equal(hits, trials, chance), rel=1e-9)
    assert at_least(130, [0.5] * 250) == pytest.approx(at_least_equal(130, 250, 0.5), rel=0.02)
    assert (at_least(9, [0.5] * 8), at_least_equal(1, 8, 0.0), at_least_equal(1, 8, 1.0)) == (0.0, 0.0, 1.0)


def test_agreement_needs_three() -> None:
    """Two people, however odd, are no agreement; three of eight are, three of two hundred are not."""
    assert several_agree([1e-30, 1e-30]) == 1.0
    assert several_agree([1e-30, 1e-30, *[0.5] * 6]) == 1.0
    assert several_agree([1e-4] * 3 + [0.5] * 5) < 1e-8
    assert several_agree([1e-30] * 3 + [0.5] * 197) == 1.0


def test_interval_widens_with_few_and_unlike_people() -> None:
    """The interval counts people, not only entries, and stays within 0 and 1."""
    alike = share_interval([(50, 100)] * 20)
    unlike = share_interval([(100, 100), (0, 100)] * 10)
    assert alike[1] - alike[0] < 0.06
    assert unlike[1] - unlike[0] > 0.3
    assert share_interval([(100, 100)] * 6)[1] == 1.0
    assert share_interval([(5, 10)]) == (0.0, 1.0)
