"""How long to wait before something that failed is tried again. Pure: the caller counts failures and does the waiting.

backoff = Backoff(first_s=1.0, longest_s=10.0)
[backoff.wait_s(failures) for failures in (1, 2, 3, 4, 5)] == [1.0, 2.0, 4.0, 8.0, 10.0]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MOST_STEPS: Final = 100
"""Powers beyond this one could overflow, and every wait has reached its longest before."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that grow with each failure in a row.

    Attributes:
        first_s: wait after the first failure, seconds.
        longest_s: no wait is longer, seconds.
        factor: each wait is this many times the one before.
    """

    first_s: float
    longest_s: float
    factor: float = 2.0

    def wait_s(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row, 1 or more."""
        return min(self.first_s * self.factor ** min(failures - 1, _MOST_STEPS), self.longest_s)

    def jittered_s(self, failures: int, random: float) -> float:
        """Return a random half to whole of the wait, to keep clients that failed together from retrying together.

        Args:
            failures: failures in a row, 1 or more.
            random: from 0 to 1.
        """
        return self.wait_s(failures) * (0.5 + random / 2)
