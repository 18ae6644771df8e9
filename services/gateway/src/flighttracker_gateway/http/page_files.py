"""The files of a built page, each read and compressed once and then cached in memory.

A browser requests fifteen files when it also needs all aircraft. Without the cache, reading and compressing them took
the gateway three times as long as sending the aircraft, and delayed the tick of every viewer.

`make web` may build the page again while the gateway runs: a file is reloaded if its time or size has changed.
"""

from __future__ import annotations

import gzip
import mimetypes
import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import brotli

from flighttracker_gateway.delivery.answer_cache import FEWEST_BYTES
from flighttracker_gateway.http.codings import coding_for

BROTLI_QUALITY: Final = 4
GZIP_LEVEL: Final = 5
MAX_HELD_BYTES: Final = 64 * 1024 * 1024
"""Most memory of the files. Above it, all are dropped, and read again when they are requested."""

_CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": lambda content: brotli.compress(content, quality=BROTLI_QUALITY),
    "gzip": lambda content: gzip.compress(content, GZIP_LEVEL, mtime=0),
}

# The table of the host differs between machines, and can be wrong.
_TYPES: Final = mimetypes.MimeTypes(filenames=())
_TYPES.add_type("text/javascript", ".js")
_TYPES.add_type("application/manifest+json", ".webmanifest")
_TYPES.add_type("text/tab-separated-values", ".tsv")


class PageFile:
    """One file, as it was read.

    Args:
        name: its name, for its type.
        content: its bytes.
        version: changes with the file.
    """

    def __init__(self, name: str, content: bytes, version: tuple[int, int]) -> None:
        self.version = version
        self.content_type = _TYPES.guess_type(name)[0] or "application/octet-stream"
        self._content = content
        self._coded: dict[str, bytes] = {}

    @property
    def held_bytes(self) -> int:
        """Memory of its contents, in bytes."""
        return len(self._content) + sum(map(len, self._coded.values()))

    def body(self, accept_encoding: str) -> tuple[str, bytes]:
        """Return the content coding to use ("" for none) and the bytes.

        Args:
            accept_encoding: the request's header, "" when it has none.
        """
        coding = coding_for(accept_encoding)
        if not coding or len(self._content) < FEWEST_BYTES:
            return "", self._content
        coded = self._coded.get(coding)
        if coded is None:
            coded = self._coded[coding] = _CODINGS[coding](self._content)
        return (coding, coded) if len(coded) < 0.9 * len(self._content) else ("", self._content)


class PageFiles:
    """Finds the files of one directory.

    Args:
        directory: the built page.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self._files: dict[Path, PageFile] = {}

    @property
    def held_bytes(self) -> int:
        """Memory of all files, in bytes."""
        return sum(file.held_bytes for file in self._files.values())

    def read_all(self) -> None:
        """Read and compress every file, to answer the first request for the page at once.

        Raises:
            FileNotFoundError: a folder went away meanwhile, which a build of the page does.
        """
        for folder, _, names in os.walk(self._directory, onerror=_raise_missing):
            for name in names:
                found = self.find((Path(folder) / name).relative_to(self._directory).as_posix())
                if found is not None:
                    found.body("br")

    def find(self, path: str) -> PageFile | None:
        """Return the file for the path of a URL without its first slash; None if there is none.

        The file of a directory is its `index.html`. No path finds a file outside of the directory.
        """
        parts = PurePosixPath(path).parts
        if ".." in parts or "\0" in path:
            return None
        place = self._directory.joinpath(*parts)
        return self._file(place) or self._file(place / "index.html")

    def _file(self, place: Path) -> PageFile | None:
        held = self._files.get(place)
        try:
            if held is None and not place.resolve().is_relative_to(self._directory):
                return None
            status = place.stat()
            version = (status.st_mtime_ns, status.st_size)
            if held is not None and held.version == version:
                return held
            content = place.read_bytes()
        except (OSError, ValueError):
            self._files.pop(place, None)
            return None
        if self.held_bytes + len(content) > MAX_HELD_BYTES:
            self._files.clear()
        made = self._files[place] = PageFile(place.name, content, version)
        return made


def _raise_missing(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        raise error
