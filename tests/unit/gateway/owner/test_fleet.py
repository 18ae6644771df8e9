"""Slots: which aircraft get one, keep it and lose it."""

from __future__ import annotations

import pytest

from flighttracker.errors import RecordRefusedError
from flighttracker.frame import ShardTable, decode_frame, read_header
from flighttracker.frame.layout import CONTACT_LEAD, SQUAWK
from flighttracker_gateway.owner.fleet import Fleet
from flighttracker_gateway.owner.shard import ShardOwner
from tests.example_flights import NOW_MS, position

TTL_MS = 60_000


def test_an_aircraft_keeps_its_slot_while_it_reports() -> None:
    fleet = Fleet(10)
    fleet.hear(position(icao24="000001"))
    assert fleet.advance(NOW_MS, TTL_MS).added.tolist() == [0]
    fleet.hear(position(icao24="000001", latitude_deg=51.0, position_time=NOW_MS + 1000))
    change = fleet.advance(NOW_MS + 1000, TTL_MS)
    assert change.added.tolist() == []
    assert change.changed.slots.tolist() == [0]
    assert change.changed.new[0, 0] - change.changed.old[0, 0] == pytest.approx((51.0 - 50.033333) * 1e5, abs=1)


def test_only_the_latest_position_of_a_tick_is_shown() -> None:
    fleet = Fleet(10)
    fleet.hear(position(latitude_deg=50.0))
    fleet.hear(position(latitude_deg=51.0, position_time=NOW_MS + 400))
    fleet.advance(NOW_MS + 1000, TTL_MS)
    assert fleet.table.dynamic[0, 0] == 5_100_000
    assert fleet.table.position_time_ms[0] == NOW_MS + 400


def test_a_position_that_is_not_newer_is_rejected() -> None:
    fleet = Fleet(10)
    fleet.hear(position())
    with pytest.raises(RecordRefusedError, match="out_of_order: 3c6444: 0 ms older"):
        fleet.hear(position())
    fleet.advance(NOW_MS, TTL_MS)
    with pytest.raises(RecordRefusedError, match="5000 ms older"):
        fleet.hear(position(position_time=NOW_MS - 5000))


@pytest.mark.parametrize("is_shown", [False, True])
def test_a_squawk_without_a_new_position_is_shown_at_the_old_one(is_shown: bool) -> None:
    fleet = Fleet(10)
    fleet.hear(position())
    if is_shown:
        fleet.advance(NOW_MS, TTL_MS)
    fleet.hear(position(squawk="7700", status="emergency", last_contact=NOW_MS + 8_000))
    change = fleet.advance(NOW_MS + 9_000, TTL_MS)
    assert len(change.changed.slots if is_shown else change.added) == 1
    assert fleet.table.dynamic[SQUAWK, 0] == 0o7700
    assert fleet.table.position_time_ms[0] == NOW_MS
    assert fleet.table.dynamic[CONTACT_LEAD, 0] == 80
    with pytest.raises(RecordRefusedError, match="out_of_order"):
        fleet.hear(position(squawk="1000", last_contact=NOW_MS + 8_000))
    assert fleet.advance(NOW_MS + TTL_MS + 1, TTL_MS).removed.tolist() == [0]


def test_a_silent_aircraft_is_removed_and_its_slot_is_free_a_tick_later() -> None:
    fleet = Fleet(10)
    fleet.hear(position(icao24="000001"))
    fleet.hear(position(icao24="000002"))
    fleet.advance(NOW_MS, TTL_MS)
    fleet.hear(position(icao24="000002", position_time=NOW_MS + TTL_MS))
    fleet.hear(position(icao24="000003", position_time=NOW_MS + TTL_MS))
    change = fleet.advance(NOW_MS + TTL_MS + 1, TTL_MS)
    assert change.removed.tolist() == [0]
    assert change.added.tolist() == [2]
    fleet.hear(position(icao24="000004", position_time=NOW_MS + TTL_MS + 1))
    assert fleet.advance(NOW_MS + TTL_MS + 2, TTL_MS).added.tolist() == [0]
    assert len(fleet) == 3


