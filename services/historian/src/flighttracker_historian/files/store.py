"""`Store`: where the files of a history are. A folder (also a volume) here, a bucket in `s3`.

Methods block: callers run them in a thread. All paths are relative to the store, with `/`.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import pyarrow as pa

from flighttracker.errors import RetryableError, StartError

_LOCK: Final = ".lock"
_WRITING: Final = ".writing"
"""Folder of files that are not whole yet. A data set of Hive ignores names with a dot."""


class StoreError(RetryableError):
    """The store is unavailable, full, or rejects a request."""


class StoredFile(NamedTuple):
    """A file that is whole: its path and its size in bytes."""

    path: str
    size_bytes: int


class Store(Protocol):
    """Where files are. Every method raises `StoreError` if the store fails."""

    @property
    def name(self) -> str:
        """Name for messages: the folder, or the bucket with its prefix."""

    def files(self) -> list[StoredFile]:
        """Return all files that are whole, also those that are not of a history."""

    def open(self, path: str) -> AbstractContextManager[pa.NativeFile]:
        """Open a file for reading at any place.

        Raises:
            FileNotFoundError: it was removed meanwhile, by compaction or retention.
        """

    def write(self, path: str, content: pa.Buffer) -> None:
        """Write a file. It appears whole, or not at all, and is durable afterwards; an existing one is replaced."""

    def remove(self, path: str) -> None:
        """Remove a file, if it exists."""


class FolderStore:
    """A folder. One historian writes into it; any number of processes may read.

    Args:
        folder: created with the first file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    def files(self) -> list[StoredFile]:
        """Return all whole files; not pipes and the like, which would block whoever opens them."""
        found: list[StoredFile] = []
        with self._errors("list"):
            for folder, folders, names in os.walk(self._folder, onerror=_raise):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                for name in sorted(names):
                    # Another process may remove a file between the two calls.
                    with suppress(FileNotFoundError):
                        path = Path(folder, name)
                        about = path.stat()
                        if stat.S_ISREG(about.st_mode):
                            found.append(StoredFile(path.relative_to(self._folder).as_posix(), about.st_size))
        return found

    @contextmanager
    def open(self, path: str) -> Iterator[pa.NativeFile]:
        """Open a file for reading; the pages come from the page cache of the system.

        Not mapped into memory: whoever reads pages of a file that is cut off meanwhile is killed by a signal.
        """
        with self._errors("read"), pa.OSFile(str(self._folder / path)) as file:
            yield file

    def write(self, path: str, content: pa.Buffer) -> None:
        """Write aside, flush to the disk, and rename."""
        target, aside = self._folder / path, self._folder / _WRITING / Path(path).name
        with self._errors("write"):
            aside.parent.mkdir(parents=True, exist_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with aside.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                aside.rename(target)
            except OSError:
                aside.unlink(missing_ok=True)
                raise
            for folder in (target.parent, target.parent.parent, self._folder):
                _flush_folder(folder)

    def remove(self, path: str) -> None:
        """Remove a file, and the folders of its hour and date if they are empty."""
        target = self._folder / path
        with self._errors("remove"):
            target.unlink(missing_ok=True)
            for folder in (target.parent, target.parent.parent):
                with suppress(OSError):  # it has other files
                    folder.rmdir()

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Keep other writers out of the folder, and remove what a killed one left aside.

        Raises:
            StartError: another process writes into the folder, or it cannot be written to.
        """
        aside = self._folder / _WRITING
        try:
            aside.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(f"cannot keep a history in {self._folder}: {error.strerror}") from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"another process keeps a history in {self._folder}: each needs its own folder"
                raise StartError(message) from error
            for file in aside.glob("*"):
                file.unlink(missing_ok=True)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _errors(self, action: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreError(f"cannot {action} {self._folder}: {error.strerror or error}") from error


def _raise(error: OSError) -> None:
    # The folder is created with the first file, and that of an hour may be removed meanwhile.
    if not isinstance(error, FileNotFoundError):
        raise error


def _flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk: a rename is durable only then."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
