"""What Mode S messages say, made by an encoder after the standard, and published messages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker_generator.sources.feeds.beast_frames import BeastFrames
from flighttracker_generator.sources.feeds.mode_s import MLAT_COUNTER, ModeS, library_decode, parity
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses
from tests import mode_s_bytes as mode_s
from tests.example_flights import NOW_MS

ADDRESS = "4ca1a1"
PLACE_DEG = (52.25, 4.5)
EVERYTHING = Wanted(vehicles=True, non_icao_addresses=True)


class Receiver:
    """One connection, from bytes to positions."""

    def __init__(self, wanted: Wanted = EVERYTHING, receiver_deg: tuple[float, float] | None = None) -> None:
        self.losses = Losses()
        self.sky = Sky("beast", wanted, self.losses, receiver_deg)
        self.messages = ModeS(self.sky, library_decode())
        self.frames = BeastFrames(self.messages.take, self.losses)
        self.now_ms = NOW_MS

    def hear(self, *messages: bytes, after_ms: int = 0, counter: bytes = mode_s.COUNTER) -> None:
        self.now_ms += after_ms
        self.messages.received_ms = self.now_ms
        self.frames.feed(b"".join(mode_s.frame(message, counter) for message in messages))

    def both(self, place_deg: tuple[float, float] = PLACE_DEG, **fields: Any) -> None:
        for odd in (False, True):
            self.hear(mode_s.airborne(ADDRESS, place_deg, odd=odd, **fields))

    def all(self) -> list[FlightPosition]:
        return self.sky.changed(self.now_ms)

    def one(self) -> FlightPosition:
        (position,) = self.all()
        refuse_out_of_range(position, self.now_ms)
        return position


def test_messages_of_an_aircraft_become_one_position() -> None:
    receiver = Receiver()
    receiver.hear(mode_s.identification(ADDRESS, "EIN12K"), after_ms=100)
    receiver.both(altitude_ft=35_000)
    receiver.hear(
        mode_s.velocity(ADDRESS, east_kt=-300, north_kt=400, rate_fpm=-1_280, above_baro_ft=500), after_ms=100
    )
    receiver.hear(mode_s.reply(ADDRESS, 5, mode_s.code_bits("2713")), after_ms=100)
    position = receiver.one()
    assert (position.icao24, position.callsign, position.squawk, position.origin_country) == (
        ADDRESS,
        "EIN12K",
        "2713",
        "Ireland",
    )
    assert (position.latitude_deg, position.longitude_deg) == pytest.approx(PLACE_DEG, abs=1e-4)
    assert position.baro_altitude_m == pytest.approx(35_000 * 0.3048)
    assert position.geo_altitude_m == pytest.approx(35_500 * 0.3048, abs=8)
    assert position.ground_speed_mps == pytest.approx(500 * 1852 / 3600, abs=0.01)
    assert position.track_deg == pytest.approx(323.13, abs=0.01)
    assert position.vertical_rate_mps == pytest.approx(-1_280 * 0.00508, abs=0.01)
    assert (position.on_ground, position.status) == (False, "descending")
    assert (position.position_time, position.last_contact) == (NOW_MS + 100, NOW_MS + 300)
    assert not receiver.losses.fields
    assert not receiver.losses.records


def test_published_messages() -> None:
    receiver = Receiver()
    for message in (
        "8D406B902015A678D4D220AA4BDA", "8D40621D58C382D690C8AC2863A7", "8D40621D58C386435CC412692AD6",
        "8D485020994409940838175B284F", "8DA2C1B6E112B600000000760759",
    ):  # fmt: skip
        receiver.hear(bytes.fromhex(message))
    known = receiver.sky.known
    first, second, third, fourth = (known(icao24) for icao24 in ("406b90", "40621d", "485020", "a2c1b6"))
    assert first is not None
    assert second is not None
    assert third is not None
    assert fourth is not None
    assert (first.callsign, first.category) == ("EZY85MH", "A0")
    assert (second.latitude_deg, second.longitude_deg) == pytest.approx((52.26578, 3.93891), abs=1e-5)
    assert second.baro_altitude_m == pytest.approx(38_000 * 0.3048)
    assert third.ground_speed_mps == pytest.approx(159.2 * 1852 / 3600, abs=0.01)
    assert third.track_deg == pytest.approx(182.88, abs=0.01)
    assert third.vertical_rate_mps == pytest.approx(-832 * 0.00508, abs=0.01)
    assert (fourth.squawk, fourth.declared) == ("6513", None)


def test_one_position_message_is_not_enough_and_is_counted() -> None:
    receiver = Receiver()
    receiver.hear(mode_s.airborne(ADDRESS, PLACE_DEG, odd=False))
    assert receiver.all() == []
    assert receiver.losses.records == {"no_position": 1}


def test_pair_that_is_too_far_apart_gives_no_position() -> None:
    receiver = Receiver()
    receiver.hear(mode_s.airborne(ADDRESS, PLACE_DEG, odd=False))
    receiver.hear(mode_s.airborne(ADDRESS, PLACE_DEG, odd=True), after_ms=10_001)
    assert receiver.all() == []


def test_known_position_makes_one_message_enough() -> None:
    receiver = Receiver()
    receiver.both()
    receiver.hear(mode_s.airborne(ADDRESS, (52.5, 4.5), odd=True), after_ms=60_000)
    position = receiver.one()
    assert position.latitude_deg == pytest.approx(52.5, abs=1e-4)
    assert position.position_time == NOW_MS + 60_000


def test_wrong_checksum_is_counted_and_heard_by_nobody() -> None:
    receiver = Receiver()
    message = bytearray(mode_s.airborne(ADDRESS, PLACE_DEG, odd=False))
    message[6] ^= 0x10
    receiver.hear(bytes(message), bytes(mode_s.acquisition(ADDRESS, 81)))
    assert receiver.all() == []
    assert receiver.sky.known(ADDRESS) is None
    assert receiver.losses.records == {"bad_crc": 2}
    assert receiver.losses.examples["bad_crc"] == f"'{mode_s.acquisition(ADDRESS, 81).hex()}'"


def test_radar_code_in_an_acquisition_is_accepted_for_known_aircraft() -> None:
    receiver = Receiver()
    receiver.hear(mode_s.acquisition(ADDRESS, 7))
    assert receiver.losses.records == {"bad_crc": 1}
    receiver.hear(mode_s.acquisition(ADDRESS, 0), mode_s.acquisition(ADDRESS, 7))
    assert receiver.losses.records == {"bad_crc": 1}


def test_replies_count_for_known_aircraft_only() -> None:
    receiver = Receiver()
    altitude = mode_s.reply_altitude_bits(12_000)
    receiver.hear(mode_s.reply(ADDRESS, 4, altitude), mode_s.reply(ADDRESS, 5, mode_s.code_bits("7700")))
    assert receiver.sky.known(ADDRESS) is None
    receiver.both(altitude_ft=10_000)
    for downlink_format in (4, 20):
        receiver.hear(mode_s.reply(ADDRESS, downlink_format, altitude))
        assert receiver.one().baro_altitude_m == pytest.approx(12_000 * 0.3048)
    receiver.hear(mode_s.reply(ADDRESS, 21, mode_s.code_bits("7700")))
    assert receiver.one().status == "emergency"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (0, "unknown"),
        (1, "emergency"),
        (2, "lifeguard"),
        (3, "minimum_fuel"),
        (4, "emergency"),
        (5, "emergency"),
        (6, "emergency"),
        (7, "unknown"),
    ],
)
def test_emergency_states(state: int, status: str) -> None:
    receiver = Receiver()
    receiver.both()
    receiver.hear(mode_s.emergency(ADDRESS, state, "1000"))
    position = receiver.one()
    assert (position.status, position.squawk) == (status, "1000")


def test_every_squawk_is_read() -> None:
    receiver = Receiver()
    receiver.both()
    for code in ("0000", "0001", "1234", "7500", "7777", "4021", "0356"):
        receiver.hear(mode_s.reply(ADDRESS, 5, mode_s.code_bits(code)))
        assert receiver.one().squawk == code


def test_surface_position_needs_a_place() -> None:
    surface = [mode_s.surface(ADDRESS, PLACE_DEG, odd=odd, track_deg=90) for odd in (False, True)]
    lost, located = Receiver(), Receiver(receiver_deg=(52.0, 5.0))
    for receiver in (lost, located):
        receiver.hear(*surface)
    assert lost.all() == []
    position = located.one()
    assert (position.latitude_deg, position.longitude_deg) == pytest.approx(PLACE_DEG, abs=1e-4)
    assert (position.on_ground, position.status, position.track_deg) == (True, "taxiing", 90)
    assert position.ground_speed_mps == pytest.approx(15 * 1852 / 3600, abs=0.3)
    assert position.baro_altitude_m is None


def test_landing_aircraft_is_followed_to_the_ground_without_a_receivers_place() -> None:
    receiver = Receiver()
    receiver.both(altitude_ft=100)
    receiver.hear(mode_s.surface(ADDRESS, (52.26, 4.51), odd=True), after_ms=5_000)
    position = receiver.one()
    assert position.on_ground
    assert position.latitude_deg == pytest.approx(52.26, abs=1e-4)


def test_geometric_altitude_is_not_barometric() -> None:
    receiver = Receiver()
    receiver.both(type_code=20, altitude_ft=20_000)
    position = receiver.one()
    assert position.baro_altitude_m is None
    assert position.geo_altitude_m is not None


def test_old_values_are_unknown_again() -> None:
    receiver = Receiver()
    receiver.both()
    receiver.hear(mode_s.velocity(ADDRESS, 300, 0, rate_fpm=640), mode_s.identification(ADDRESS, "EIN12K"))
    assert receiver.one().ground_speed_mps is not None
    receiver.hear(mode_s.acquisition(ADDRESS), after_ms=60_001)
    position = receiver.one()
    assert (position.ground_speed_mps, position.track_deg, position.vertical_rate_mps, position.baro_altitude_m) == (
        None,
    ) * 4
    assert (position.callsign, position.position_time) == ("EIN12K", NOW_MS)
    receiver.hear(mode_s.acquisition(ADDRESS), after_ms=250_000)
    assert receiver.one().callsign == ""


@pytest.mark.parametrize(
    ("downlink_format", "control", "imf", "address_type", "is_icao"),
    [
        (17, 5, False, "adsb_icao", True), (18, 0, False, "adsb_icao_nt", True), (18, 1, False, "adsb_other", False),
        (18, 2, False, "tisb_icao", True), (18, 2, True, "tisb_trackfile", False), (18, 5, False, "tisb_other", False),
        (18, 6, False, "adsr_icao", True), (18, 6, True, "adsr_other", False),
    ],
)  # fmt: skip
def test_kinds_of_addresses(downlink_format: int, control: int, imf: bool, address_type: str, is_icao: bool) -> None:
    receiver = Receiver()
    receiver.both(downlink_format=downlink_format, control=control, imf=imf)
    (aircraft,) = receiver.sky._aircraft.values()
    assert (aircraft.address_type, aircraft.is_icao) == (address_type, is_icao)
    assert receiver.one().origin_country == ("Ireland" if is_icao else "")


def test_frame_with_the_length_of_another_format_is_garbage() -> None:
    receiver = Receiver()
    receiver.messages.take(0x33, bytes(7) + mode_s.acquisition(ADDRESS) + bytes(7))
    receiver.messages.take(0x32, bytes(7) + mode_s.identification(ADDRESS, "EIN12K")[:7])
    assert receiver.losses.records == {"garbage": 2}


@pytest.mark.parametrize("control", [3, 4, 7])
def test_coarse_and_management_messages_are_no_positions(control: int) -> None:
    receiver = Receiver()
    receiver.both(downlink_format=18, control=control)
    assert receiver.sky._aircraft == {}


def test_results_of_multilateration_are_marked() -> None:
    receiver = Receiver()
    for odd in (False, True):
        receiver.hear(mode_s.airborne(ADDRESS, PLACE_DEG, odd=odd, downlink_format=18, control=0), counter=MLAT_COUNTER)
    aircraft = receiver.sky.known(ADDRESS)
    assert aircraft is not None
    assert aircraft.address_type == "mlat"


def test_other_addresses_and_vehicles_are_shown_only_if_wanted() -> None:
    receiver = Receiver(wanted=Wanted())
    receiver.both(downlink_format=18, control=1)
    assert receiver.all() == []
    receiver.both()
    receiver.hear(mode_s.identification(ADDRESS, "FOLLOWME", category="C2"))
    assert receiver.all() == []
    assert receiver.losses.records == {"non_icao_address": 1, "surface_vehicle": 1}


def test_other_address_does_not_replace_the_aircraft_with_the_same() -> None:
    receiver = Receiver()
    receiver.both()
    receiver.both(place_deg=(10.0, 10.0), downlink_format=18, control=1)
    position = receiver.one()
    assert position.latitude_deg == pytest.approx(52.25, abs=1e-3)


@settings(max_examples=500)
@given(st.lists(st.tuples(st.sampled_from((17, 18)), st.integers(0, 7), st.integers(0, 2**56 - 1)), max_size=30))
def test_any_valid_message_leads_to_possible_positions(parts: list[tuple[int, int, int]]) -> None:
    receiver = Receiver(receiver_deg=(52.0, 5.0))
    for downlink_format, control, payload in parts:
        receiver.hear(mode_s.squitter(ADDRESS, payload, downlink_format=downlink_format, control=control), after_ms=10)
        for position in receiver.all():
            refuse_out_of_range(position, receiver.now_ms)


@settings(max_examples=300)
@given(st.integers(0, 2**32 - 1), st.sampled_from((0, 4, 5, 16, 20, 21)))
def test_any_reply_leads_to_possible_positions(field: int, downlink_format: int) -> None:
    receiver = Receiver()
    receiver.both()
    receiver.hear(mode_s.reply(ADDRESS, downlink_format, field & 0x07FFFFFF))
    refuse_out_of_range(receiver.one(), receiver.now_ms)


def test_fault_in_the_library_costs_one_message() -> None:
    class PanicException(BaseException):
        pass

    def decode(_: str) -> None:
        raise PanicException

    losses = Losses()
    sky = Sky("beast", EVERYTHING, losses)
    messages = ModeS(sky, decode)
    messages.received_ms = NOW_MS
    message = mode_s.identification(ADDRESS, "EIN12K")
    assert messages.take(0x33, bytes(7) + message)
    assert losses.fields == {"message": 1}


@given(st.binary(min_size=4, max_size=11))
def test_checksum_is_that_of_the_standard(data: bytes) -> None:
    assert parity(data + b"abc") == mode_s.checksum(data)
