"""From answers to positions: nothing is younger than it is, whatever a source and the network do."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.timeline import KEPT_AIRCRAFT, KEPT_MS, Heard, Timeline
from tests.example_flights import NOW_MS, position


def at(second: float, **changes: Any) -> FlightPosition:
    """Return an aircraft that flies north at 231 m/s, measured at a second."""
    time_ms = NOW_MS + round(second * 1000)
    fields = {"latitude_deg": 50 + second * 0.00208, "position_time": time_ms, "last_contact": time_ms} | changes
    return position(**fields)


def answer(second: float | None, *positions: FlightPosition) -> Answer:
    """Return an answer whose clock shows a second; its fingerprints are the places and ages."""
    time_ms = None if second is None else NOW_MS + round(second * 1000)
    fingerprints = [
        hash((flight.latitude_deg, flight.longitude_deg, (time_ms or 0) - flight.position_time, flight.last_contact))
        for flight in positions
    ]
    return Answer(list(positions), fingerprints, time_ms)


def hear(timeline: Timeline, given_answer: Answer, second: float) -> Heard:
    return timeline.hear(given_answer, NOW_MS + round(second * 1000))


def timeline(tolerance_ms: int = 0) -> Timeline:
    return Timeline(at(0).source, tolerance_ms)


def test_position_is_passed_on_once() -> None:
    source = timeline()
    assert hear(source, answer(0, at(0)), 0).positions == [at(0)]
    assert hear(source, answer(1, at(0)), 1).positions == []
    assert hear(source, answer(2, at(2)), 2).positions == [at(2)]


def test_position_is_never_in_the_future() -> None:
    (told,) = hear(timeline(), answer(0, at(7)), 0).positions
    assert (told.position_time, told.last_contact) == (NOW_MS, NOW_MS)


def test_older_position_does_not_come_back() -> None:
    source = timeline()
    hear(source, answer(5, at(5)), 5)
    assert hear(source, answer(6, at(1)), 6).skipped == {"unchanged": 1}
    assert hear(source, answer(7, at(5)), 7).skipped == {"unchanged": 1}


def test_aircraft_twice_in_one_answer_is_passed_on_once() -> None:
    assert hear(timeline(), answer(0, at(0), at(0)), 0).positions == [at(0)]


def test_rounded_times_of_one_position_count_as_the_same() -> None:
    source = timeline(tolerance_ms=200)
    hear(source, answer(0, at(0)), 0)
    assert hear(source, answer(1, at(0.15)), 1).positions == []
    assert len(hear(source, answer(2, at(0.3)), 2).positions) == 1


def test_positions_get_the_name_of_their_source() -> None:
    assert hear(Timeline("attic", 0), answer(0, at(0)), 0).positions == [at(0, source="attic")]


def test_file_of_a_receiver_that_died_never_makes_an_aircraft_young() -> None:
    source = timeline()
    for second in range(15):
        hear(source, answer(second, at(second)), second)
    last = answer(15, at(15))
    assert hear(source, last, 15).positions == [at(15)]
    remarks = []
    for second in range(16, 1_000):
        heard = hear(source, last, second)
        assert heard.positions == []
        remarks += heard.remarks
    assert remarks == ["its answers have been the same for 60 s: the source has stopped"]
    assert source.is_stopped
    assert hear(source, answer(1_000, at(1_000)), 1_000).remarks == ["its answers change again"]
    assert not source.is_stopped


def test_file_that_was_dead_before_the_start_is_as_old_as_it_says() -> None:
    source = timeline()
    old = answer(-40, at(-41))
    assert hear(source, old, 0).positions == [at(-41)]
    assert hear(source, old, 90).positions == []
    older = timeline()
    assert hear(older, answer(-7_200, at(-7_201)), 0).skipped == {"clock_behind": 1}


def test_clock_that_runs_on_without_new_content_is_a_source_that_stopped() -> None:
    source = timeline()
    hear(source, answer(0, at(-1)), 0)
    for second in range(1, 90):
        # A proxy puts its own time on the same records, so their ages say that they are young.
        assert hear(source, answer(second, at(-1, position_time=NOW_MS + second * 1000 - 1000)), second).positions == []
    assert source.is_stopped


def test_servers_that_repeat_what_they_read_last_in_turn_are_a_source_that_stopped() -> None:
    source = timeline()
    for second in range(90):
        # Both are stuck. Each puts its own time on its records.
        stuck_s, now_ms = second % 2 - 5, NOW_MS + second * 1000
        stuck = Answer([at(stuck_s, position_time=now_ms - 1000, last_contact=now_ms - 1000)], [stuck_s], now_ms)
        assert len(hear(source, stuck, second).positions) == (second < 2)
    assert source.is_stopped


def test_a_position_whose_age_gets_lost_is_not_new() -> None:
    source = timeline()
    hear(source, answer(50, at(0, last_contact=NOW_MS + 50_000)), 50)
    for second in (51, 52):
        now_ms = NOW_MS + second * 1000
        told = at(0, position_time=now_ms, last_contact=now_ms)
        assert not hear(source, Answer([told], [second], now_ms, undated=frozenset({told.icao24})), second).positions
    assert hear(source, answer(60, at(60)), 60).positions == [at(60)]


def test_empty_sky_is_no_source_that_stopped() -> None:
    source = timeline()
    for second in range(0, 300, 10):
        hear(source, answer(second), second)
        assert not source.is_stopped


@pytest.mark.parametrize("second", [None, 0])
def test_parked_aircraft_of_a_source_without_ages_grows_old(second: float | None) -> None:
    source = timeline()
    hear(source, Answer([at(0)], [7], None), 0)
    for later in range(1, 100):
        assert hear(source, Answer([at(0, position_time=NOW_MS + later * 1000)], [7], None), later).positions == []


def test_answer_without_a_time_is_not_used_when_others_had_one() -> None:
    source = timeline()
    hear(source, answer(0, at(0)), 0)
    assert hear(source, answer(None, at(1)), 1).skipped == {"no_time": 1}


def test_aircraft_goes_on_moving_when_the_clock_of_its_receiver_is_set_back() -> None:
    source = timeline()
    seen = []
    for second in range(60):
        by_s = 45 if second < 10 else 0
        heard = hear(source, answer(second + by_s, at(second + by_s - 0.5, latitude_deg=50 + second * 0.002)), second)
        seen += [(second, flight.position_time - NOW_MS) for flight in heard.positions]
        assert all(flight.position_time <= NOW_MS + second * 1000 - 500 for flight in heard.positions)
    moving = [second for second, _ in seen]
    assert moving == [*range(10), *range(25, 60)]
    assert all(time_ms == second * 1000 - 500 for second, time_ms in seen)


def test_jump_is_held_back_until_a_second_position_confirms_it() -> None:
    source = timeline()
    there = {"latitude_deg": 30.12, "longitude_deg": 31.4}
    hear(source, answer(0, at(0)), 0)
    jumped = hear(source, answer(1, at(1, **there)), 1)
    assert (jumped.positions, dict(jumped.skipped)) == ([], {"jump": 1})
    assert jumped.examples == {"jump": "3c6444 from 50.000, 8.571 to 30.120, 31.400 in 1.0 s"}
    assert hear(source, answer(2, at(1, **there)), 2).skipped == {"unchanged": 1}, "the same position confirms nothing"
    assert hear(source, answer(3, at(3)), 3).positions == [at(3)], "back where it was"
    assert hear(source, answer(4, at(4, **there)), 4).skipped == {"jump": 1}
    assert hear(source, answer(5, at(5, **there)), 5).positions == [at(5, **there)]


def test_two_aircraft_with_one_address_do_not_make_it_zigzag() -> None:
    source = timeline()
    shown = []
    for second in range(20):
        where = {"longitude_deg": 8.5} if second % 2 == 0 else {"longitude_deg": 120.0}
        shown += hear(source, answer(second, at(second, **where)), second).positions
    assert {flight.longitude_deg for flight in shown} == {8.5}
    assert len(shown) == 10


def test_jump_is_no_jump_when_there_was_time_to_fly() -> None:
    source = timeline()
    hear(source, answer(0, at(0)), 0)
    assert len(hear(source, answer(900, at(900, longitude_deg=12.0)), 900).positions) == 1


@pytest.mark.parametrize(
    "news",
    [{"squawk": "7700", "status": "emergency"}, {"callsign": "DLH5"}, {"status": "descending"}, {"on_ground": True}],
)
def test_news_without_a_new_position_is_passed_on_at_the_old_position(news: dict[str, Any]) -> None:
    source = timeline(tolerance_ms=200)
    hear(source, answer(0, at(0)), 0)
    later = NOW_MS + 8_000
    told = at(0.1, last_contact=later, **news)
    (passed_on,) = hear(source, answer(8.3, told), 8.3).positions
    assert (passed_on.position_time, passed_on.latitude_deg) == (NOW_MS, at(0).latitude_deg)
    assert passed_on.last_contact == later
    assert {name: getattr(passed_on, name) for name in news} == news
    assert hear(source, answer(9.3, at(0.1, last_contact=later + 1_000, **news)), 9.3).positions == []


def test_aircraft_that_is_heard_without_a_position_is_passed_on_now_and_then() -> None:
    source = timeline(tolerance_ms=200)
    passed_on = []
    for second in range(35):
        passed_on += hear(source, answer(second, at(0, last_contact=NOW_MS + second * 1000)), second).positions
    assert [flight.last_contact - NOW_MS for flight in passed_on] == [0, 10_000, 20_000, 30_000]
    assert {flight.position_time for flight in passed_on} == {NOW_MS}


def test_old_news_is_not_passed_on() -> None:
    source = timeline()
    hear(source, answer(5, at(5)), 5)
    assert hear(source, answer(4, at(4, squawk="7700")), 6).positions == []


def test_aircraft_are_forgotten_in_the_end() -> None:
    source = timeline()
    hear(source, answer(0, *(at(0, icao24=f"{number:06x}") for number in range(3))), 0)
    later_s = KEPT_MS // 1000
    hear(source, answer(later_s, at(later_s)), later_s)
    assert len(source._known) == 1
    assert KEPT_AIRCRAFT < 1_000_000


def test_our_clock_that_is_set_back_does_not_stop_the_map() -> None:
    source = timeline()
    hear(source, answer(3_600, at(3_600)), 3_600)
    assert len(hear(source, answer(0, at(0)), 0).positions) == 1


# What a source and the network may do, second by second, and how far the clock of the source is then ahead of ours.
STEPS = st.one_of(
    st.just(("fresh", 0)),
    st.just(("fresh", 0)),
    st.tuples(st.just("repeat"), st.integers(0, 400)),
    st.tuples(st.just("overtaken"), st.integers(1, 9)),
    st.tuples(st.just("gap"), st.integers(1, 200)),
    st.tuples(st.just("frozen"), st.integers(1, 150)),
    st.tuples(st.just("clock"), st.sampled_from([-86_400, -3_700, -600, -75, -20, -3, 0, 3, 20, 45, 600, 86_400])),
    st.tuples(st.just("running"), st.integers(5, 60)),
    st.tuples(st.just("stuck"), st.integers(1, 60)),
)


def restamped(read: Answer, second: float) -> Answer:
    """Return an answer with the same records at another second."""
    time_ms, positions = NOW_MS + round(second * 1000), []
    for one in read.positions:
        times_ms = [known + time_ms - (read.time_ms or 0) for known in (one.position_time, one.last_contact)]
        positions.append(msgspec.structs.replace(one, position_time=times_ms[0], last_contact=times_ms[1]))
    return Answer(positions, read.fingerprints, time_ms)


class World:
    """An aircraft that is measured every second, a receiver with a clock, and answers on their way."""

    def __init__(self) -> None:
        self.timeline = timeline(tolerance_ms=200)
        self.second = 0
        self.ahead_s = 0
        self.delivered: list[tuple[int, Answer]] = []
        self.written: list[tuple[int, Answer]] = []
        self.newest = 0

    def write(self) -> None:
        """Write the file of this second: two aircraft, the second of which was last heard long ago."""
        self.second += 1
        now_s = self.second + self.ahead_s
        heard_s = self.second - self.second % 40
        moving = at(now_s - 0.4, icao24="000001", latitude_deg=self.second * 0.002, last_contact=NOW_MS + now_s * 1000)
        silent = at(now_s - (self.second - heard_s), icao24="000002", latitude_deg=heard_s * 0.002)
        self.written.append((self.second, answer(now_s, moving, silent)))

    def deliver(self, written_s: int, given_answer: Answer) -> None:
        """Deliver an answer, and compare all positions with the truth, which their latitude tells."""
        self.delivered.append((written_s, given_answer))
        for flight in hear(self.timeline, given_answer, self.second).positions:
            measured_s = round(flight.latitude_deg / 0.002)
            truth_ms = NOW_MS + round((measured_s - (0.4 if flight.icao24 == "000001" else 0)) * 1000)
            assert flight.position_time <= truth_ms, (self.second, flight.icao24, flight.position_time - truth_ms)
            assert flight.last_contact <= NOW_MS + written_s * 1000

    def do(self, what: str, amount: int) -> None:
        match what:
            case "clock":
                # Unless a clock is heard once without delay, nobody can know how far it is ahead.
                self.ahead_s = amount
                self.do("fresh", 0)
            case "gap":
                for _ in range(amount):
                    self.write()
            case "frozen":
                for _ in range(amount):
                    self.write()
                    if self.delivered:
                        self.deliver(*self.delivered[-1])
            case "repeat":
                self.write()
                if self.delivered:
                    self.deliver(*self.delivered[amount % len(self.delivered)])
            case "stuck":
                # Two servers in turn, which put their own time on what they read last.
                stuck = self.delivered[-2:]
                for number in range(amount if stuck else 0):
                    self.write()
                    written_s, read = stuck[number % len(stuck)]
                    self.deliver(written_s, restamped(read, self.second + self.ahead_s))
            case "overtaken":
                self.write()
                older = [one for one in self.written[-amount:] if one[0] < self.newest]
                if older:
                    self.deliver(*older[0])
            case _:
                for _ in range(max(amount, 1)):
                    self.write()
                    self.deliver(*self.written[-1])
                    self.newest = self.second


@settings(deadline=None, max_examples=300)
@given(st.lists(STEPS, max_size=40))
def test_no_position_is_ever_younger_than_the_truth(steps: list[tuple[str, int]]) -> None:
    world = World()
    for what, amount in steps:
        world.do(what, amount)


@settings(deadline=None, max_examples=100)
@given(st.lists(STEPS, max_size=20))
def test_source_that_is_well_again_is_shown_again(steps: list[tuple[str, int]]) -> None:
    world = World()
    for what, amount in steps:
        world.do(what, amount)
    for _ in range(60):
        world.do("fresh", 0)
    shown = []
    for _ in range(10):
        world.write()
        shown += hear(world.timeline, world.written[-1][1], world.second).positions
    assert len({flight.latitude_deg for flight in shown if flight.icao24 == "000001"}) == 10
