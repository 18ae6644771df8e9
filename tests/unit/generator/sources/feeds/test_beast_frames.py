"""Framing of Beast: any split gives the same messages, and no garbage costs a valid message."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker_generator.sources.feeds.beast_frames import BeastFrames
from flighttracker_generator.sources.feeds.mode_s import parity
from flighttracker_generator.sources.losses import Losses
from tests import mode_s_bytes as mode_s

ESCAPES = b"\x1a\x31\x32\x33\x34\xe3"
noise = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(ESCAPES), max_size=60).map(bytes))
addresses = st.integers(1, 0xFFFFFE).map(lambda number: f"{number:06x}")
counters = st.one_of(
    st.binary(min_size=6, max_size=6), st.lists(st.sampled_from(ESCAPES), min_size=6, max_size=6).map(bytes)
)
payloads = st.one_of(
    st.integers(0, 2**56 - 1), st.lists(st.sampled_from(ESCAPES), min_size=7, max_size=7).map(bytes).map(int.from_bytes)
)
messages = st.one_of(
    st.builds(mode_s.squitter, addresses, payloads),
    st.builds(mode_s.acquisition, addresses),
    st.builds(mode_s.reply, addresses, st.just(4)),
)
frames = st.builds(mode_s.frame, messages, counters, st.sampled_from(ESCAPES))


def is_valid(body: bytes) -> bool:
    message = body[7:]
    return message[0] >> 3 in (11, 17) and parity(message) == int.from_bytes(message[-3:])


class Heard:
    def __init__(self) -> None:
        self.losses = Losses()
        self.valid: list[bytes] = []
        self.seen: list[tuple[int, bytes]] = []
        self.frames = BeastFrames(self.take, self.losses)

    def take(self, kind: int, body: bytes) -> bool:
        self.seen.append((kind, body))
        if kind in (0x32, 0x33) and is_valid(body):
            self.valid.append(body[7:])
            return True
        return False


def test_frame_has_counter_signal_and_message() -> None:
    heard, message = Heard(), mode_s.airborne("4ca1a1", (52.0, 4.0), odd=False)
    heard.frames.feed(mode_s.frame(message, b"\x1a\x32\x1a\x1a\x00\x1a", 0x1A))
    assert heard.seen == [(0x33, b"\x1a\x32\x1a\x1a\x00\x1a\x1a" + message)]
    assert not heard.losses.records


def test_other_kinds_of_frames_are_no_garbage() -> None:
    heard = Heard()
    status = b"\x1a4" + bytes(21)
    receiver = b"\x1a\xe3" + bytes(8)
    heard.frames.feed(mode_s.frame(b"\x1a\x33") + status + receiver + mode_s.frame(mode_s.acquisition("4ca1a1")))
    assert [kind for kind, _ in heard.seen] == [0x31, 0x34, 0xE3, 0x32]
    assert not heard.losses.records


def test_garbage_is_counted_once_between_messages_with_an_example() -> None:
    heard, good = Heard(), mode_s.frame(mode_s.acquisition("4ca1a1"))
    for _ in range(3):
        heard.frames.feed(good + b"HTTP/1.1 \x1a404\x1a Not Found")
    assert heard.losses.records == {"garbage": 3}
    assert heard.losses.examples["garbage"].startswith("'48 54 54 50")


def test_message_that_is_cut_off_costs_only_itself() -> None:
    heard, first, second = Heard(), mode_s.squitter("4ca1a1", 1), mode_s.squitter("4ca1a2", 2)
    heard.frames.feed(mode_s.frame(first)[:-5] + mode_s.frame(second))
    assert heard.valid == [second]
    assert heard.losses.records == {"garbage": 1}


def test_garbage_that_ends_in_an_escape_costs_nothing() -> None:
    heard, message = Heard(), mode_s.squitter("4ca1a1", 1)
    heard.frames.feed(b"\x1a" + mode_s.frame(message))
    heard.frames.feed(b"\x1a\x33abc\x1a" + mode_s.frame(message) * 2)
    assert heard.valid == [message] * 3


def test_at_most_one_frame_is_kept() -> None:
    heard = Heard()
    for data in (b"\x1a" * 100_000, b"\x1a\x33" + b"\x1a\x1a" * 20, b"x" * 100_000):
        heard.frames.feed(data)
        assert len(heard.frames._rest) <= 2 + 2 * 21


@settings(max_examples=400)
@given(st.lists(st.one_of(noise, frames), max_size=12), st.lists(st.integers(1, 30), min_size=1))
def test_any_split_gives_the_same(parts: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(parts)
    whole, split = Heard(), Heard()
    whole.frames.feed(stream)
    at = number = 0
    while at < len(stream):
        size = sizes[number % len(sizes)]
        split.frames.feed(stream[at : at + size])
        at, number = at + size, number + 1
    assert split.seen == whole.seen
    assert split.losses.records == whole.losses.records


@settings(max_examples=400)
@given(st.lists(st.tuples(noise, frames), max_size=6))
def test_any_garbage_costs_no_valid_message(parts: list[tuple[bytes, bytes]]) -> None:
    heard = Heard()
    for garbage, good in parts:
        heard.frames.feed(garbage + good)
    # What looks like the start of a frame is given up when the next frames come.
    heard.frames.feed(mode_s.frame(mode_s.squitter("000001", 0)) * 3)
    sent = []
    for _, good in parts:
        body = good[2:].replace(b"\x1a\x1a", b"\x1a")
        if is_valid(body):
            sent.append(body[7:])
    assert heard.valid[: len(sent)] == sent
