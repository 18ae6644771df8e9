"""What BaseStation lines say, and lines that real programs send wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker_generator.sources.feeds.sbs_lines import MAX_LINE_BYTES, SbsLines
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses
from tests.example_flights import NOW_MS

ADDRESS = "4CA1A1"


def line(kind: int, icao24: str = ADDRESS, date: str = "2025/06/15,14:26:40.123", **fields: str) -> bytes:
    """Return a line; fields by their names in the description of the format."""
    names = (
        "callsign",
        "altitude",
        "speed",
        "track",
        "latitude",
        "longitude",
        "rate",
        "squawk",
        "alert",
        "emergency",
        "spi",
        "ground",
    )
    values = [fields.get(name, "") for name in names]
    return f"MSG,{kind},1,1,{icao24},1,{date},{date},{','.join(values)}\r\n".encode()


class Receiver:
    def __init__(self, wanted: Wanted = Wanted()) -> None:  # noqa: B008 - immutable
        self.losses = Losses()
        self.sky = Sky("sbs", wanted, self.losses)
        self.lines = SbsLines(self.sky)
        self.now_ms = NOW_MS

    def hear(self, *data: bytes, after_ms: int = 0) -> None:
        self.now_ms += after_ms
        self.lines.received_ms = self.now_ms
        for part in data:
            self.lines.feed(part)

    def all(self) -> list[FlightPosition]:
        return self.sky.changed(self.now_ms)

    def one(self) -> FlightPosition:
        (position,) = self.all()
        refuse_out_of_range(position, self.now_ms)
        return position


PLACE = line(3, altitude="35000", latitude="52.25", longitude="4.5", alert="0", emergency="0", spi="0", ground="0")


def test_lines_of_an_aircraft_become_one_position() -> None:
    receiver = Receiver()
    receiver.hear(line(1, callsign="EIN12K  "), PLACE)
    receiver.hear(
        line(4, speed="450", track="271", rate="-640"),
        line(6, squawk="2713", altitude="35000"),
        line(8, ground="0"),
        after_ms=500,
    )
    position = receiver.one()
    assert (position.icao24, position.callsign, position.squawk) == ("4ca1a1", "EIN12K", "2713")
    assert (position.latitude_deg, position.longitude_deg, position.track_deg) == (52.25, 4.5, 271)
    assert position.baro_altitude_m == pytest.approx(35_000 * 0.3048)
    assert position.ground_speed_mps == pytest.approx(450 * 1852 / 3600)
    assert position.vertical_rate_mps == pytest.approx(-640 * 0.00508)
    assert (position.status, position.source, position.origin_country) == ("descending", "sbs", "Ireland")
    assert (position.position_time, position.last_contact) == (NOW_MS, NOW_MS + 500)


def test_surface_message() -> None:
    receiver = Receiver()
    receiver.hear(line(2, altitude="", speed="12", track="90", latitude="52.3", longitude="4.7", ground="-1"))
    position = receiver.one()
    assert (position.on_ground, position.status) == (True, "taxiing")


@pytest.mark.parametrize(("flag", "is_emergency"), [("0", False), ("-1", True), ("1", True)])
def test_emergency_flag(flag: str, is_emergency: bool) -> None:
    receiver = Receiver()
    receiver.hear(PLACE, line(6, squawk="1234", emergency=flag))
    assert (receiver.one().status == "emergency") == is_emergency


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"altitude": "abc"}, "baro_altitude_m"),
        ({"speed": "nan", "track": "10"}, "ground_speed_mps"),
        ({"track": "1e999"}, "track_deg"),
        ({"rate": "--5"}, "vertical_rate_mps"),
        ({"squawk": "9999"}, "squawk"),
        ({"altitude": "9999999"}, "baro_altitude_m"),
    ],
)
def test_bad_field_costs_the_field(fields: dict[str, str], lost: str) -> None:
    receiver = Receiver()
    receiver.hear(line(3, **({"latitude": "52.25", "longitude": "4.5"} | fields)))
    assert receiver.one().latitude_deg == 52.25
    assert receiver.losses.fields == {lost: 1}


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("0.0", "0.0"), ("", "4.5"), ("91", "4.5"), ("52", "x"), ("nan", "nan")]
)
def test_impossible_place_is_no_position(latitude: str, longitude: str) -> None:
    receiver = Receiver()
    receiver.hear(line(3, latitude=latitude, longitude=longitude))
    assert receiver.all() == []
    assert receiver.losses.records == {"no_position": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"MSG,9,1,1,4CA1A1,1,,,,,,,,,,,,,,,,\r\n", "garbage"),
        (b"hello\n", "garbage"),
        (b"MSG,3\n", "garbage"),
        (b"\xff\xfe\x00,\n", "garbage"),
        (b"MSG,3,1,1,ZZZZZZ,1,,,,,,1000,,,52,4,,,,,,0\n", "malformed"),
        (b"MSG,3,1,1,000000,1,,,,,,,,,52,4,,,,,,0\n", "malformed"),
        (b"MSG,3,1,1,,1,,,,,,,,,52,4,,,,,,0\n", "malformed"),
    ],
)
def test_bad_line_is_counted_and_costs_only_itself(data: bytes, reason: str) -> None:
    receiver = Receiver()
    receiver.hear(data, PLACE)
    assert receiver.losses.records == {reason: 1}
    receiver.one()


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r\r\n", b" \r\n", b"\x00\r\n"])
def test_endings_of_lines(ending: bytes) -> None:
    receiver = Receiver()
    receiver.hear(PLACE.strip() + ending, b"\r\n", b"\n")
    receiver.one()
    assert not receiver.losses.records


def test_short_line_is_read_as_far_as_it_goes() -> None:
    receiver = Receiver()
    receiver.hear(b"MSG,3,1,1,4CA1A1,1,,,,,,35000,,,52.25,4.5\n")
    assert receiver.one().latitude_deg == 52.25


def test_endless_line_is_counted_once_and_not_kept() -> None:
    receiver = Receiver()
    for _ in range(100):
        receiver.hear(b"x" * 10_000)
        assert len(receiver.lines._rest) <= MAX_LINE_BYTES
    receiver.hear(b"tail\n" + PLACE)
    receiver.one()
    assert receiver.losses.records == {"too_long": 1}


def test_long_line_in_one_segment_is_counted() -> None:
    receiver = Receiver()
    receiver.hear(b"MSG,3," + b"x" * 1_000 + b"\n" + PLACE)
    receiver.one()
    assert receiver.losses.records == {"too_long": 1}


@pytest.mark.parametrize(
    "date", ["2025/06/15,16:26:40.000", "1970/01/01,00:00:00.000", "2038/01/19,03:14:07.000", ",", "garbage,99:99:99"]
)
def test_dates_do_not_change_times(date: str) -> None:
    receiver = Receiver()
    receiver.hear(line(3, date=date, latitude="52.25", longitude="4.5"))
    assert receiver.one().position_time == NOW_MS


def test_dates_that_are_hours_off_are_noted() -> None:
    receiver = Receiver()
    receiver.hear(line(3, date="1970/01/01,00:00:00.000"))
    assert receiver.lines.clock_ahead_s == pytest.approx(-NOW_MS / 1000)


def test_filler_squawk_and_other_kinds_of_lines_say_nothing() -> None:
    receiver = Receiver()
    receiver.hear(
        PLACE,
        line(6, squawk="2713"),
        line(6, squawk="0000"),
        b"STA,,5,1,4CA1A1,1,d,t,d,t,RM\r\n",
        b"CLK,,1,,,,d,t,d,t\n",
    )
    assert receiver.one().squawk == "2713"
    assert not receiver.losses.records


def test_other_addresses_are_shown_only_if_wanted() -> None:
    place = line(3, icao24="~2A1234", latitude="52.25", longitude="4.5")
    refused, shown = Receiver(), Receiver(Wanted(non_icao_addresses=True))
    for receiver in (refused, shown):
        receiver.hear(place)
    assert refused.all() == []
    assert refused.losses.records == {"non_icao_address": 1}
    assert shown.one().icao24 == "2a1234"


noise = st.one_of(
    st.binary(max_size=80), st.text("MSG,38.-\r\n0451ACTL", max_size=120).map(str.encode), st.just(b"x" * 700)
)


@given(
    st.lists(st.one_of(noise, st.just(PLACE), st.just(line(1, callsign="EIN1"))), max_size=12),
    st.lists(st.integers(1, 200), min_size=1),
)
def test_any_split_gives_the_same(parts: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(parts) + b"\n"
    whole, split = Receiver(), Receiver()
    whole.hear(stream)
    at = number = 0
    while at < len(stream):
        size = sizes[number % len(sizes)]
        split.hear(stream[at : at + size])
        at, number = at + size, number + 1
    assert split.all() == whole.all()
    assert split.losses.records == whole.losses.records


@given(st.lists(noise, max_size=6))
def test_any_noise_costs_no_line_after_it(parts: list[bytes]) -> None:
    receiver = Receiver()
    for part in parts:
        receiver.hear(part + b"\n" + PLACE, after_ms=1)
        assert receiver.sky.known("4ca1a1") is not None
        assert receiver.sky.known("4ca1a1").position_ms == receiver.now_ms  # type: ignore[union-attr]
        for position in receiver.all():
            refuse_out_of_range(position, receiver.now_ms)
