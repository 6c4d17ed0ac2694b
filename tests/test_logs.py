"""Logs carry ids and places in the code; never what somebody wrote, whoever does the logging."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs

WORDS = "I object to being watched"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Every line logged since the last time, read as JSON."""
    configure_logs("info", "json")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail(words: str) -> None:
    """Fail with what somebody wrote in the message and in a variable."""
    raise ValueError(words)


def test_an_event_is_one_line(lines: Lines) -> None:
    """Its name, its level, the time in UTC, and the ids that were given."""
    structlog.get_logger().info("step_launched", wave="pilot")
    structlog.get_logger().debug("not_shown")
    [line] = lines()
    assert (line["event"], line["level"], line["wave"]) == ("step_launched", "info", "pilot")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_tells_where_and_not_what(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Its name and the places it passed; neither its message nor a variable's value."""
    configure_logs("info", form)
    try:
        fail(WORDS)
    except ValueError as error:
        structlog.get_logger().error("unforeseen", reference="ab12", exc_info=True)
        structlog.get_logger().error("unforeseen", reference="ab12", exc_info=error)
        logging.getLogger("somebody.elses").exception("it broke: %s", WORDS)
    said = capsys.readouterr().err
    assert said.count("ValueError") == 3
    assert "ab12" in said
    assert "test_logs.py" in said
    assert "object" not in said


def test_other_libraries_are_retold_without_their_words(lines: Lines) -> None:
    """Where it happened is kept, in the same form as our own; what it quotes is not."""
    logging.getLogger("slack_bolt.AsyncApp").error("body: %s", WORDS)
    logging.getLogger("a.library").warning(WORDS)
    logging.getLogger("slack_sdk.web").warning(WORDS)
    first, second = lines()
    assert (first["event"], first["logger"], first["level"]) == ("library", "slack_bolt.AsyncApp", "error")
    assert second["logger"] == "a.library"
    assert first["place"].startswith("test_logs:")
    assert WORDS not in json.dumps([first, second])


def test_what_helps_an_operator_is_kept(lines: Lines) -> None:
    """The web server and the migrations quote nobody."""
    logging.getLogger("uvicorn.error").error("address already in use")
    assert lines()[0]["text"] == "address already in use"
