"""The queue of trackers to reconcile, with at most one entry for each. Pure; time is an argument.

A waiting tracker has one entry, at the earliest requested time. A tracker that is being reconciled is not handed out
again; if it is added meanwhile, it is due again after its pass. After a failure, it is retried with exponential backoff
and jitter.
"""

from __future__ import annotations

import heapq
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker_operator.objects.store import TrackerKey

BACKOFF: Final = Backoff(first_s=0.5, longest_s=60.0)


class Queue:
    """Trackers, ordered by the time at which they are due."""

    def __init__(self) -> None:
        self._due: dict[TrackerKey, float] = {}
        self._heap: list[tuple[float, TrackerKey]] = []
        self._busy: set[TrackerKey] = set()
        self._failures: dict[TrackerKey, int] = {}

    def add(self, key: TrackerKey, at_s: float) -> None:
        """Add a tracker, due at this time or at its present one, whichever is earlier."""
        known = self._due.get(key)
        if known is None or at_s < known:
            self._due[key] = at_s
            heapq.heappush(self._heap, (at_s, key))

    def take(self, now_s: float) -> TrackerKey | None:
        """Remove and return the tracker that has been due longest, or None if none is due."""
        postponed = []
        taken = None
        while taken is None and self._heap and self._heap[0][0] <= now_s:
            at_s, key = heapq.heappop(self._heap)
            if self._due.get(key) != at_s:
                continue  # the tracker was handed out with an earlier entry
            if key in self._busy:
                postponed.append((at_s, key))
                continue
            del self._due[key]
            self._busy.add(key)
            taken = key
        for entry in postponed:
            heapq.heappush(self._heap, entry)
        return taken

    def next_due_s(self) -> float | None:
        """Return when the next tracker is due, or None if none is waiting."""
        return min((at_s for key, at_s in self._due.items() if key not in self._busy), default=None)

    def overdue(self, now_s: float) -> int:
        """Return how many trackers are due and waiting."""
        return sum(at_s <= now_s for key, at_s in self._due.items() if key not in self._busy)

    def done(self, key: TrackerKey) -> None:
        """Finish a tracker whose pass succeeded."""
        self._busy.discard(key)
        self._failures.pop(key, None)

    def failed(self, key: TrackerKey, now_s: float, *, random: float, retry_after_s: float | None = None) -> float:
        """Finish a tracker whose pass failed, and return the delay of its retry in seconds.

        Args:
            key: the tracker.
            now_s: monotonic time, seconds.
            random: from 0 to 1; spreads the retries over half of the delay.
            retry_after_s: the API server's Retry-After; replaces the backoff, with up to a second of jitter.
        """
        self._busy.discard(key)
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        delay_s = BACKOFF.jittered_s(failures, random) if retry_after_s is None else retry_after_s + random
        self._due.pop(key, None)  # the retry covers requests that were added meanwhile
        self.add(key, now_s + delay_s)
        return delay_s

    def forget(self, key: TrackerKey) -> None:
        """Remove a deleted tracker."""
        self._due.pop(key, None)
        self._busy.discard(key)
        self._failures.pop(key, None)

    def failures(self, key: TrackerKey) -> int:
        """Return how many passes of a tracker have failed in a row."""
        return self._failures.get(key, 0)

    def __len__(self) -> int:
        return len(self._due)
