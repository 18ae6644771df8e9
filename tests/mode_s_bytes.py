"""Makes the bytes of Mode S messages and Beast frames, after DO-260B and independently of every decoder.

Used by the tests of `sources/feeds`, the pipeline's tests and `bench/sources.py`.
"""

from __future__ import annotations

from math import acos, cos, floor, pi, radians
from typing import Any, Final

ALPHABET: Final = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"
COUNTER: Final = bytes(6)


def checksum(data: bytes) -> int:
    """Return the 24-bit remainder, bit by bit."""
    remainder = 0
    for bit in range(len(data) * 8):
        top = remainder >> 23 ^ (data[bit // 8] >> (7 - bit % 8) & 1)
        remainder = (remainder << 1 & 0xFFFFFF) ^ (0xFFF409 if top else 0)
    return remainder


def squitter(icao24: str, payload: int, *, downlink_format: int = 17, control: int = 5) -> bytes:
    """Return an ADS-B message with 56 bits of payload."""
    data = bytes([downlink_format << 3 | control]) + bytes.fromhex(icao24) + payload.to_bytes(7)
    return data + checksum(data).to_bytes(3)


def zones(latitude_deg: float) -> int:
    """Return NL, the number of longitude zones."""
    latitude_deg = abs(latitude_deg)
    if latitude_deg == 0:
        return 59
    if latitude_deg >= 87:
        return 2 if latitude_deg == 87 else 1
    return floor(2 * pi / acos(1 - (1 - cos(pi / 30)) / cos(pi / 180 * latitude_deg) ** 2))


def cell(latitude_deg: float, longitude_deg: float, *, odd: bool, surface: bool = False) -> tuple[int, int]:
    """Return the 17 bits of latitude and of longitude."""
    span = 90.0 if surface else 360.0
    height = span / (60 - odd)
    north = floor(2**17 * (latitude_deg % height) / height + 0.5)
    rounded = height * (north / 2**17 + floor(latitude_deg / height))
    width = span / max(zones(rounded) - odd, 1)
    east = floor(2**17 * (longitude_deg % width) / width + 0.5)
    return north % 2**17, east % 2**17


def altitude_bits(altitude_ft: int) -> int:
    """Return an altitude in steps of 25 ft, with the Q bit."""
    steps = (altitude_ft + 1000) // 25
    return steps >> 4 << 5 | 1 << 4 | steps & 15


def reply_altitude_bits(altitude_ft: int) -> int:
    """Return the 13 bits of an altitude in a reply: as in a squitter, with the bit of metric units among them."""
    bits = altitude_bits(altitude_ft)
    return bits >> 6 << 7 | bits & 0x3F


def airborne(
    icao24: str, place_deg: tuple[float, float], *, odd: bool, altitude_ft: int = 35_000, type_code: int = 11,
    downlink_format: int = 17, control: int = 5, imf: bool = False,
) -> bytes:  # fmt: skip
    """Return an airborne position; type codes from 20 have the geometric altitude."""
    north, east = cell(*place_deg, odd=odd)
    payload = type_code << 51 | imf << 48 | altitude_bits(altitude_ft) << 36 | odd << 34 | north << 17 | east
    return squitter(icao24, payload, downlink_format=downlink_format, control=control)


def surface(
    icao24: str, place_deg: tuple[float, float], *, odd: bool, movement: int = 39, track_deg: float = 90
) -> bytes:
    """Return a surface position; movement 39 is 15 kt."""
    north, east = cell(*place_deg, odd=odd, surface=True)
    track = round(track_deg * 128 / 360) % 128
    return squitter(icao24, 7 << 51 | movement << 44 | 1 << 43 | track << 36 | odd << 34 | north << 17 | east)


def identification(
    icao24: str, callsign: str, *, category: str = "A3", downlink_format: int = 17, control: int = 5
) -> bytes:
    """Return a callsign and a category."""
    payload = (4 - "ABCD".index(category[0])) << 51 | int(category[1]) << 48
    for place, character in enumerate(callsign.ljust(8)):
        payload |= ALPHABET.index(character) << 42 - 6 * place
    return squitter(icao24, payload, downlink_format=downlink_format, control=control)


def velocity(icao24: str, east_kt: int, north_kt: int, rate_fpm: int = 0, above_baro_ft: int = 0) -> bytes:
    """Return a ground velocity, subtype 1."""
    payload = 19 << 51 | 1 << 48
    payload |= (east_kt < 0) << 42 | (abs(east_kt) + 1) << 32 | (north_kt < 0) << 31 | (abs(north_kt) + 1) << 21
    payload |= (rate_fpm < 0) << 19 | (abs(rate_fpm) // 64 + 1) << 10
    payload |= (above_baro_ft < 0) << 7 | (abs(above_baro_ft) // 25 + 1)
    return squitter(icao24, payload)


def code_bits(squawk: str) -> int:
    """Return the 13 bits of a squawk: C1 A1 C2 A2 C4 A4 0 B1 D1 B2 D2 B4 D4."""
    a, b, c, d = (int(digit) for digit in squawk)
    order = (
        c & 1,
        a & 1,
        c >> 1 & 1,
        a >> 1 & 1,
        c >> 2,
        a >> 2,
        0,
        b & 1,
        d & 1,
        b >> 1 & 1,
        d >> 1 & 1,
        b >> 2,
        d >> 2,
    )
    bits = 0
    for bit in order:
        bits = bits << 1 | bit
    return bits


def emergency(icao24: str, state: int, squawk: str) -> bytes:
    """Return an aircraft status, subtype 1."""
    return squitter(icao24, 28 << 51 | 1 << 48 | state << 45 | code_bits(squawk) << 32)


def reply(icao24: str, downlink_format: int, field: int = 0) -> bytes:
    """Return a reply to a radar, whose checksum is the address; 13 bits of squawk or altitude."""
    data = (downlink_format << 27 | field).to_bytes(4)
    if downlink_format >= 16:
        data += bytes(7)
    return data + (checksum(data) ^ int(icao24, 16)).to_bytes(3)


def acquisition(icao24: str, interrogator: int = 0) -> bytes:
    """Return an acquisition squitter."""
    data = bytes([11 << 3 | 5]) + bytes.fromhex(icao24)
    return data + (checksum(data) ^ interrogator).to_bytes(3)


def frame(message: bytes, counter: bytes = COUNTER, signal: int = 0x80) -> bytes:
    """Return a Beast frame."""
    kind = {2: b"1", 7: b"2", 14: b"3"}[len(message)]
    return b"\x1a" + kind + (counter + bytes([signal]) + message).replace(b"\x1a", b"\x1a\x1a")


def pair(icao24: str, place_deg: tuple[float, float], **fields: Any) -> bytes:
    """Return the Beast frames of an even and an odd position."""
    return frame(airborne(icao24, place_deg, odd=False, **fields)) + frame(
        airborne(icao24, place_deg, odd=True, **fields)
    )


def radius_deg(latitude_deg: float) -> float:
    """Return the length of a degree of longitude, in degrees of latitude."""
    return cos(radians(latitude_deg))
