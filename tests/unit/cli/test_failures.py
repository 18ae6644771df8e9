"""How the command ends after a failure: one line and an exit code, a traceback only with --log-level debug."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator

import pytest

from flighttracker.errors import SourceError
from flighttracker_cli.main import main


@pytest.fixture(autouse=True)
def _restored_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def exit_code_of(monkeypatch: pytest.MonkeyPatch, failure: BaseException, *options: str) -> object:
    def fail(_: str) -> None:
        raise failure

    monkeypatch.setattr("flighttracker_cli.validate.read_resources", fail)
    monkeypatch.setattr(sys, "argv", ["flighttracker", "validate", "a.yaml", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_a_bug_is_one_line_that_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(monkeypatch, ZeroDivisionError("division by zero")) == 1
    assert capsys.readouterr().err == (
        "error: this is a bug: ZeroDivisionError: division by zero (--log-level debug shows where)\n"
    )


def test_a_bug_shows_its_traceback_with_log_level_debug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(monkeypatch, ZeroDivisionError("division by zero"), "--log-level", "debug") == 1
    shown = capsys.readouterr().err
    assert "Traceback (most recent call last)" in shown
    assert shown.endswith("ZeroDivisionError: division by zero\n")


def test_an_error_that_may_succeed_later_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(monkeypatch, SourceError("no answer", reason="timeout")) == 1
    assert capsys.readouterr().err == "error: no answer\n"


def test_ctrl_c_exits_a_short_command_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_of(monkeypatch, KeyboardInterrupt()) == 130


@pytest.mark.parametrize(("interrupts", "code"), [([signal.SIGINT], 0), ([], 1)])
def test_ctrl_c_that_a_library_turns_into_another_exception_ends_local_with_0(
    interrupts: list[int], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ImportError("cannot import a C extension")

    monkeypatch.setattr("flighttracker_cli.local.run_local", fail)
    monkeypatch.setattr("flighttracker_cli.interrupts._received", interrupts)
    monkeypatch.setattr("flighttracker_cli.main.remember_interrupts", lambda: None)
    monkeypatch.setattr(sys, "argv", ["flighttracker", "local"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert ("Stopped." in capsys.readouterr().out) == (code == 0)
