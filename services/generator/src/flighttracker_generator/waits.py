"""Servers that a generator or a starting gateway waits for; `/health` shows them."""

from __future__ import annotations

from typing import Final, Literal

Server = Literal["kafka", "registry"]
MAX_CHARACTERS: Final = 300


class Waits:
    """The unavailable servers, with the last error of each."""

    def __init__(self) -> None:
        self._errors: dict[Server, str] = {}

    def note(self, server: Server, error: str) -> None:
        """Note the result of the last attempt: its error, or an empty text if it succeeded."""
        if error:
            self._errors[server] = error[:MAX_CHARACTERS]
        else:
            self._errors.pop(server, None)

    def errors(self) -> dict[Server, str]:
        """Return the last error by server."""
        return dict(self._errors)
