"""`Credits`: the remaining credits of an OpenSky account. Pure; `opensky` adds the headers of each answer.

An account has a fixed number of credits a day. A request costs one to four, depending on its area. Without credits,
OpenSky answers 429 until the next day. The log warns before that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HEADER: Final = "X-Rate-Limit-Remaining"
_MOST_DIGITS: Final = 9
FEW_REQUESTS: Final = 20


class Credits:
    """The credits of one account.

    Attributes:
        remaining: credits that are left, None until OpenSky has sent a number.
        cost: credits of the latest request, None until two answers have shown it.
    """

    def __init__(self) -> None:
        self.remaining: int | None = None
        self.cost: int | None = None
        self._is_few = False

    def hear(self, headers: Mapping[str, str], interval_s: float) -> str:
        """Add the headers of one answer; return the line to log, which may be empty.

        Args:
            headers: of the answer.
            interval_s: from one request to the next, in seconds.
        """
        sent = headers.get(HEADER, "").strip()
        if not (sent.isascii() and sent.isdigit() and len(sent) <= _MOST_DIGITS):
            return ""
        before, self.remaining = self.remaining, int(sent)
        if before is None:
            return f"{self.remaining} credits are left today"
        if self.remaining > before:
            # A new day has begun.
            self._is_few = False
            return f"{self.remaining} credits are left today"
        self.cost = before - self.remaining
        was_few, self._is_few = self._is_few, self.remaining < FEW_REQUESTS * self.cost
        if was_few or not self._is_few:
            return ""
        minutes = self.remaining // self.cost * interval_s / 60
        return (
            f"{self.remaining} credits are left today, enough for {minutes:.0f} minutes; "
            "a longer interval or a smaller area needs fewer"
        )
