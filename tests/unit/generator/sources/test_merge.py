"""Several sources of one aircraft: one track that never runs back, from whoever is best, with what each knows."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.merge import KEPT_AIRCRAFT, KEPT_MS, Merge
from tests.example_flights import NOW_MS, position

SPEED_MPS = 231.0
DEGREES_PER_S = SPEED_MPS / 111_195


def at(second: float, *, late_s: float = 0.0, **changes: Any) -> FlightPosition:
    """Return an aircraft flying north, measured at a second and labelled by a clock that is ahead by `late_s`."""
    time_ms = NOW_MS + round((second + late_s) * 1000)
    fields = {"latitude_deg": 50 + second * DEGREES_PER_S, "position_time": time_ms, "last_contact": time_ms}
    return position(**(fields | changes))


def hear(merge: Merge, source: int, *positions: FlightPosition) -> list[FlightPosition]:
    return merge.hear(source, positions, max(max(each.last_contact for each in positions), NOW_MS + 100_000))


def owners(merge: Merge, reports: list[tuple[int, FlightPosition]]) -> list[int]:
    return [source for source, report in reports if hear(merge, source, report)]


def test_two_receivers_at_the_same_pace_are_one_track_of_the_first() -> None:
    merge = Merge()
    reports = [(source, at(second + source * 0.4)) for second in range(30) for source in (0, 1)]
    assert owners(merge, reports) == [0] * 30


def test_the_other_receiver_continues_when_the_first_is_silent_and_gives_it_back() -> None:
    merge = Merge()
    reports = [
        (source, at(second + source * 0.4))
        for second in range(30)
        for source in (0, 1)
        if source == 1 or not 10 <= second < 20
    ]
    shown = owners(merge, reports)
    assert shown == [0] * 10 + [1] * 10 + [0] * 7, "a takeover after 2 s, both times"


def test_an_older_position_is_never_shown() -> None:
    merge = Merge()
    hear(merge, 1, at(5))
    assert hear(merge, 0, at(1)) == []
    assert hear(merge, 1, at(4)) == []
    assert hear(merge, 0, at(8)) == [at(8)]


def test_a_stale_source_does_not_cover_a_fresh_one() -> None:
    merge = Merge()
    # The better source answers with positions that are 90 s old.
    reports = [
        report
        for second in range(100, 130)
        for report in ((1, at(second)), *([(0, at(second - 90))] if second % 10 == 0 else []))
    ]
    assert owners(merge, reports) == [1] * 30


def test_a_slow_network_before_the_own_receiver_leaves_the_receiver_its_aircraft() -> None:
    merge = Merge()
    reports = [
        report
        for second in range(60)
        for report in ((1, at(second)), *([(0, at(second))] if second % 20 == 10 else []))
    ]
    assert owners(merge, reports) == [1] * 60


def test_adsb_comes_before_mlat_whatever_the_order_of_the_list() -> None:
    merge = Merge()
    mlat: dict[str, Any] = {"address_type": "mlat", "longitude_deg": 8.573}
    none: dict[str, Any] = {}
    reports = [(source, at(second, **(mlat if source == 0 else none))) for second in range(30) for source in (0, 1)]
    shown = owners(merge, reports)
    assert shown[:2] == [0, 0]
    assert set(shown[3:]) == {1}
    # It lasts for a gap of ADS-B that is longer than the clocks differ.
    assert hear(merge, 0, at(34, **mlat)) == []
    assert hear(merge, 0, at(40, **mlat)) == [at(40, **mlat)]


def test_tis_b_track_with_the_same_address_is_another_target() -> None:
    merge = Merge()
    track: dict[str, Any] = {"address_type": "tisb_other", "latitude_deg": 10.0, "callsign": "GHOST"}
    hear(merge, 0, at(0, **track))
    assert hear(merge, 1, at(3, callsign="")) == [at(3, callsign="")], "it gets no callsign of another target"
    assert hear(merge, 0, at(20, **track)) == []


def test_what_only_one_source_knows_is_kept() -> None:
    merge = Merge()
    network: dict[str, Any] = {"registration": "D-AIBL", "aircraft_type": "A319", "category": "large"}
    bare: dict[str, Any] = {"registration": "", "aircraft_type": "", "operator": "", "category": "unknown"}
    hear(merge, 0, at(0, **bare))
    hear(merge, 1, at(0.5, **network))
    (shown,) = hear(merge, 0, at(1, **bare))
    assert (shown.registration, shown.aircraft_type, shown.category) == ("D-AIBL", "A319", "large")
    assert shown.operator == "Lufthansa"
    (later,) = hear(merge, 0, at(1 + KEPT_MS / 1000, **bare))
    assert later.registration == "", "what a source knew ten minutes ago may be another flight"


def test_own_callsign_comes_first() -> None:
    merge = Merge()
    hear(merge, 0, at(0, callsign="DLH1"))
    hear(merge, 1, at(0.5, callsign="DLH2"))
    assert hear(merge, 0, at(1, callsign="DLH1"))[0].callsign == "DLH1"


def test_each_position_says_its_source() -> None:
    merge = Merge()
    assert hear(merge, 0, at(0, source="roof"))[0].source == "roof"
    assert hear(merge, 1, at(5, source="sky"))[0].source == "sky"


def test_newer_contact_without_a_new_position_is_shown() -> None:
    merge = Merge()
    hear(merge, 0, at(0))
    hear(merge, 1, at(0))
    alarm = at(0, squawk="7700", last_contact=NOW_MS + 3_000)
    assert hear(merge, 0, alarm) == [alarm]


def test_positions_from_before_our_clock_was_set_back_do_not_block_an_aircraft() -> None:
    merge = Merge()
    merge.hear(0, [at(3600)], NOW_MS + 3_600_000)
    assert merge.hear(1, [at(0)], NOW_MS) == [at(0)]


def test_it_is_bounded() -> None:
    merge = Merge()
    flight = at(0)
    merge.hear(0, [replace(flight, icao24=f"{number:06x}") for number in range(KEPT_AIRCRAFT + 10)], NOW_MS)
    assert len(merge) == KEPT_AIRCRAFT
    merge.hear(0, [at(KEPT_MS / 1000 + 1)], NOW_MS + KEPT_MS + 1000)
    assert len(merge) == 1


@st.composite
def receptions(draw: st.DrawFn) -> list[tuple[int, FlightPosition, float]]:
    """Return what two to three receivers report of one aircraft: source, position, true second, in order of arrival."""
    count = draw(st.integers(2, 3))
    ahead_s = [draw(st.floats(-0.95, 0.95)) for _ in range(count)]
    types = [draw(st.sampled_from(["adsb_icao", "mlat", "tisb_icao", "unknown"])) for _ in range(count)]
    intervals_s = [draw(st.sampled_from([0.4, 1.0, 1.7, 5.0, 12.0])) for _ in range(count)]
    reports = []
    for source in range(count):
        heard = draw(st.integers(0, 2**40 - 1))
        phase_s = draw(st.floats(0, 1))
        for number in range(40):
            second = phase_s + number * intervals_s[source]
            if heard >> number & 1 and second < 60:
                delay_s = draw(st.sampled_from([0.0, 0.1, 0.5]))
                flight = at(second, late_s=ahead_s[source], address_type=types[source], source=str(source))
                reports.append((second + delay_s, (source, flight, second)))
    return [report for _, report in sorted(reports, key=lambda report: report[0])]


@given(receptions())
def test_a_track_never_runs_back_or_falls_behind(
    reports: list[tuple[int, FlightPosition, float]],
) -> None:
    """Whatever the clocks (up to 1.9 s apart), gaps, delays and types of messages of the receivers are."""
    merge = Merge()
    shown: list[FlightPosition] = []
    newest_s = -100.0
    for source, flight, second in reports:
        newest_s = max(newest_s, second)
        shown += hear(merge, source, flight)
        behind_s = newest_s - (shown[-1].latitude_deg - 50) / DEGREES_PER_S
        assert behind_s < 14, "a fresh position of any source is shown after the takeover time"
    assert all(one.position_time < other.position_time for one, other in pairwise(shown))
    assert all(one.latitude_deg < other.latitude_deg for one, other in pairwise(shown))
