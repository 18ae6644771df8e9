"""Gateway and historian of one process talk through a socket, if there is a folder for it."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest

from flighttracker.errors import StartError
from flighttracker_cli.history_socket import history_socket
from flighttracker_gateway.history_client import UNIX


def test_only_this_user_can_open_it_and_it_ends_with_the_block() -> None:
    with history_socket() as (url, _):
        path = Path(url.removeprefix(UNIX))
        assert path.parent.stat().st_mode & 0o777 == 0o700
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    assert not path.parent.exists()


def test_without_a_folder_for_temporary_files_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(StartError, match="no folder for temporary files can be written to"), history_socket():
        pass
