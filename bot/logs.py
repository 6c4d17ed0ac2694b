"""Logs: ids of rollouts, waves, steps and deliveries; never what somebody wrote, never a payload, never a variable's value."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor

from bot import confidence

QUIET = ("slack_bolt", "slack_sdk", "aiohttp", "apscheduler", "asyncio", "httpx", "uvicorn.access")
"""Libraries that talk a lot, and quote requests when they do; only their errors are of use."""
PLAIN_SPOKEN = ("alembic", "uvicorn.error")
"""Libraries whose messages quote nobody, and help an operator."""


def configure_logs(level: str = "info", form: str = "json") -> None:
    """Write one line per event to standard error. `level` is debug, info, warning or error; `form` json or console."""
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else console
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            without_values,
            held_in_confidence,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is now, should somebody replace it
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[Retold()], force=True)


class Retold(logging.Handler):
    """Tells what other libraries log as one of our own events: where it happened, and its text only if that is safe.

    Bolt, for one, logs the whole body of a request whose signature is wrong.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on without what it quotes."""
        if record.levelno < logging.ERROR and _belongs(record.name, QUIET):
            return
        fields = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
        if _belongs(record.name, PLAIN_SPOKEN):
            fields["text"] = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        level = min(record.levelno // 10 * 10, logging.CRITICAL)
        structlog.get_logger().log(max(level, logging.DEBUG), "library", exc_info=error, **fields)


def _belongs(logger: str, libraries: Sequence[str]) -> bool:
    return any(logger == name or logger.startswith(f"{name}.") for name in libraries)


def without_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An exception becomes its name and the places that it passed through: its message may quote what people wrote."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else sys.exc_info()[1]
    if error is not None:
        event.setdefault("error", type(error).__name__)
        event["trace"] = places(error.__traceback__)
    return event


def held_in_confidence(_logger: object, _method: str, event: EventDict) -> EventDict:
    """While somebody asks, a line is kept back: its time would tell when they did."""
    if confidence.kept():
        confidence.hold(json.dumps(event, sort_keys=True, default=str))
        raise structlog.DropEvent
    return event


def tell_held() -> None:
    """Write down what went wrong while people asked, for all of them together and long after each."""
    log = structlog.get_logger(__name__)
    for line, times in confidence.release():
        event = json.loads(line)
        name, level = event.pop("event", "library"), event.pop("level", "warning")
        log.log(logging.getLevelNamesMapping()[level.upper()], name, times=times, **event)


def places(trace: TracebackType | None) -> list[str]:
    """File, line and function of each step, outermost first."""
    passed = []
    while trace is not None:
        code = trace.tb_frame.f_code
        passed.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return passed
