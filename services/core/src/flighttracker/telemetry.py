"""Logging: lines for a person, or one JSON object a line for a machine. Both go to standard error, without credentials
and hidden characters. Text after a line end is indented: whatever a server said, it never looks like another record.

The entry point of a process calls `set_up_logging` once; importing this module has no side effects. Roles log with
`logging.getLogger(__name__)` and configure nothing. Times are UTC with milliseconds. Text is coloured only in a
terminal, and never if NO_COLOR is set (https://no-color.org).
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

from flighttracker.redaction import presentable

LogFormat = Literal["text", "json"]

_DIM: Final = "\x1b[2m"
_RESET: Final = "\x1b[0m"
_COLOURS: Final = {
    logging.DEBUG: "\x1b[2m",
    logging.INFO: "\x1b[32m",
    logging.WARNING: "\x1b[33m",
    logging.ERROR: "\x1b[31m",
    logging.CRITICAL: "\x1b[1;31m",
}

_QUIET_LOGGERS: Final = ("aiokafka", "asyncio", "uvicorn.access", "aiohttp.access")
"""Their INFO lines repeat what metrics count, so they are shown at level debug only."""


def set_up_logging(level: str, log_format: LogFormat, stream: TextIO | None = None) -> None:
    """Send the log of this process to a stream.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        log_format: `text` for a person, `json` for a machine.
        stream: standard error by default.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    coloured = handler.stream.isatty() and "NO_COLOR" not in os.environ
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter(coloured=coloured))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)


class TextFormatter(logging.Formatter):
    """`12:00:00.000 INFO  gateway: message`; without the project's prefix in the name of the logger."""

    def __init__(self, *, coloured: bool) -> None:
        super().__init__()
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, followed by the traceback if there is one."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S.%f")[:-3]
        level = f"{record.levelname:<7}"
        name = record.name.removeprefix("flighttracker_").partition(".")[0]
        if self._coloured:
            time = f"{_DIM}{time}{_RESET}"
            level = f"{_COLOURS.get(record.levelno, '')}{level}{_RESET}"
        text = record.getMessage() + "".join(f" {key}={value}" for key, value in _fields(record).items())
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return f"{time} {level} {name}: {presentable(text)}".replace("\n", "\n  ")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, ids, and `exception` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": presentable(record.getMessage()),
            **{key: presentable(value) if isinstance(value, str) else value for key, value in _fields(record).items()},
        }
        if record.exc_info:
            fields["exception"] = presentable(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False, default=str)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Return the dict that the caller passed as `extra={"fields": …}`, such as ids of a request or session."""
    fields: dict[str, object] = getattr(record, "fields", {})
    return fields
