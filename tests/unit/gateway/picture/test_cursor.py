"""The frames that a viewer lacks, and the cursor with which it reports those that it has."""

from __future__ import annotations

import pytest

from flighttracker.frame import read_header
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.cursor import RECENT_TICKS, RecentFrames, parse_since
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import NOW_MS, position

EPOCH = 5


class Broadcasts:
    """An owner, a picture that follows it, and the recent frames."""

    def __init__(self, aircraft: int) -> None:
        self.owner = ShardOwner(0, EPOCH, tick_interval_ms=1000, time_to_live_ms=600_000, max_aircraft=1000)
        self.picture = Picture()
        self.recent = RecentFrames(self.picture)
        for number in range(aircraft):
            # Different enough that a key frame does not compress to nothing.
            spread = number * 7919 % 18_000 / 100
            self.owner.hear(position(icao24=f"{number * 7919:06x}", callsign=f"X{number}", longitude_deg=spread))

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            frame = self.owner.tick(NOW_MS + 1000 * (self.owner.sequence + 1))
            self.picture.apply(frame)
            self.recent.add([frame])


def test_since_is_read_in_any_order() -> None:
    assert parse_since("3.5.7,0.5.9") == ((0, 5, 9), (3, 5, 7))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0.1", "since has the part '0.1', which is not shard.epoch.sequence (three numbers)"),
        ("0.1.2,", "since has the part '', which is not shard.epoch.sequence (three numbers)"),
        ("0.-1.2", "since has the part '0.-1.2', which is not"),
        ("0.1.2,0.1.3", "since names shard 0 twice"),
        ("1" * 9000, "since has 9000 characters, at most 8192 are allowed"),
    ],
)
def test_a_malformed_since_is_rejected_with_a_reason(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="since") as refused:
        parse_since(text)
    assert str(refused.value).startswith(sentence)


def test_a_viewer_with_nothing_lacks_the_key_frame() -> None:
    broadcasts = Broadcasts(aircraft=3)
    broadcasts.tick(2)
    missed = broadcasts.recent.after(None)
    assert missed.has_key
    assert missed.frames == [broadcasts.picture.key_frame(0)]


def test_a_viewer_with_everything_lacks_nothing() -> None:
    broadcasts = Broadcasts(aircraft=3)
    broadcasts.tick(2)
    assert broadcasts.recent.after(((0, EPOCH, 1),)).frames == []


def test_a_viewer_that_missed_a_little_lacks_the_deltas() -> None:
    broadcasts = Broadcasts(aircraft=500)
    broadcasts.tick(4)
    missed = broadcasts.recent.after(((0, EPOCH, 1),))
    assert [read_header(frame).sequence for frame in missed.frames] == [2, 3]
    assert not missed.has_key


def test_a_key_frame_is_preferred_when_it_is_smaller() -> None:
    broadcasts = Broadcasts(aircraft=1)
    broadcasts.tick(60)
    missed = broadcasts.recent.after(((0, EPOCH, 1),))
    assert [read_header(frame).is_key for frame in missed.frames] == [True]


def test_deltas_that_are_no_longer_stored_are_replaced_by_a_key_frame() -> None:
    broadcasts = Broadcasts(aircraft=900)
    broadcasts.tick(RECENT_TICKS + 3)
    assert broadcasts.recent.after(((0, EPOCH, 1),)).has_key
    assert not broadcasts.recent.after(((0, EPOCH, 2),)).has_key


def test_the_cursor_of_another_epoch_needs_a_key_frame_and_a_newer_one_nothing() -> None:
    broadcasts = Broadcasts(aircraft=500)
    broadcasts.tick(3)
    assert broadcasts.recent.after(((0, EPOCH - 1, 1),)).has_key
    assert broadcasts.recent.after(((0, EPOCH + 1, 1),)).has_key
    assert broadcasts.recent.after(((0, EPOCH, 9),)).frames == []


def test_frames_from_before_the_start_of_this_gateway_complete_an_older_cursor() -> None:
    before = Broadcasts(aircraft=200)
    frames = []
    for number in range(9):
        before.owner.hear(position(position_time=NOW_MS + 1000 * number, last_contact=NOW_MS + 1000 * number))
        frames.append(before.owner.tick(NOW_MS + 1000 * (before.owner.sequence + 1)))
        before.picture.apply(frames[-1])
    begun = RecentFrames(before.picture)
    begun.remember(frames[3:])
    key = before.picture.key_frame(0)
    for _ in range(2):
        assert begun.after(((0, EPOCH, 5),)).frames == frames[6:]
        assert begun.after(((0, EPOCH, 1),)).frames == [key], "too long ago"
        # What the gateway shows first is a key frame of the same state.
        assert begun.add([key]) == ((0, EPOCH, 8),)
