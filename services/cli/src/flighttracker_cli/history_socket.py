"""The socket between gateway and historian in one process. Only this user can open it, unlike a port."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flighttracker.errors import StartError
from flighttracker_gateway.history_client import UNIX


@contextmanager
def history_socket() -> Iterator[tuple[str, socket.socket]]:
    """Listen on a new socket; yields its `history_url`, and the socket.

    Raises:
        StartError: no folder for temporary files can be written to, as in a read-only container.
    """
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(TemporaryDirectory(prefix="flighttracker-"))
            listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            path = str(Path(folder, "history"))
            listener.bind(path)
            listener.listen()
        except OSError as error:
            raise StartError(f"no folder for temporary files can be written to: {error.strerror}") from error
        yield f"{UNIX}{path}", listener
