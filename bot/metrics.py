"""Figures for an operator's monitoring, in Prometheus's form, none of which moves because somebody asked or spoke.

Whoever may read /metrics reads it every few seconds, so a counter of questions would be a list of their times. Therefore
what belongs to somebody asking, answering a check-in or noting what was heard is not counted at all (bot/confidence.py
says what that is), no label holds a person or a text, and durations are rounded up to a few coarse bounds, so that not
even their sums tell that something small went on beside them. What the process itself uses is not told either: its
processor time moves with every question.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot import confidence
from bot.domain.delivery import DeliveryState

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
OTHER = "other"
BOUNDS = (0.05, 0.25, 1.0, 3.0, 10.0, 60.0)
"""Seconds. 0.05 is what an acknowledgement should take, 3 what Slack waits for, 10 what our client waits for."""
STATUSES = frozenset({"400", "401", "408", "413", "415", "503"})
METHODS = frozenset(
    {
        "apps.connections.open",
        "auth.test",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.members",
        "conversations.open",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "files.info",
        "response_url",
        "users.info",
        "users.list",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
    }
)
"""What Slack is asked for; anything else counts as `other`, so that no label can grow without bound."""
UNSETTLED = (
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.UNSURE,
    DeliveryState.FAILED,
    DeliveryState.AMBIGUOUS,
)
"""The states that messages should leave again."""

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
"""Our own: the library's brings the process's processor time along."""


class Kind(StrEnum):
    """What somebody did in Slack that is counted. Asking is not among them."""

    ROLLOUT = "rollout"
    PUSHBACK = "pushback"
    OTHER = "other"
    CLICK = "click"
    FORM = "form"
    MEMBERSHIP = "membership"


class Ending(StrEnum):
    """How it ended: `refused` is a sentence that says why not, `failed` an apology."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class CallEnding(StrEnum):
    """What became of a call to Slack."""

    ANSWERED = "answered"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"


_requests = Counter(
    "foreword_requests", "Commands, clicks, forms, comings and goings.", ["kind", "ending"], registry=REGISTRY
)
_request_seconds = Histogram(
    "foreword_request_seconds", "How long handling them took, rounded up.", ["kind"], buckets=BOUNDS, registry=REGISTRY
)
_turned_away = Counter("foreword_turned_away", "Requests that were not Slack's.", ["status"], registry=REGISTRY)
_calls = Counter("foreword_slack_calls", "Calls to Slack by method.", ["method", "ending"], registry=REGISTRY)
_call_seconds = Histogram(
    "foreword_slack_call_seconds", "How long they took, rounded up.", buckets=BOUNDS, registry=REGISTRY
)
_deliveries = Counter("foreword_deliveries", "Messages that came to a state.", ["state"], registry=REGISTRY)
_ticks = Counter("foreword_ticks", "Regular jobs.", ["job", "ending"], registry=REGISTRY)
_tick_seconds = Histogram(
    "foreword_tick_seconds", "How long they took, rounded up.", ["job"], buckets=BOUNDS, registry=REGISTRY
)
_outbox = Gauge("foreword_outbox", "Messages that are not settled, by state.", ["state"], registry=REGISTRY)
_oldest = Gauge(
    "foreword_outbox_oldest_seconds", "How long the first message in the queue has waited.", registry=REGISTRY
)
_matching = Gauge(
    "foreword_matching_seconds", "How long understanding a question of the book takes.", registry=REGISTRY
)
_ready = Gauge("foreword_ready", "Whether each part of /readyz is well.", ["part"], registry=REGISTRY)

_REQUEST = {(kind, ending): _requests.labels(kind, ending) for kind in Kind for ending in Ending}
_REQUEST_SECONDS = {kind: _request_seconds.labels(kind) for kind in Kind}
_CALL = {(method, ending): _calls.labels(method, ending) for method in (*METHODS, OTHER) for ending in CallEnding}
for _state in DeliveryState:
    _deliveries.labels(_state)


def request_done(kind: Kind, ending: Ending, began: float) -> None:
    """Count something that somebody did in Slack, unless it belongs to asking. `began` is by `time.perf_counter`."""
    if not confidence.kept():
        _REQUEST[kind, ending].inc()
        _REQUEST_SECONDS[kind].observe(_rounded(time.perf_counter() - began))


def turned_away(status: int) -> None:
    """Count a request that was refused before anybody looked at what it wants."""
    _turned_away.labels(str(status) if str(status) in STATUSES else OTHER).inc()


def slack_called(method: str, ending: CallEnding, seconds: float) -> None:
    """Count a call to Slack, unless it belongs to asking."""
    if not confidence.kept():
        _CALL[method if method in METHODS else OTHER, ending].inc()
        _call_seconds.observe(_rounded(seconds))


def delivery_settled(state: DeliveryState) -> None:
    """Count a message that came to a state."""
    _deliveries.labels(state).inc()


@contextmanager
def tick(job: str) -> Iterator[None]:
    """Count a regular job. `job` is one of a fixed few."""
    began, ending = time.perf_counter(), "failed"
    try:
        yield
        ending = "done"
    finally:
        _ticks.labels(job, ending).inc()
        _tick_seconds.labels(job).observe(_rounded(time.perf_counter() - began))


def queue_is(states: Mapping[DeliveryState, int], oldest_seconds: float) -> None:
    """How the outbox stands."""
    for state in UNSETTLED:
        _outbox.labels(state).set(states.get(state, 0))
    _oldest.set(round(oldest_seconds))


def matching_takes(seconds: float) -> None:
    """How long the bot took over a question that it asked itself."""
    _matching.set(round(seconds, 4))


def part_is(part: str, *, ok: bool) -> None:
    """Whether a part of /readyz is well."""
    _ready.labels(part).set(1 if ok else 0)


def exposition() -> bytes:
    """Everything, as Prometheus reads it."""
    return generate_latest(REGISTRY)


def _rounded(seconds: float) -> float:
    """The bound below which this lies: a duration to the microsecond would tell what went on beside it."""
    return next((bound for bound in BOUNDS if seconds <= bound), 2 * BOUNDS[-1])
