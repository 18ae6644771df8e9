"""Tells a damaged file from a store that fails, and remembers damaged files: they do not count, and cost no other file.

Arrow has the same errors for both. So a file is read once more, without looking at what is in it: if that works, the
store works. `Kept`, the readers and the keeper of one process share a `SetAside`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Final, TypeVar

import pyarrow as pa

from flighttracker.errors import FlightTrackerError
from flighttracker_historian.files.store import Store, StoreError

Parsed = TypeVar("Parsed")

UNREADABLE: Final = (StoreError, OSError, ValueError, LookupError, TypeError, RecursionError, pa.ArrowException)
"""What reading a damaged file may raise."""
TRIES: Final = 2
"""An error that a second try does not have was of the store."""
RETRY_S: Final = 600.0
"""A file that is set aside is tried again after so long: it may have been restored."""
_PIECE_BYTES: Final = 1024 * 1024
_logger = logging.getLogger(__name__)


class DamagedFileError(FlightTrackerError):
    """A file is there, and is not a whole file of a history.

    Attributes:
        path: the file.
    """

    def __init__(self, path: str, cause: BaseException) -> None:
        super().__init__(f"{cause}")
        self.path = path


class SetAside:
    """The files of a store that cannot be read. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retry_s: dict[str, float] = {}
        self._reported: set[str] = set()

    def __len__(self) -> int:
        return len(self._retry_s)

    def add(self, store: Store, path: str, error: BaseException) -> None:
        """Set a file aside, and say so the first time."""
        with self._lock:
            self._retry_s[path] = time.monotonic() + RETRY_S
            is_new = path not in self._reported
            self._reported.add(path)
        if is_new:
            _logger.warning(
                "%s: %s is damaged, so the history has a gap there: restore the file from a copy, or remove it: %s",
                store.name,
                path,
                error,
            )

    def restore(self, path: str) -> None:
        """Count a file again that was read."""
        with self._lock:
            self._retry_s.pop(path, None)

    def keep_only(self, paths: Collection[str]) -> None:
        """Forget files that are no longer in the store."""
        with self._lock:
            self._retry_s = {path: at for path, at in self._retry_s.items() if path in paths}
            self._reported &= set(paths)

    def paths(self) -> set[str]:
        """Return the files that do not count now; without those that are to be tried again."""
        now_s = time.monotonic()
        with self._lock:
            return {path for path, retry_s in self._retry_s.items() if now_s < retry_s}

    def all_paths(self) -> list[str]:
        """Return all of them."""
        with self._lock:
            return list(self._retry_s)


def parsed(store: Store, path: str, parse: Callable[[pa.NativeFile], Parsed]) -> Parsed:
    """Return what `parse` makes of a file.

    Raises:
        DamagedFileError: the file cannot be read, and the store works.
        FileNotFoundError: it was removed meanwhile.
        StoreError: the store is unavailable.
    """
    for _ in range(TRIES):
        try:
            with store.open(path) as file:
                return parse(file)
        except FileNotFoundError:
            raise
        except UNREADABLE as error:
            check_store(store, path)
            last = error
    raise DamagedFileError(path, last) from last


def check_store(store: Store, path: str) -> None:
    """Read a file to its end, whatever it has.

    Raises:
        FileNotFoundError: it was removed meanwhile.
        StoreError: the store is unavailable.
    """
    try:
        with store.open(path) as file:
            size_bytes = file.size()
            while file.tell() < size_bytes:
                file.read(_PIECE_BYTES)
    except StoreError as error:
        # The folder was listed, so the rights of this file alone are wrong.
        if not isinstance(error.__cause__, PermissionError):
            raise
