"""For arbitrary bytes and times, the decoders of streams raise nothing and give positions that gateways accept.

Streams are valid messages with bytes changed, cut out or put in, and noise between them.
"""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker_generator.sources.feeds.beast import BeastDecoder
from flighttracker_generator.sources.feeds.feed_reader import Decoder
from flighttracker_generator.sources.feeds.sbs import SbsDecoder
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses
from flighttracker_generator.sources.vatsim_pilots import read_pilots
from flighttracker_generator.sources.virtual_radar_list import Contacts, read_list
from tests import mode_s_bytes as mode_s
from tests.example_flights import NOW_MS

FUZZ = settings(deadline=None, max_examples=200, print_blob=True)
EVERYTHING = Wanted(vehicles=True, non_icao_addresses=True)
ADDRESSES = st.sampled_from(["4ca1a1", "3c6444", "000001", "fffffe"])

squitters = st.builds(
    mode_s.squitter,
    ADDRESSES,
    st.integers(0, 2**56 - 1),
    downlink_format=st.sampled_from([17, 18]),
    control=st.integers(0, 7),
)
replies = st.builds(mode_s.reply, ADDRESSES, st.sampled_from([0, 4, 5, 16, 20, 21, 24]), st.integers(0, 2**27 - 1))
frames = st.builds(mode_s.frame, squitters | replies | st.builds(mode_s.acquisition, ADDRESSES, st.integers(0, 99)))
lines = st.lists(
    st.sampled_from(["", "0", "-1", "4CA1A1", "52.5", "1e400", "nan", "35000", "7700", "x\x00"]), max_size=24
).map(lambda fields: ",".join(["MSG", "3", "1", "1", "4CA1A1", *fields]).encode() + b"\r\n")
times = st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=6)


@st.composite
def damaged(draw: st.DrawFn, parts: st.SearchStrategy[bytes]) -> bytes:
    stream = bytearray(b"".join(draw(st.lists(parts | st.binary(max_size=20), max_size=12))))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(stream)))
        stream[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(stream)


def follow(decoder: Decoder, stream: bytes, steps_ms: list[int]) -> None:
    """Feed a stream in pieces while the clock goes forth and back."""
    now_ms, size = NOW_MS, len(stream) // len(steps_ms) + 1
    for number, step_ms in enumerate(steps_ms):
        now_ms += step_ms
        decoder.feed(stream[number * size : (number + 1) * size], now_ms)
        for position in decoder.sky.changed(now_ms):
            # A clock that was set back leaves times ahead of it, which `Timeline` limits.
            refuse_out_of_range(position, max(now_ms, position.position_time, position.last_contact))
    decoder.remarks()


@FUZZ
@given(damaged(frames), times)
def test_beast(stream: bytes, steps_ms: list[int]) -> None:
    follow(BeastDecoder(Sky("beast", EVERYTHING, Losses(), (52.0, 5.0))), stream, steps_ms)


@FUZZ
@given(damaged(lines), times)
def test_base_station(stream: bytes, steps_ms: list[int]) -> None:
    follow(SbsDecoder(Sky("sbs", EVERYTHING, Losses())), stream, steps_ms)


documents = st.builds(
    lambda aircraft, pilots: json.dumps({"acList": aircraft, "pilots": pilots, "stm": NOW_MS}).encode(),
    st.lists(
        st.fixed_dictionaries(
            {"Icao": st.just("4CA1A1"), "Lat": st.floats(), "Long": st.floats(), "PosTime": st.floats()}
        )
    ),
    st.lists(st.fixed_dictionaries({"cid": st.integers(), "latitude": st.floats(), "longitude": st.floats()})),
)


def positions_in(body: bytes) -> list[FlightPosition]:
    found = []
    with suppress(SourceError):
        found += read_list(body, NOW_MS, EVERYTHING, Contacts()).positions
    with suppress(SourceError):
        found += read_pilots(body).positions
    return found


@FUZZ
@given(damaged(documents))
def test_lists(body: bytes) -> None:
    for position in positions_in(body):
        refuse_out_of_range(position, max(position.position_time, position.last_contact))
