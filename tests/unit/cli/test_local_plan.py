"""What `flighttracker local` adds to a plan: a history, or why there is none, and the names of this computer."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from flighttracker.errors import StartError
from flighttracker.spec import parse_tracker
from flighttracker_cli.local_plan import LOOPBACK_NAMES, history_folder, local_history, plan_local

TRACKER = parse_tracker(
    "apiVersion: flighttracker.io/v1beta1\nkind: FlightTracker\nmetadata: {name: minimal}\nspec: {}",
    source="minimal.yaml",
)


@pytest.fixture
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home folder: a number that no file of users has, and no HOME."""

    def fail() -> NoReturn:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", fail)


@pytest.mark.usefixtures("_no_home")
def test_a_user_without_a_home_gets_the_map_without_a_past(caplog: pytest.LogCaptureFixture) -> None:
    assert local_history(TRACKER, None, None) is None
    (line,) = caplog.messages
    assert line == (
        "no history is kept: this user has no home folder: name a folder for the history with --history DIR. "
        "To run without a history, set FLIGHTTRACKER_HISTORY=off, or add --history off"
    )


@pytest.mark.usefixtures("_no_home")
def test_without_a_home_a_folder_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    named = local_history(TRACKER, str(tmp_path), None)
    assert named is not None
    assert named.folder == str(tmp_path)
    assert local_history(TRACKER, "off", None) is None
    with pytest.raises(StartError, match="this user has no home folder"):
        history_folder("minimal")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert history_folder("minimal") == tmp_path / "flighttracker/history/minimal"
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("host", "spec", "names"),
    [
        ("127.0.0.1", "{}", (*LOOPBACK_NAMES, "127.0.0.1")),
        ("::1", "{}", (*LOOPBACK_NAMES, "::1")),
        ("localhost", "{ingress: {host: a.example}}", (*LOOPBACK_NAMES, "localhost", "a.example")),
        (
            "127.0.0.2",
            "{gateway: {allowedOrigins: ['https://b.example:8443', 'https://*.c.example']}}",
            (*LOOPBACK_NAMES, "127.0.0.2", "b.example", "*.c.example"),
        ),
        ("127.0.0.1", "{gateway: {allowedOrigins: ['*']}}", ()),
        ("127.0.0.1", "{gateway: {trustedProxies: ['127.0.0.1']}}", ()),
        ("0.0.0.0", "{}", ()),
        ("192.168.1.4", "{}", ()),
        ("map.example", "{}", ()),
    ],
)
def test_only_the_names_of_this_computer_are_answered_where_nobody_else_can_connect(
    host: str, spec: str, names: tuple[str, ...]
) -> None:
    tracker = parse_tracker(
        f"apiVersion: flighttracker.io/v1beta1\nkind: FlightTracker\nmetadata: {{name: minimal}}\nspec: {spec}",
        source="minimal.yaml",
    )
    assert plan_local(tracker, secrets=None, host=host).gateway.allowed_hosts == names