def test_an_aircraft_that_reports_again_just_in_time_stays() -> None:
    fleet = Fleet(10)
    fleet.hear(position())
    fleet.advance(NOW_MS, TTL_MS)
    late_ms = NOW_MS + 2 * TTL_MS
    fleet.hear(position(position_time=late_ms))
    change = fleet.advance(late_ms, TTL_MS)
    assert change.removed.tolist() == []
    assert change.changed.slots.tolist() == [0]


def test_a_forgotten_aircraft_leaves_with_the_next_tick_unless_it_reports_again() -> None:
    fleet = Fleet(10)
    for icao24 in ("000001", "000002", "000003"):
        fleet.hear(position(icao24=icao24))
    fleet.advance(NOW_MS, TTL_MS)
    fleet.forget(["000001", "000003"])
    fleet.hear(position(icao24="000003", position_time=NOW_MS + 1000))
    change = fleet.advance(NOW_MS + 1000, TTL_MS)
    assert change.removed.tolist() == [0]
    assert change.changed.slots.tolist() == [2]
    assert set(fleet.aircraft) == {"000002", "000003"}


def test_a_position_that_is_too_old_is_not_shown() -> None:
    fleet = Fleet(10)
    fleet.hear(position(position_time=NOW_MS - TTL_MS - 1))
    assert fleet.advance(NOW_MS, TTL_MS).added.tolist() == []
    assert len(fleet) == 0


def test_a_new_callsign_is_an_addition_in_the_same_slot() -> None:
    fleet = Fleet(10)
    fleet.hear(position(icao24="000001"))
    fleet.hear(position(icao24="000002"))
    fleet.advance(NOW_MS, TTL_MS)
    fleet.hear(position(icao24="000002", callsign="DLH9AB", position_time=NOW_MS + 1000))
    change = fleet.advance(NOW_MS + 1000, TTL_MS)
    assert change.added.tolist() == [1]
    assert change.changed.slots.tolist() == []
    assert fleet.table.identities["callsign"][1] == b"DLH9AB"


@pytest.mark.parametrize("changes", [{"category": "rotorcraft"}, {"address_type": "mlat"}, {"category": "unknown"}])
def test_a_new_kind_is_an_addition_in_the_same_slot(changes: dict[str, str]) -> None:
    fleet = Fleet(10)
    fleet.hear(position(category="large", address_type="adsb_icao"))
    fleet.advance(NOW_MS, TTL_MS)
    fleet.hear(position(position_time=NOW_MS + 1000, **changes))
    change = fleet.advance(NOW_MS + 1000, TTL_MS)
    assert (change.added.tolist(), change.changed.slots.tolist()) == ([0], [])
    fleet.hear(position(position_time=NOW_MS + 2000, **changes))
    change = fleet.advance(NOW_MS + 2000, TTL_MS)
    assert (change.added.tolist(), change.changed.slots.tolist()) == ([], [0])


def test_kinds_that_an_older_owner_did_not_store_are_added_when_they_are_heard() -> None:
    older = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=TTL_MS, max_aircraft=10)
    older.hear(position(category="unknown", address_type="unknown"))
    header, content = decode_frame(older.tick(NOW_MS))
    assert header.version == 1
    table = ShardTable()
    table.apply(content, header.tick_time_ms)
    owner = ShardOwner(0, 2, tick_interval_ms=1000, time_to_live_ms=TTL_MS, max_aircraft=10, table=table)
    owner.hear(position(position_time=NOW_MS + 1000))
    header, content = decode_frame(owner.tick(NOW_MS + 1000))
    assert (header.version, content.added.slots.tolist()) == (2, [0])
    assert (content.added.identities["category"][0], content.added.identities["address_type"][0]) == (3, 1)


def test_frames_that_add_nothing_of_a_known_kind_are_readable_by_older_programs() -> None:
    owner = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=TTL_MS, max_aircraft=10)
    owner.hear(position())
    versions = [read_header(owner.tick(NOW_MS)).version]
    owner.hear(position(position_time=NOW_MS + 1000))
    versions.append(read_header(owner.tick(NOW_MS + 1000)).version)
    assert versions == [2, 1]


