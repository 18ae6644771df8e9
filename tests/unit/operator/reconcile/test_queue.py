"""Tests of the queue of trackers to reconcile."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from flighttracker_operator.objects.store import TrackerKey
from flighttracker_operator.reconcile.queue import BACKOFF, Queue

A, B = TrackerKey("one", "a"), TrackerKey("one", "b")


def test_a_tracker_is_in_the_queue_once_at_the_earliest_time() -> None:
    queue = Queue()
    for at_s in (5.0, 3.0, 4.0):
        queue.add(A, at_s)
    assert queue.take(2.9) is None
    assert queue.take(3.0) == A
    queue.done(A)
    assert queue.take(100.0) is None


def test_a_busy_tracker_is_not_handed_out_until_it_is_done() -> None:
    queue = Queue()
    queue.add(A, 0.0)
    assert queue.take(0.0) == A
    queue.add(A, 0.0)
    queue.add(B, 1.0)
    assert queue.take(1.0) == B
    assert queue.take(1.0) is None
    assert queue.next_due_s() is None
    queue.done(A)
    assert queue.take(1.0) == A


def test_the_tracker_that_is_due_longest_comes_first() -> None:
    queue = Queue()
    queue.add(B, 1.0)
    queue.add(A, 2.0)
    assert [queue.take(3.0), queue.take(3.0)] == [B, A]


def test_busy_trackers_do_not_count_as_overdue() -> None:
    queue = Queue()
    for number, at_s in enumerate((1.0, 2.0, 3.0, 9.0)):
        queue.add(TrackerKey("flights", f"sky-{number}"), at_s)
    assert queue.take(3.0) == TrackerKey("flights", "sky-0")
    queue.add(TrackerKey("flights", "sky-0"), 1.0)
    assert queue.overdue(3.0) == 2


def test_the_delay_doubles_with_each_failure_and_a_success_resets_it() -> None:
    queue = Queue()
    delays = []
    now_s = 0.0
    for _ in range(12):
        queue.add(A, now_s)
        assert queue.take(now_s) == A
        delays.append(queue.failed(A, now_s, random=1.0))
        now_s += delays[-1]
    assert delays[:3] == [BACKOFF.first_s, 2 * BACKOFF.first_s, 4 * BACKOFF.first_s]
    assert delays[-1] == BACKOFF.longest_s
    assert queue.take(now_s) == A
    queue.done(A)
    assert queue.failures(A) == 0


def test_retry_after_replaces_the_backoff() -> None:
    queue = Queue()
    queue.add(A, 0.0)
    queue.take(0.0)
    assert queue.failed(A, 0.0, random=0.0, retry_after_s=7.0) == 7.0
    assert queue.take(6.9) is None
    assert queue.take(7.0) == A


def test_a_change_does_not_shorten_a_retry() -> None:
    queue = Queue()
    queue.add(A, 0.0)
    queue.take(0.0)
    queue.add(A, 0.0)  # a change during the pass that fails
    queue.failed(A, 0.0, random=1.0)
    assert queue.take(BACKOFF.first_s / 2) is None


@given(st.floats(0, 1))
def test_retries_are_spread_over_half_of_the_delay(random: float) -> None:
    queue = Queue()
    queue.add(A, 0.0)
    queue.take(0.0)
    assert BACKOFF.first_s / 2 <= queue.failed(A, 0.0, random=random) <= BACKOFF.first_s


class QueueMachine(RuleBasedStateMachine):
    """In any sequence of operations, no tracker is lost, and none is handed out twice at once."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.now_s = 0.0
        self.wanted: set[TrackerKey] = set()
        self.busy: set[TrackerKey] = set()

    @rule(number=st.integers(0, 3), delay_s=st.floats(0, 5))
    def add(self, number: int, delay_s: float) -> None:
        key = TrackerKey("one", str(number))
        self.queue.add(key, self.now_s + delay_s)
        self.wanted.add(key)

    @rule(by_s=st.floats(0, 10))
    def take(self, by_s: float) -> None:
        self.now_s += by_s
        key = self.queue.take(self.now_s)
        if key is not None:
            assert key in self.wanted
            assert key not in self.busy
            self.wanted.discard(key)
            self.busy.add(key)

    @rule()
    def done(self) -> None:
        for key in sorted(self.busy)[:1]:
            self.queue.done(key)
            self.busy.discard(key)

    @rule()
    def fail(self) -> None:
        for key in sorted(self.busy)[:1]:
            self.queue.failed(key, self.now_s, random=0.5)
            self.busy.discard(key)
            self.wanted.add(key)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert len(self.queue) == len(self.wanted)
        waiting = self.wanted - self.busy
        assert (self.queue.next_due_s() is None) == (not waiting)


TestQueueMachine = QueueMachine.TestCase
