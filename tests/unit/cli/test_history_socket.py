"""Gateway and historian of one process talk through a socket, if there is a folder for it."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flighttracker.errors import StartError
from flighttracker_cli.history_socket import history_socket
from flighttracker_gateway.history_client import UNIX

OTHER_PROCESS = """
import sys
from flighttracker_cli.history_socket import history_socket
with history_socket() as (url, _):
    print(url, flush=True)
    sys.stdin.read()
"""
OLDER_PROCESS = """
import socket, sys, tempfile
with tempfile.TemporaryDirectory(prefix="flighttracker-") as folder, socket.socket(socket.AF_UNIX) as listener:
    listener.bind(f"{folder}/history")
    listener.listen()
    print(f"unix:{folder}/history", flush=True)
    sys.stdin.read()
"""
"""As before folders had a lock."""


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for temporary files. A socket's path has at most 108 characters, so pytest's is too deep."""
    with tempfile.TemporaryDirectory(prefix="ft") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@contextmanager
def other_process(script: str = OTHER_PROCESS) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """Yield the socket of another process, and that process."""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Path(process.stdout.readline().strip().removeprefix("unix:")), process
        finally:
            process.kill()


def killed_process() -> Path:
    """Return the folder that a killed process left behind."""
    with other_process() as (path, process):
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert path.is_socket()
    return path.parent


def test_only_this_user_can_open_it_and_it_ends_with_the_block() -> None:
    with history_socket() as (url, _):
        path = Path(url.removeprefix(UNIX))
        assert path.parent.stat().st_mode & 0o777 == 0o700
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    assert not path.parent.exists()


def test_without_a_folder_for_temporary_files_it_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a read-only container, whose working directory is /tmp, too."""

    def fail() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp', '/var/tmp', '/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", fail)
    with pytest.raises(StartError) as raised, history_socket():
        pass
    assert str(raised.value) == (
        "no folder for temporary files can be written to, such as /tmp; TMPDIR names another folder"
    )


@pytest.mark.parametrize(
    ("folder", "reason"), [("missing", "No such file or directory"), ("a" * 120, "AF_UNIX path too long")]
)
def test_a_folder_that_cannot_have_a_socket_is_named_with_the_reason(
    folder: str, reason: str, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    parent = temporary / folder
    if folder != "missing":
        parent.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(parent))
    message = f"cannot use {parent} for temporary files: {reason}; TMPDIR names another folder"
    with pytest.raises(StartError, match=f"^{re.escape(message)}$"), history_socket():
        pass


def test_the_folder_of_a_killed_process_is_removed_at_the_next_start(temporary: Path) -> None:
    folder = killed_process()
    with history_socket() as (url, _):
        assert list(temporary.glob("*/*")) == [Path(url.removeprefix(UNIX))]
    assert not folder.exists()


@pytest.mark.parametrize("script", [OTHER_PROCESS, OLDER_PROCESS], ids=["locked", "older"])
def test_the_folder_of_a_running_process_stays(script: str) -> None:
    with other_process(script) as (path, _), history_socket(), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_what_is_not_such_a_folder_stays(temporary: Path) -> None:
    """A folder with more than the socket, a file of that name, an empty folder, and a link to a folder left behind."""
    with_more = killed_process()
    (with_more / "notes").touch()
    (temporary / "flighttracker-files").mkdir()
    (temporary / "flighttracker-files/history").touch()
    (temporary / "flighttracker-empty").mkdir()
    (temporary / "elsewhere").mkdir()
    (temporary / "flighttracker-link").symlink_to(temporary / "elsewhere")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(temporary / "elsewhere/history"))
    before = sorted(temporary.rglob("*"))
    with history_socket():
        pass
    assert sorted(temporary.rglob("*")) == before


def test_the_folder_of_another_user_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = killed_process()
    uid = os.getuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with history_socket():
        pass
    assert (folder / "history").is_socket()
