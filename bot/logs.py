"""Logs: ids of rollouts, waves, steps and deliveries; never what somebody wrote, never a payload, never a variable's value."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor

QUIET = ("slack_bolt", "slack_sdk", "aiohttp", "apscheduler", "uvicorn", "asyncio", "httpx")
"""Libraries that quote requests when they talk; Bolt logs a whole body on a bad signature."""


def configure_logs(level: str = "info", form: str = "json") -> None:
    """Write one line per event to standard error. `level` is debug, info, warning or error; `form` json or console."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="%(name)s %(levelname)s", stream=sys.stderr, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_NoMessage())


class _NoMessage(logging.Formatter):
    """Other libraries' messages may quote what people wrote, so only where they come from is kept."""

    def format(self, record: logging.LogRecord) -> str:
        """The logger, the level, and the place in the code."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return f"{record.levelname.lower()} {record.name} {record.module}:{record.lineno} {error}".rstrip()


def _without_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception becomes the places that it passed through: its message may quote what people wrote."""
    if not event.pop("exc_info", None):
        return event
    trace = sys.exc_info()[2]
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    event["trace"] = places
    return event
