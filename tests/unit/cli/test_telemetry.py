"""Log lines for people and for machines; importing the module configures nothing."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

import pytest

from flighttracker.telemetry import set_up_logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def log_failure() -> None:
    try:
        int("no number")
    except ValueError:
        logging.getLogger("flighttracker_gateway.delivery.hub").exception("cannot %s", "send")


def test_text_names_time_level_and_role() -> None:
    stream = io.StringIO()
    set_up_logging("info", "text", stream)
    logging.getLogger("flighttracker_gateway.owner.log_reader").info("assigned shard %d", 3)
    logging.getLogger("flighttracker_gateway.owner.log_reader").debug("not shown")
    assert stream.getvalue()[13:] == "INFO    gateway: assigned shard 3\n"


def test_text_shows_the_traceback_below_the_line() -> None:
    stream = io.StringIO()
    set_up_logging("error", "text", stream)
    log_failure()
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("ERROR   gateway: cannot send")
    assert rest[-1] == "  ValueError: invalid literal for int() with base 10: 'no number'"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_what_a_server_said_is_neither_another_line_nor_a_command_of_the_terminal(
    log_format: Literal["text", "json"],
) -> None:
    stream = io.StringIO()
    set_up_logging("info", log_format, stream)
    said = "No\x1b[2J\x9b31m\u202eabc\r\n12:00:00.000 ERROR   gateway: forged\u2028"
    error = ValueError(said)
    logging.getLogger("flighttracker_generator").error(
        "it said %s", said, extra={"fields": {"id": said}}, exc_info=error
    )
    shown = stream.getvalue()
    assert all(character.isprintable() for character in shown.replace("\n", ""))
    first, *rest = shown.splitlines()
    assert "No[2J31mabc" in first
    assert all(line.startswith("  ") for line in rest)


def test_only_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    set_up_logging("info", "text", terminal)
    logging.getLogger("a").warning("careful")
    assert "\x1b[33mWARNING" in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    set_up_logging("info", "text", plain)
    logging.getLogger("a").warning("careful")
    assert "\x1b" not in plain.getvalue()


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    set_up_logging("info", "json", stream)
    logging.getLogger("flighttracker_generator.run").info("said\ntwice")
    log_failure()
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert first["level"] == "info"
    assert first["logger"] == "flighttracker_generator.run"
    assert first["message"] == "said\ntwice"
    assert first["time"].endswith("+00:00")
    assert second["exception"].splitlines()[-1] == "ValueError: invalid literal for int() with base 10: 'no number'"


def test_importing_configures_nothing() -> None:
    code = "import logging, flighttracker.telemetry; print(logging.getLogger().handlers)"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert shown.stdout == "[]\n"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_line_and_no_traceback_has_a_password(log_format: Literal["text", "json"]) -> None:
    stream = io.StringIO()
    set_up_logging("info", log_format, stream)
    url = "http://pi:s3cret@receiver/aircraft.json?key=s3cret"
    try:
        int(url)
    except ValueError:
        logging.getLogger("flighttracker_generator").exception("%s failed", url, extra={"fields": {"source": url}})
    assert "s3cret" not in stream.getvalue()
    assert stream.getvalue().count("http://***@receiver/aircraft.json?key=***") == 3
