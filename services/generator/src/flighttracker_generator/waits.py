"""What a generator waits for, so that it can be told by `/health`."""

from __future__ import annotations

from typing import Final, Literal

Server = Literal["kafka", "registry"]
MAX_CHARACTERS: Final = 300


class Waits:
    """The servers that do not answer, and their last words."""

    def __init__(self) -> None:
        self._words: dict[Server, str] = {}

    def note(self, server: Server, words: str) -> None:
        """Take what came of the last attempt: nothing when the server answered."""
        if words:
            self._words[server] = words[:MAX_CHARACTERS]
        else:
            self._words.pop(server, None)

    def told(self) -> dict[Server, str]:
        """Return the words by server."""
        return dict(self._words)