def test_a_fleet_never_has_more_aircraft_than_its_bound() -> None:
    fleet = Fleet(2)
    fleet.hear(position(icao24="000001"))
    fleet.hear(position(icao24="000002"))
    with pytest.raises(RecordRefusedError, match="too_many_aircraft"):
        fleet.hear(position(icao24="000003"))
    fleet.advance(NOW_MS, TTL_MS)
    fleet.hear(position(icao24="000001", position_time=NOW_MS + 1))
    with pytest.raises(RecordRefusedError, match="too_many_aircraft"):
        fleet.hear(position(icao24="000003", position_time=NOW_MS + 1))


def test_the_bound_counts_an_aircraft_once_when_it_reports_again() -> None:
    fleet = Fleet(max_aircraft=4)
    known = [f"{number:06x}" for number in range(3)]
    for icao24 in known:
        fleet.hear(position(icao24=icao24))
    fleet.advance(NOW_MS, TTL_MS)
    for icao24 in known:
        fleet.hear(position(icao24=icao24, position_time=NOW_MS + 1000))
    fleet.hear(position(icao24="000003", position_time=NOW_MS + 1000))
    with pytest.raises(RecordRefusedError, match="holds 4 aircraft"):
        fleet.hear(position(icao24="000004", position_time=NOW_MS + 1000))
    fleet.advance(NOW_MS + 1000, TTL_MS)
    assert len(fleet) == 4


def test_two_sources_of_different_replicas_are_one_track() -> None:
    fleet = Fleet(10)
    shown = []
    for second in range(20):
        for source in ("roof", "sky"):
            is_ahead = source == "sky"
            time_ms = NOW_MS + second * 1000 + (500 if is_ahead else 0)
            flight = position(
                source=source,
                latitude_deg=50 + (second - (0.4 if is_ahead else 0)) * 0.002,
                position_time=time_ms,
                last_contact=time_ms,
                registration="D-AIBL" if is_ahead else "",
            )
            if source == "sky" or not 8 <= second < 14:
                fleet.hear(flight)
        fleet.advance(NOW_MS + second * 1000 + 600, TTL_MS)
        row = fleet.table.identities[0]
        shown.append((int(fleet.table.dynamic[0, 0]), fleet.table.names[row["source"]], row["registration"]))
    latitudes = [latitude for latitude, _, _ in shown]
    assert latitudes == sorted(latitudes), "the track never runs back"
    assert [source for _, source, _ in shown] == ["roof"] * 9 + ["sky"] * 11
    assert {registration for _, _, registration in shown[1:]} == {b"D-AIBL"}, "what only one of them knows is kept"


@pytest.mark.parametrize("is_shown", [False, True])
def test_a_less_precise_message_of_another_source_waits_longer(is_shown: bool) -> None:
    fleet = Fleet(10)
    fleet.hear(position(source="roof"))
    if is_shown:
        fleet.advance(NOW_MS, TTL_MS)
    for second, expected in ((5, "roof"), (11, "mlat")):
        time_ms = NOW_MS + second * 1000
        fleet.hear(position(source="mlat", address_type="mlat", position_time=time_ms, last_contact=time_ms))
        fleet.advance(time_ms, TTL_MS)
        assert fleet.table.names[fleet.table.identities[0]["source"]] == expected


def test_an_older_position_of_another_source_is_no_rejected_record() -> None:
    fleet = Fleet(10)
    fleet.hear(position(source="roof"))
    fleet.hear(position(source="sky", position_time=NOW_MS - 8_000))
    assert fleet.advance(NOW_MS, TTL_MS).added.tolist() == [0]
    assert fleet.table.position_time_ms[0] == NOW_MS


def test_what_other_sources_know_is_forgotten_with_the_aircraft() -> None:
    fleet = Fleet(10)
    fleet.hear(position(source="roof", registration=""))
    fleet.hear(position(source="sky", registration="D-AIBL"))
    fleet.advance(NOW_MS, TTL_MS)
    fleet.advance(NOW_MS + TTL_MS + 1, TTL_MS)
    later_ms = NOW_MS + TTL_MS + 2
    fleet.hear(position(source="roof", registration="", position_time=later_ms, last_contact=later_ms))
    fleet.advance(later_ms, TTL_MS)
    assert fleet.table.identities[0]["registration"] == b""
