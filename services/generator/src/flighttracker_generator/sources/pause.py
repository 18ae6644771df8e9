"""Keeps the pause that a server asked for (`Retry-After`) across restarts of the loop and of the process.

A generator that crashes and restarts must not send a request once a minute to a provider that asked for an hour. In a
pod the time is in a file on /tmp, which survives the restart of a container. Called by `polling`.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import Final

LONGEST_MS: Final = 86_400_000
"""As `http.retry_after_s`: a longer pause in the file is not believed."""
_MOST_BYTES: Final = 32
_logger = logging.getLogger(__name__)


class Pause:
    """Time until which a source gets no requests.

    Args:
        directory: where to keep the time; empty keeps it in memory only.
        source: name and address of the source; each has a file of its own.
    """

    def __init__(self, directory: str = "", source: str = "") -> None:
        digest = hashlib.sha256(source.encode()).hexdigest()[:16]
        self._file = Path(directory) / f"pause-{digest}" if directory else None
        self._until_ms = 0

    def until_ms(self, now_ms: int) -> int:
        """Return until when to wait, milliseconds since 1970; a time in the past when there is no pause."""
        if self._file is not None and not self._until_ms:
            self._until_ms = self._read()
        return self._until_ms if self._until_ms <= now_ms + LONGEST_MS else 0

    def begin(self, until_ms: int) -> None:
        """Keep a pause; a file that cannot be written is logged, and the pause holds for this process."""
        self._until_ms = until_ms
        if self._file is None:
            return
        try:
            # The file belongs to this user, and is not a link that somebody else has put there.
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with os.fdopen(os.open(self._file, flags, 0o600), "w") as file:
                file.write(str(until_ms))
        except OSError as error:
            _logger.warning("cannot keep the pause of a source in %s: %s", self._file, error.strerror)

    def _read(self) -> int:
        assert self._file is not None
        try:
            with self._file.open("rb") as file:
                text = file.read(_MOST_BYTES)
        except OSError:
            return 0
        return int(text) if text.isdigit() else 0
