"""The seal of the timeline, and the life of a delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import NEXT, DeliveryState
from bot.domain.timeline import FIRST, Entry, Event, first_broken, seal
from tests.given import MARA, MONDAY

data = st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers()), max_size=4)
chains = st.lists(st.tuples(st.sampled_from(Event), data), max_size=6)


def chain(written: list[tuple[Event, dict[str, str | int]]]) -> list[tuple[Entry, str]]:
    """Entries with their hashes, each sealing the one before it."""
    made: list[tuple[Entry, str]] = []
    for seq, (event, what) in enumerate(written, start=1):
        entry = Entry("r", seq, MONDAY, MARA, event, what, made[-1][1] if made else FIRST)
        made.append((entry, seal(entry)))
    return made


@given(chains)
def test_a_chain_is_whole_and_every_part_of_it_counts(written: list[tuple[Event, dict[str, str | int]]]) -> None:
    """As written it is whole; without its last entry, or with two changed places, it is not."""
    made = chain(written)
    head = (len(made), made[-1][1] if made else FIRST)
    assert first_broken(made, head) is None
    if made:
        assert first_broken(made[:-1], head) == len(made)
        assert first_broken(made[1:], head) == 1
        assert first_broken([*made, made[-1]], head) is not None
        assert first_broken(made, (head[0] + 1, head[1])) is not None
    if len(made) > 1:
        assert first_broken([made[1], made[0], *made[2:]], head) == 1


@given(data, data)
def test_other_words_have_another_seal(one: dict[str, str | int], other: dict[str, str | int]) -> None:
    """Two entries have one seal only if they say the same, in whatever order it was put down."""
    entry = Entry("r", 1, MONDAY, MARA, Event.PAUSED, one, FIRST)
    same = seal(entry) == seal(replace(entry, data=other))
    assert same is (one == other)
    assert seal(entry) == seal(replace(entry, data=dict(reversed(one.items()))))


def test_a_moment_has_one_seal() -> None:
    """Whatever zone it was written down in: a database gives it back in UTC."""
    entry = Entry("r", 1, MONDAY, MARA, Event.PAUSED, {}, FIRST)
    elsewhere = replace(entry, at=MONDAY.astimezone(timezone(timedelta(hours=5, minutes=45))))
    assert seal(elsewhere) == seal(entry)


def test_every_field_is_sealed() -> None:
    """Who, when, what and where: none can be changed alone."""
    entry = Entry("r", 1, MONDAY, MARA, Event.PAUSED, {"because": "x"}, FIRST)
    others = [
        replace(entry, rollout_id="s"),
        replace(entry, seq=2),
        replace(entry, at=MONDAY + timedelta(microseconds=1)),
        replace(entry, actor="U2"),
        replace(entry, event=Event.RELAUNCHED),
        replace(entry, data={"because": "y"}),
        replace(entry, data={"becaus": "ex"}),
        replace(entry, data={"version": "1"}),
        replace(entry, data={"version": 1}),
        replace(entry, sealed="1" * 64),
    ]
    assert len({seal(each) for each in (entry, *others)}) == len(others) + 1


def test_every_state_can_be_reached_and_settled() -> None:
    """From pending every state can come; from each but the two last ones there is a way to `sent`."""

    def reachable(state: DeliveryState) -> set[DeliveryState]:
        seen, todo = {state}, [state]
        while todo:
            new = NEXT[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    assert set(NEXT) == set(DeliveryState)
    assert reachable(DeliveryState.PENDING) == set(DeliveryState)
    ends = {state for state in DeliveryState if not NEXT[state]}
    assert ends == {DeliveryState.SENT, DeliveryState.CANCELLED}
    for state in set(DeliveryState) - ends:
        assert DeliveryState.SENT in reachable(state)
    assert DeliveryState.SENDING not in NEXT[DeliveryState.UNSURE], "what may be in Slack already is looked for first"
    assert DeliveryState.PENDING not in NEXT[DeliveryState.SENT]
