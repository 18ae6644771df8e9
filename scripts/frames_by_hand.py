"""Frames written byte by byte from `frame.md`, independently of the encoder. `make_frame_vectors` uses them."""

from __future__ import annotations

import struct

START_MS = 1_750_000_000_000


def by_hand() -> list[bytes]:
    """Return a key frame with one aircraft and a delta frame that moves it, not compressed, written from `frame.md`."""

    def frame(kind: int, sequence: int, payload: bytes) -> bytes:
        head = struct.pack("<3sBBBHQ", b"FLT", 1, kind, 0, 9, 77)
        return head + struct.pack("<IIQII", sequence, len(payload), START_MS, len(payload), 1000) + payload

    counts = struct.pack("<5I", 2, 0, 1, 0, 0)
    identity = bytes.fromhex("0ccf4a") + b"SWR8\0\0\0\0" + b"HB-JHK\0\0\0\0" + b"A333" + b"LSZH" + b"KJFK"
    names = struct.pack("<H", 3) + b"\x05Swiss" + b"\x0bSwitzerland" + b"\x03m\xc3\xa9"
    numbers = struct.pack("<3H", 0, 1, 2)
    dynamic = struct.pack("<2i9h", -1, 900_000, 1400, -32768, 3599, -8, 5, 0, -32768, 0o7700, 7 | 16)
    key = counts + struct.pack("<I", 1) + identity + names + numbers + dynamic
    moved = struct.pack("<5I", 2, 0, 0, 1, 1) + b"\0\0" + b"\x02"
    moved += b"\x01\x05" + b"\x02\x00\x01" + b"\x03\x01\x02" + b"\0" + b"\x04\x01\xfd\x1b" + b"\0" * 6
    escape = struct.pack("<I", 1) + b"\x03" + struct.pack("<i", 250)
    return [frame(1, 0, key), frame(2, 1, moved + escape)]


def by_hand_with_kinds() -> list[bytes]:
    """Return frames of version 2: a key frame with two kinds of things, and a delta frame of version 1 that resets one.

    The second aircraft has numbers that no program knows yet.
    """

    def frame(version: int, kind: int, sequence: int, payload: bytes) -> bytes:
        head = struct.pack("<3sBBBHQ", b"FLT", version, kind, 0, 9, 79)
        return head + struct.pack("<IIQII", sequence, len(payload), START_MS, len(payload), 1000) + payload

    def planes(width: int, *columns: tuple[int, ...]) -> bytes:
        return b"".join(
            bytes(value >> 8 * byte & 0xFF for value in column) for column in columns for byte in range(width)
        )

    def dynamic(*columns: tuple[int, ...]) -> bytes:
        return planes(4, *columns[:2]) + planes(2, *columns[2:])

    columns = (
        (5_000_000, -3_390_000), (800_000, 15_120_000), (-32768, 400), (10, 120), (900, 2700), (-32768, 0), (5, 12),
        (0, 0), (-32768, -32768), (-32768, 0o1200), (2 | 16, 4),
    )  # fmt: skip
    slots, addresses = bytes((0, 2, 0, 0, 0, 0, 0, 0)), bytes((0x4A, 0x01, 0xCF, 0x02, 0x0C, 0x7C))
    texts = b"FOLLOW1\0ROT1\0\0\0\0" + bytes(20) + bytes(8) + bytes(8) + bytes(8)
    names = struct.pack("<H", 1) + b"\0" + bytes(12)
    kinds = bytes((15, 200)) + bytes((2, 255))
    key = struct.pack("<5I", 3, 0, 2, 0, 0) + slots + addresses + texts + names + kinds + dynamic(*columns)
    one = struct.pack("<I", 0) + addresses[::2] + b"FOLLOW2\0" + bytes(22) + struct.pack("<H", 1) + b"\0" + bytes(6)
    delta = struct.pack("<5I", 3, 0, 1, 0, 0) + one + dynamic(*((column[0],) for column in columns))
    return [frame(2, 1, 0, key), frame(1, 2, 1, delta)]
