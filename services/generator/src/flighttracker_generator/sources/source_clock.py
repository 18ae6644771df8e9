"""`SourceClock`: estimates how far the clock of a source is ahead of ours. Pure; `timeline` uses it.

An answer cannot come before it was written, so a clock that shows a later time than ours is ahead by at least the
difference. A clock that is at most a minute behind is trusted: the answer is as old as it says. A clock that is
further behind, or that steps back, may be a wrong clock or an old answer. Only a wrong clock runs on, so such a clock
is followed when its answers have advanced at the speed of ours for a while. Until then they are taken for old ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TRUSTED_BEHIND_MS: Final = 60_000
"""A clock that is behind by less is trusted: the answer is old."""
JITTER_MS: Final = 2_000
"""Normal variation of the delay of answers."""
LATE_MS: Final = 10_000
"""An answer that is late by less may be one that others overtook."""
OLD_MS: Final = 20_000
"""Answers that are older for as long as a step takes to confirm are remarked."""
USELESS_MS: Final = 3_600_000
"""An answer that is late by more is skipped: no time to live is longer."""
REMARK_INTERVAL_MS: Final = 600_000
CONFIRM_MS: Final = 15_000
CONFIRM_SLIGHT_MS: Final = 30_000
"""How long a clock runs on before it is followed; longer for a step that reordered answers could look like."""
UNSEEN_DELAY_MS: Final = 1_000
"""Assumed age of an answer whose clock is wrong: receivers write their file once a second."""


@dataclass
class _Candidate:
    """A clock that may have stepped."""

    ahead_ms: int
    since_ms: int


class SourceClock:
    """The clock of one source.

    Attributes:
        ahead_ms: how far it is ahead of ours, negative when it is behind.
    """

    def __init__(self) -> None:
        self.ahead_ms = 0
        self._candidate: _Candidate | None = None
        self._next_remark_ms = 0
        self._old_since_ms: int | None = None

    def hear(self, time_ms: int, received_ms: int) -> tuple[bool, str]:
        """Add the time of one answer.

        Args:
            time_ms: time by the source's clock, milliseconds since 1970.
            received_ms: time by our clock when the answer arrived.

        Returns:
            Whether the answer can be shown, and a line to log, which may be empty.
        """
        ahead_ms = time_ms - received_ms
        late_ms = self.ahead_ms - ahead_ms
        if late_ms < 0:
            self._candidate = None
            self.ahead_ms = _assumed(ahead_ms)
            return True, f"its clock is followed: {distance(self.ahead_ms)}" if late_ms < -JITTER_MS else ""
        is_trusted = self.ahead_ms <= JITTER_MS and ahead_ms >= -TRUSTED_BEHIND_MS
        if is_trusted or late_ms <= JITTER_MS:
            self._candidate = None
            return True, self._remark_on_age(late_ms, received_ms)
        return self._consider(ahead_ms, received_ms, late_ms)

    def _remark_on_age(self, late_ms: int, received_ms: int) -> str:
        """Return what to log about answers that are old, or whose trusted clock is behind: positions look as old."""
        if late_ms <= OLD_MS:
            self._old_since_ms = None
            return ""
        if self._old_since_ms is None:
            self._old_since_ms = received_ms
        if received_ms - self._old_since_ms < CONFIRM_MS or not self._may_remark(received_ms):
            return ""
        age_s = late_ms // 1000
        return f"its answers are {age_s} s old or its clock is behind: positions look {age_s} s older than they may be"

    def _may_remark(self, received_ms: int) -> bool:
        if 0 < self._next_remark_ms - received_ms <= REMARK_INTERVAL_MS:
            return False
        self._next_remark_ms = received_ms + REMARK_INTERVAL_MS
        return True

    def _consider(self, ahead_ms: int, received_ms: int, late_ms: int) -> tuple[bool, str]:
        candidate = self._candidate
        is_usable = late_ms <= USELESS_MS
        if candidate is None or abs(ahead_ms - candidate.ahead_ms) > JITTER_MS:
            self._candidate = _Candidate(ahead_ms, received_ms)
            if late_ms <= LATE_MS or not self._may_remark(received_ms):
                return is_usable, ""
            return is_usable, f"its clock stepped back or its answer is old: {distance(ahead_ms)}"
        candidate.ahead_ms = max(candidate.ahead_ms, ahead_ms)
        if received_ms - candidate.since_ms < (CONFIRM_SLIGHT_MS if late_ms <= LATE_MS else CONFIRM_MS):
            return is_usable, ""
        self._candidate = None
        self.ahead_ms = _assumed(candidate.ahead_ms)
        return True, f"its clock is followed: {distance(self.ahead_ms)}"


def _assumed(ahead_ms: int) -> int:
    """Return how far a clock is taken to be ahead that showed this difference when an answer came."""
    if ahead_ms > 0:
        return ahead_ms
    return 0 if ahead_ms >= -TRUSTED_BEHIND_MS else ahead_ms + UNSEEN_DELAY_MS


def distance(ahead_ms: int) -> str:
    """Return a difference of clocks in words."""
    if abs(ahead_ms) < 1_000:
        return "it agrees with ours"
    apart_s = round(abs(ahead_ms) / 1000)
    amount = f"{round(apart_s / 86_400)} days" if apart_s >= 2 * 86_400 else f"{apart_s} s"
    return f"it is {amount} {'ahead of' if ahead_ms > 0 else 'behind'} ours"
