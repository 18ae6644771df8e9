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
    encode_tile,
    join,
    split_messages,
)
from flighttracker.tiles.message import COMPRESSED, HEADER_BYTES, KEY, NOTHING, PART_BYTES
from tests.unit.core.tiles.motions import additions, motions

WORLD = CLASSES[0]
HEADER = TileHeader(0, 7, 12_345, 5_000)


@st.composite
def changes_of(draw: st.DrawFn, zoom: ZoomClass) -> TileChanges:
    addresses = st.sets(st.integers(0, 0xFFFFFF), max_size=9)
    updated = np.array(sorted(draw(addresses)), np.int64)
    difference = draw(motions(zoom, len(updated)))
    sign = draw(st.sampled_from((-1, 1)))
    removed = np.array(sorted(draw(addresses)), np.int64)
    return TileChanges(removed, draw(additions(zoom)), TileUpdates(updated, difference * sign))


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
    sent = [(tile, data.draw(st.integers(0, 0xFFFF)), data.draw(changes_of(zoom))) for tile in tiles]
    header = HEADER._replace(zoom=zoom.number)
    parts = [encode_tile(zoom, tile, since, changes, is_key=False) for tile, since, changes in sent]
    read, frames = decode_message(join(header, parts))
    assert read == header
    assert read.tick_time_ms == 12_345 * 5_000
    assert [(frame.tile, frame.since, frame.is_key) for frame in frames] == [(t, s, False) for t, s, _ in sent]
    assert all(same(frame.changes, changes) for frame, (_, _, changes) in zip(frames, sent, strict=True))


@settings(deadline=None)
@given(added=additions(WORLD))
def test_a_key_part_has_the_whole_tile(added: TileAdditions) -> None:
    changes = NOTHING._replace(added=added)
    _, (frame,) = decode_message(join(HEADER, [encode_tile(WORLD, 0, 0, changes, is_key=True)]))
    assert frame.is_key
    assert same(frame.changes, changes)


@settings(deadline=None)
@given(changes=changes_of(WORLD), damage=st.data())
def test_a_damaged_message_is_rejected_or_another_valid_one(changes: TileChanges, damage: st.DataObject) -> None:
    message = bytearray(join(HEADER, [encode_tile(WORLD, 0, 1, changes, is_key=False)]))
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


def part(body: bytes, *, flags: int = 0, inflated: int | None = None, tile: int = 0) -> bytes:
    size = len(body) if inflated is None else inflated
    head = tile.to_bytes(4, "little") + (1).to_bytes(2, "little") + bytes([flags, 0])
    return join(HEADER, [head + len(body).to_bytes(4, "little") + size.to_bytes(4, "little") + body])


def counts(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "little") for value in values)


def deflated(body: bytes) -> bytes:
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflater.compress(body) + deflater.flush()


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"FLT" + bytes(HEADER_BYTES - 3), "begins with"),
        (b"FL3\x09" + bytes(HEADER_BYTES - 4), "class 9 is unknown"),
        (join(HEADER._replace(interval_ms=0), []), "interval of a class is 0"),
        (join(HEADER, [b""])[:-2] + b"\xff\xff", "65535 tiles"),
        (join(HEADER, [bytes(PART_BYTES - 1)]), "within a tile's header"),
        (part(counts(0, 0, 0), flags=8), "flags 0x08"),
        (part(counts(0, 0, 0), tile=1), "tile 1 is not one of class 0"),
        (part(b"", inflated=1 << 31), "larger than"),
        (part(counts(0, 0, 0) + b"x"), "1 bytes follow"),
        (part(counts(0, 0, 0)) + b"x", "1 bytes follow the last tile"),
        (part(counts(1, 0, 0), flags=KEY), "only additions"),
        (part(counts(3, 0, 0)), "ends 1 bytes early"),
        (part(counts(0, 0xFFFFFFFF, 0) + b"\x00"), "4294967295 aircraft is larger"),
        (part(counts(1, 0, 0) + b"\x03\x00\x00\x00"), "form 3 is unknown"),
        (part(counts(1, 0, 0) + b"\x11\x02\x05"), "bits after its last entry"),
        (part(counts(1, 0, 0) + b"\x04\xff\xff\xff\xff"), "more than 24 bits"),
        (part(b"\xff\xff", flags=COMPRESSED, inflated=12), "cannot be inflated"),
        (part(deflated(counts(0, 0, 0)) + b"x", flags=COMPRESSED, inflated=12), "does not end where its part does"),
        (part(deflated(bytes(5_000)), flags=COMPRESSED, inflated=12), "does not end where its part does"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(message: bytes, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        decode_message(message)


def test_messages_that_follow_each_other_are_split() -> None:
    empty = join(HEADER, [])
    full = join(HEADER, [encode_tile(WORLD, 0, 0, NOTHING, is_key=True)])
    assert split_messages(full + empty + full) == [full, empty, full]
    assert split_messages(b"") == []
    for end in range(1, len(full)):
        with pytest.raises(FrameError, match="the message ends within"):
            split_messages(empty + full[:end])
