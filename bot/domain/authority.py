"""Who may do what: owners everything, a wave's managers their own wave, nobody else anything."""

from __future__ import annotations

from bot.domain.rollout import Plan, Wave


class NotAllowed(Exception):
    """This person may not do this. `who_can` are the Slack ids of those who may."""

    def __init__(self, act: str, who_can: tuple[str, ...]) -> None:
        """`act` completes the sentence "You cannot …"."""
        super().__init__(act)
        self.act = act
        self.who_can = who_can


def in_charge(plan: Plan, wave: Wave | None = None) -> tuple[str, ...]:
    """Everybody who may act on this wave (or, without a wave, on the rollout as a whole), owners first."""
    managers = wave.managers if wave else ()
    return tuple(dict.fromkeys((*plan.owners, *managers)))


def everybody_in_charge(plan: Plan) -> tuple[str, ...]:
    """Owners and the managers of every wave: who may pause, since a pause only ever protects people."""
    return tuple(dict.fromkeys((*plan.owners, *(m for wave in plan.waves for m in wave.managers))))


def listens(plan: Plan) -> tuple[str, ...]:
    """HR, owners and the contact: who sees the open questions, answers them and looks after the entries."""
    return tuple(dict.fromkeys((*plan.hr, *plan.owners, *((plan.contact,) if plan.contact else ()))))


def may_report(plan: Plan) -> tuple[str, ...]:
    """HR and owners: who sees the themes of the pushback and exports them."""
    return tuple(dict.fromkeys((*plan.hr, *plan.owners)))


def require(person: str, who_can: tuple[str, ...], act: str) -> None:
    """Raise NotAllowed unless `person` is among those who may."""
    if person not in who_can:
        raise NotAllowed(act, who_can)
