"""The socket between gateway and historian in one process. Only this user can open it, unlike a port.

A process that is killed leaves the socket's folder behind. The next start removes it: its lock has ended.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from flighttracker.errors import StartError
from flighttracker_gateway.history_client import UNIX

_logger = logging.getLogger(__name__)
_PREFIX: Final = "flighttracker-"
_SOCKET: Final = "history"


@contextmanager
def history_socket() -> Iterator[tuple[str, socket.socket]]:
    """Listen on a new socket; yields its `history_url`, and the socket.

    Raises:
        StartError: no folder for temporary files can be written to, as in a read-only container; or no socket can be
            made in it.
    """
    with ExitStack() as stack:
        parent = _temporary_folder()
        try:
            _remove_left_behind(parent)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX)))
            stack.callback(os.close, _locked(folder))
            listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            path = folder / _SOCKET
            listener.bind(str(path))
            listener.listen()
        except OSError as error:
            # Python's own errors, such as that of a path that is too long for a socket, have no `strerror`.
            reason = error.strerror or error
            message = f"cannot use {parent} for temporary files: {reason}; TMPDIR names another folder"
            raise StartError(message) from error
        yield f"{UNIX}{path}", listener


def _temporary_folder() -> Path:
    """Return the folder for temporary files.

    Raises:
        StartError: there is none. Python's own message repeats folders.
    """
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        message = "no folder for temporary files can be written to, such as /tmp; TMPDIR names another folder"
        raise StartError(message) from error


def _remove_left_behind(parent: Path) -> None:
    """Remove this user's socket folders whose process is gone."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            descriptor = _locked(folder)
        except OSError:  # in use, of another user, or no folder
            continue
        try:
            if _is_left_behind(folder, descriptor):
                os.unlink(_SOCKET, dir_fd=descriptor)
                folder.rmdir()
        except OSError as error:
            _logger.warning("could not remove %s: %s", folder, error.strerror)
        finally:
            os.close(descriptor)


def _locked(folder: Path) -> int:
    """Lock a folder and return its descriptor.

    Raises:
        OSError: it is locked, cannot be opened, or is a link.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_left_behind(folder: Path, descriptor: int) -> bool:
    """Return whether a folder is this user's and has only a socket that nobody listens on.

    Versions without the lock listen, too.
    """
    if os.fstat(descriptor).st_uid != os.geteuid() or os.listdir(descriptor) != [_SOCKET]:
        return False
    if not stat.S_ISSOCK(os.stat(_SOCKET, dir_fd=descriptor, follow_symlinks=False).st_mode):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.setblocking(False)
        try:
            client.connect(str(folder / _SOCKET))
        except ConnectionRefusedError:
            return True
        except BlockingIOError:  # its queue is full
            return False
    return False
