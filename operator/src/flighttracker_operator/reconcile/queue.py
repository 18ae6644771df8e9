"""Which tracker is looked at next: one entry for each, however much happens to it. Pure; time is passed in.

A tracker that waits is in the queue once, at the earliest time that anybody asked for. One that is being looked at is
not handed out again; what happens to it meanwhile brings it back afterwards. Failures push it back, further each time,
with a random part so that many do not return together.
"""

from __future__ import annotations

import heapq
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker_operator.objects.store import TrackerKey

BACKOFF: Final = Backoff(first_s=0.5, longest_s=60.0)


class Queue:
    """Trackers by the time at which they are due."""

    def __init__(self) -> None:
        self._due: dict[TrackerKey, float] = {}
        self._heap: list[tuple[float, TrackerKey]] = []
        self._busy: set[TrackerKey] = set()
        self._failures: dict[TrackerKey, int] = {}

    def add(self, key: TrackerKey, at_s: float) -> None:
        """Ask for a look at a tracker at a time, or earlier when somebody asked for that."""
        known = self._due.get(key)
        if known is None or at_s < known:
            self._due[key] = at_s
            heapq.heappush(self._heap, (at_s, key))

    def take(self, now_s: float) -> TrackerKey | None:
        """Hand out the tracker that has been due longest, None when none is."""
        postponed = []
        taken = None
        while taken is None and self._heap and self._heap[0][0] <= now_s:
            at_s, key = heapq.heappop(self._heap)
            if self._due.get(key) != at_s:
                continue  # an earlier entry of the same tracker counted
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
        """Return when the next tracker that nobody looks at is due, None when none waits."""
        return min((at_s for key, at_s in self._due.items() if key not in self._busy), default=None)

    def overdue(self, now_s: float) -> int:
        """Return how many trackers wait although they are due."""
        return sum(at_s <= now_s for key, at_s in self._due.items() if key not in self._busy)

    def done(self, key: TrackerKey) -> None:
        """Give back a tracker that was looked at without trouble."""
        self._busy.discard(key)
        self._failures.pop(key, None)

    def failed(self, key: TrackerKey, now_s: float, *, random: float, retry_after_s: float | None = None) -> float:
        """Give back a tracker whose look failed, and return in how many seconds it comes again.

        Args:
            key: the tracker.
            now_s: the time.
            random: from 0 to 1; spreads the retries over half of the delay.
            retry_after_s: what the API server asked for; then it is that, and a little more.
        """
        self._busy.discard(key)
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        delay_s = BACKOFF.jittered_s(failures, random) if retry_after_s is None else retry_after_s + random
        self._due.pop(key, None)  # what happened meanwhile waits, too: the next look sees it
        self.add(key, now_s + delay_s)
        return delay_s

    def forget(self, key: TrackerKey) -> None:
        """Drop a tracker that is gone."""
        self._due.pop(key, None)
        self._busy.discard(key)
        self._failures.pop(key, None)

    def failures(self, key: TrackerKey) -> int:
        """Return how many looks at a tracker have failed in a row."""
        return self._failures.get(key, 0)

    def __len__(self) -> int:
        return len(self._due)
