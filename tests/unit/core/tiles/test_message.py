"""Messages of tiles survive encoding, and damaged ones are rejected whole, in little memory."""

from __future__ import annotations

import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import FrameError
from flighttracker.tiles import (
    CLASSES,
    TileAdditions,
    TileChanges,
    TileHeader,
    TileUpdates,
    ZoomClass,
    decode_message,
    encode_key,
    encode_tile,
    join,
    split_messages,
)
from flighttracker.tiles.bits import MOST_COUNT
from flighttracker.tiles.message import MAGIC, NOTHING
from flighttracker.tiles.varint import varint
from tests.unit.core.tiles.motions import additions, motions

WORLD = CLASSES[0]
HEADER = TileHeader(0, 7, 12_345, 5_000)


@st.composite
def changes_of(draw: st.DrawFn, zoom: ZoomClass) -> TileChanges:
    places = st.sets(st.integers(0, MOST_COUNT - 1), max_size=9)
    updated = np.array(sorted(draw(places)), np.int64)
    difference = draw(motions(zoom, len(updated)))
    sign = draw(st.sampled_from((-1, 1)))
    removed = np.array(sorted(draw(places)), np.int64)
    added = draw(additions(zoom))
    return TileChanges(removed, added._replace(elapsed=0 * added.elapsed), TileUpdates(updated, difference * sign))


def same(one: TileChanges, other: TileChanges) -> bool:
    return all(
        a.shape == b.shape and (a == b).all()
        for a, b in zip(
            (one.removed, *one.added, *one.updated), (other.removed, *other.added, *other.updated), strict=True
        )
    )


@pytest.mark.parametrize("zoom", [CLASSES[0], CLASSES[-1]], ids=lambda zoom: str(zoom.number))
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_what_is_encoded_is_decoded(zoom: ZoomClass, data: st.DataObject) -> None:
    tiles = data.draw(st.lists(st.integers(0, 4**zoom.tile_zoom - 1), max_size=3))
    sent = [(tile, data.draw(st.integers(1, 2**32 - 1)), data.draw(changes_of(zoom))) for tile in tiles]
    header = HEADER._replace(zoom=zoom.number)
    parts = [encode_tile(zoom, tile, since, changes) for tile, since, changes in sent]
    read, frames = decode_message(join(header, parts))
    assert read == header
    assert read.tick_time_ms == 12_345 * 5_000
    assert [(frame.tile, frame.since, frame.is_key) for frame in frames] == [(t, s, False) for t, s, _ in sent]
    assert all(same(frame.changes, changes) for frame, (_, _, changes) in zip(frames, sent, strict=True))


@settings(deadline=None)
@given(added=additions(WORLD))
def test_a_key_part_has_the_whole_tile(added: TileAdditions) -> None:
    _, (frame,) = decode_message(join(HEADER, [encode_key(WORLD, 0, added)]))
    assert frame.is_key
    assert same(frame.changes, NOTHING._replace(added=added))


@settings(deadline=None)
@given(changes=changes_of(WORLD), damage=st.data())
def test_a_damaged_message_is_rejected_or_another_valid_one(changes: TileChanges, damage: st.DataObject) -> None:
    message = bytearray(join(HEADER, [encode_tile(WORLD, 0, 1, changes)]))
    for _ in range(damage.draw(st.integers(1, 3))):
        message[damage.draw(st.integers(0, len(message) - 1))] = damage.draw(st.integers(0, 255))
    cut = bytes(message[: damage.draw(st.integers(0, len(message)))])
    for broken in (bytes(message), cut):
        with suppress(FrameError):
            decode_message(broken)


@settings(deadline=None)
@given(junk=st.binary(max_size=200))
def test_garbage_is_rejected(junk: bytes) -> None:
    with pytest.raises(FrameError):
        decode_message(junk)


def part(bits: str, tile: int = 0) -> bytes:
    """Return a message with a part whose changes are these bits."""
    packed = "".join(bits.split())
    length = -(-len(packed) // 8)
    body = int(packed.ljust(8 * length, "0"), 2).to_bytes(length)
    return join(HEADER, [varint(tile) + varint(1) + varint(length) + body])


def key_part(body: bytes, inflated: int) -> bytes:
    """Return a message with a key part."""
    return join(HEADER, [bytes(2) + varint(len(body)) + varint(inflated) + body])


def deflated(body: bytes) -> bytes:
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflater.compress(body) + deflater.flush()


NO_CHANGES = "1 1 1"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"FLT" + bytes(9), "begins with"),
        (bytes([MAGIC, 9]) + bytes(10), "class 9 is unknown"),
        (bytes([MAGIC]) + bytes(8), "a message header has more than 10 bytes, but there are 9"),
        (join(HEADER._replace(interval_ms=0), []), "interval of a class is 0"),
        (join(HEADER._replace(interval_ms=6_553_600), []), "interval of a class is 65536"),
        (join(HEADER, [b""])[:-1] + varint(65_535), "65535 tiles"),
        (join(HEADER, [bytes(2)]), "within a number"),
        (join(HEADER, [b"\xff" * 5]), "more than 32 bits"),
        (join(HEADER, [b"\x00\x01\x02\x00"]), "within a tile"),
        (part(NO_CHANGES, tile=1), "tile 1 is not one of class 0"),
        (key_part(b"", inflated=1 << 31), "larger than"),
        (part(NO_CHANGES + "00000 00000000"), "13 bits follow"),
        (part(NO_CHANGES + "00001"), "5 bits follow"),
        (part(NO_CHANGES) + b"x", "1 bytes follow the last tile"),
        (part("0" * 24), "a count has more than 21 bits"),
        (part("1 1 00000001"), "ends . bits early"),
        (part("0" * 20 + "1" * 21 + "1 1"), "2097150 aircraft is larger"),
        (part("010 1 1 1 10100 01" + "0" * 20), "100000 is not below 100000"),
        (part("1 010 1 1 11000" + "0" * 11 + "01" + "0" * 24), "1000000 is not below 1000000"),
        (key_part(b"\xff\xff", inflated=12), "cannot be inflated"),
        (key_part(deflated(bytes(12)) + b"x", inflated=12), "does not end where its part does"),
        (key_part(deflated(bytes(5_000)), inflated=12), "does not end where its part does"),
        (key_part(deflated(bytes(12)), inflated=13), "a tile has 12 bytes, its header says 13"),
        (key_part(deflated(bytes(15)), inflated=15), "1 bytes follow"),
        (key_part(deflated(b"\x02\x01\x05"), inflated=3), "ends 1 bytes early"),
        (key_part(deflated(b"\x01\x03"), inflated=2), "form 3 is unknown"),
        (key_part(deflated(b"\x01\x11\x02\x05"), inflated=4), "bits after its last entry"),
        (key_part(deflated(b"\x01\x04\xff\xff\xff\xff"), inflated=6), "ffffffff is not below 1000000"),
        (key_part(deflated(varint(2_000_000)), inflated=3), "2000000 aircraft is larger"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(message: bytes, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        decode_message(message)


def test_messages_that_follow_each_other_are_split() -> None:
    empty = join(HEADER, [])
    full = join(HEADER, [encode_key(WORLD, 0, NOTHING.added)])
    assert split_messages(full + empty + full) == [full, empty, full]
    assert split_messages(b"") == []
    for end in range(1, len(full)):
        with pytest.raises(FrameError, match=r"the message ends within|a message header"):
            split_messages(empty + full[:end])
