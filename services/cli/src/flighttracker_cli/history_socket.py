"""The socket between gateway and historian in one process. Only this user can open it, unlike a port."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flighttracker_gateway.history_client import UNIX


@contextmanager
def history_socket() -> Iterator[tuple[str, socket.socket]]:
    """Listen on a new socket; yields its `history_url`, and the socket."""
    with (
        TemporaryDirectory(prefix="flighttracker-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
    ):
        path = str(Path(folder, "history"))
        listener.bind(path)
        listener.listen()
        yield f"{UNIX}{path}", listener
