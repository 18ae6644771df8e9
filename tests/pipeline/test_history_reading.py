"""The past through a real gateway and a real historian, from files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from flighttracker.flight import FlightPosition
from flighttracker.frame import ShardTable, decode_frame, positions_of, split_frames
from flighttracker.query.history_query import FramesRequest
from flighttracker.query.period import Period
from flighttracker.settings import GatewaySettings, HistorianSettings
from flighttracker_cli.history_socket import history_socket
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.http.server import serve
from flighttracker_historian.reading.reader import MAX_QUESTIONS, BusyError, HistoryReader
from tests.example_flights import NOW_MS
from tests.gateway_server import RunningGateway, running_gateway
from tests.historian_server import serving_history
from tests.history_damages import DAMAGES, Damage
from tests.history_files import MINUTE_MS, PRESENCE, heard, write_history
from tests.manual_clock import ManualClock

HOUR_MS = 60 * MINUTE_MS
START_MS = NOW_MS
END_MS = NOW_MS + 90 * MINUTE_MS


def flights() -> list[FlightPosition]:
    """Return an eastbound flight of an hour and a half with a silence, and one at the antimeridian."""
    east = [heard(minute, longitude_deg=8 + 0.1 * minute) for minute in range(91) if not 40 < minute < 50]
    other = [heard(minute, icao24="00000a", callsign="FJI1", longitude_deg=179.95) for minute in range(30)]
    return east + other


@asynccontextmanager
async def history(folder: Path, hours_later: float = 24) -> AsyncIterator[RunningGateway]:
    clock = ManualClock(END_MS + round(hours_later * HOUR_MS))
    async with serving_history(folder, clock) as url, running_gateway(GatewaySettings(history_url=url)) as running:
        yield running


@pytest.fixture
def past_folder(tmp_path: Path) -> Path:
    write_history(tmp_path, flights())
    return tmp_path


async def frames(running: RunningGateway, query: str) -> list[tuple[int, list[FlightPosition]]]:
    async with running.session.get(f"{running.url}/api/v1/history/frames?{query}") as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "application/vnd.flighttracker.frames"
        found = []
        for frame in split_frames(await response.read()):
            header, content = decode_frame(frame)
            table = ShardTable()
            table.apply(content, header.tick_time_ms)
            slots = table.taken_slots()
            shown = positions_of(
                table.identities[slots], table.names, table.dynamic[:, slots], table.position_time_ms[slots]
            )
            found.append((header.tick_time_ms, shown))
        return found


async def test_what_is_kept_has_its_gap_and_density(past_folder: Path) -> None:
    async with history(past_folder) as running:
        status, kept = await running.get("/api/v1/history")
        assert (status, kept["from"], kept["to"]) == (200, START_MS, END_MS)
        [gap] = kept["gaps"]
        assert START_MS + 40 * MINUTE_MS < gap["from"] < gap["to"] <= START_MS + 50 * MINUTE_MS
        assert kept["density_interval_s"] == 300
        assert kept["density"][1] == {"from": START_MS - START_MS % 300_000 + 300_000, "aircraft": 2}


async def test_an_empty_history_is_kept_and_empty(tmp_path: Path) -> None:
    async with history(tmp_path) as running:
        assert await running.get("/api/v1/history") == (
            200,
            {"from": None, "to": None, "density_interval_s": 300, "gaps": [], "density": []},
        )
        assert await frames(running, f"from={NOW_MS}") == [(NOW_MS, [])]
        assert (await running.get(f"/api/v1/history/flights?from={NOW_MS}"))[1]["flights"] == []
        assert (await running.get(f"/api/v1/flights/3c6444/track?from={NOW_MS}"))[1]["points"] == []


async def test_frames_follow_a_flight_over_the_hour(past_folder: Path) -> None:
    async with history(past_folder) as running:
        from_ms = START_MS + 10 * MINUTE_MS + 30_000
        found = await frames(running, f"from={from_ms}&to={from_ms + 30 * MINUTE_MS}&step_s=300&bbox=0,45,20,55")
        assert [moment for moment, _ in found] == [from_ms + step * 5 * MINUTE_MS for step in range(7)]
        longitudes = [flight.longitude_deg for _, [flight] in found[:6]]
        assert longitudes == [pytest.approx(8 + 0.1 * (10.5 + 5 * step), abs=2e-5) for step in range(6)]


async def test_an_aircraft_is_gone_after_the_time_to_live_and_comes_back(past_folder: Path) -> None:
    async with history(past_folder) as running:
        found = await frames(running, f"from={START_MS + 44 * MINUTE_MS}&to={START_MS + 50 * MINUTE_MS}&step_s=120")
        assert [len(shown) for _, shown in found] == [1, 0, 0, 1]


async def test_who_was_there_by_box_filter_and_page(past_folder: Path) -> None:
    async with history(past_folder) as running:
        query = f"/api/v1/history/flights?from={START_MS}&to={END_MS}"
        status, every = await running.get(query)
        assert (status, every["total"], [each["icao24"] for each in every["flights"]]) == (200, 2, ["00000a", "3c6444"])
        assert (every["flights"][1]["first_ms"], every["flights"][1]["last_ms"]) == (START_MS, END_MS)
        _, page = await running.get(f"{query}&limit=1")
        assert (page["total"], len(page["flights"])) == (2, 1)
        _, rest = await running.get(f"{query}&limit=1&cursor={page['next_cursor']}")
        assert ([each["icao24"] for each in rest["flights"]], rest["next_cursor"]) == (["3c6444"], None)
        _, inside = await running.get(f"{query}&bbox=8.51,50,8.52,51")
        [flight] = inside["flights"]
        assert (flight["icao24"], flight["first_ms"], flight["last_ms"]) == (
            "3c6444",
            START_MS + 5 * MINUTE_MS,
            START_MS + 6 * MINUTE_MS,
        )
        _, named = await running.get(f"{query}&q=fji")
        assert [each["callsign"] for each in named["flights"]] == ["FJI1"]
        status, problem = await running.get(f"{query}&limit=1&q=dlh&cursor={page['next_cursor']}")
        assert (status, problem["detail"].partition(";")[0]) == (400, "cursor is from an answer with other filters")


async def test_movements_of_a_box_are_the_newest_first_and_counted(tmp_path: Path) -> None:
    taxi = {"on_ground": True, "ground_speed_mps": 5.0}
    trip = [heard(0, **taxi), heard(1), *[heard(minute, longitude_deg=8 + minute) for minute in range(2, 20)]]
    trip += [heard(20, longitude_deg=28, **taxi), heard(21, longitude_deg=28)]
    write_history(tmp_path, trip)
    async with history(tmp_path) as running:
        path = f"/api/v1/history/movements?from={START_MS}&to={END_MS}"
        _, every = await running.get(path)
        kinds = [(each["movement"], each["position_time_ms"]) for each in every["movements"]]
        landed_ms = START_MS + 20 * MINUTE_MS
        assert kinds == [("landing", landed_ms), ("takeoff", landed_ms), ("takeoff", START_MS)]
        assert (every["from"], every["to"], every["total"]) == (START_MS, END_MS, 3)
        _, newest = await running.get(f"{path}&limit=1&bbox=27,45,29,55")
        assert ([each["movement"] for each in newest["movements"]], newest["total"]) == (["landing"], 2)
        status, problem = await running.get(f"{path}&cursor=x")
        assert (status, problem["title"]) == (400, "Bad Request")


async def test_a_track_has_its_points_in_four_formats(past_folder: Path) -> None:
    async with history(past_folder) as running:
        path = f"/api/v1/flights/3C6444/track?from={START_MS + MINUTE_MS}&to={END_MS}"
        _, track = await running.get(path)
        assert (track["icao24"], len(track["points"])) == ("3c6444", 81)
        assert track["points"][0]["position_time_ms"] == START_MS + MINUTE_MS
        _, feature = await running.get(f"{path}&format=geojson")
        assert [len(line) for line in feature["geometry"]["coordinates"]] == [40, 41]
        for format_, media_type, start in (("gpx", "application/gpx+xml", "<?xml"), ("csv", "text/csv", "icao24,")):
            async with running.session.get(f"{running.url}{path}&format={format_}") as response:
                assert (response.status, response.content_type) == (200, media_type)
                assert (await response.text()).startswith(start)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("history/frames", "from is missing"),
        ("history/frames?from=now", "from is 'now'"),
        ("history/frames?from=5&to=4", "to is before from"),
        ("history/frames?from=0&to=9999999999&step_s=1", "more than 400 frames"),
        ("history/frames?from=0&step_s=0", "step_s is '0'"),
        ("history/frames?from=0&bbox=1,2,3", "bbox is '1,2,3'"),
        ("history/flights?from=0&to=99999999999", "more than 24 hours"),
        ("history/flights?from=0&where=above", "where is 'above'"),
        ("flights/3c6444/track?from=0&format=kml", "format is 'kml'"),
        ("flights/3c6444/track?to=5", "from is missing"),
        ("flights/3c6444/track?from=0&to=99999999999", "more than 31 days"),
    ],
)
async def test_a_mistake_in_a_query_is_named(past_folder: Path, path: str, words: str) -> None:
    async with history(past_folder) as running:
        status, problem = await running.get(f"/api/v1/{path}")
        assert status == 400
        assert words in problem["detail"]


async def test_hours_that_are_over_are_cached_and_the_present_one_is_asked_again(past_folder: Path) -> None:
    paths = (
        f"history/frames?from={START_MS}",
        f"history/flights?from={START_MS}",
        f"flights/3c6444/track?from={START_MS}",
    )
    for hours_later, caching in ((24, "private, max-age=300"), (-1, "private, no-cache")):
        async with history(past_folder, hours_later) as running:
            for path in paths:
                url = f"{running.url}/api/v1/{path}"
                async with running.session.get(url) as response:
                    assert (response.status, response.headers["cache-control"]) == (200, caching)
                    tag = response.headers["etag"]
                async with running.session.get(url, headers={"If-None-Match": tag}) as response:
                    assert (response.status, await response.read()) == (304, b"")
                    assert response.headers["etag"] == tag


async def test_new_files_are_seen_and_change_the_tag(past_folder: Path) -> None:
    async with history(past_folder) as running:
        url = f"{running.url}/api/v1/history/flights?from={START_MS}&to={END_MS}"
        async with running.session.get(url) as response:
            tag = response.headers["etag"]
        write_history(past_folder, [heard(20, icao24="00000b")], offset=10_000)
        async with (
            history(past_folder) as later,
            later.session.get(
                f"{later.url}/api/v1/history/flights?from={START_MS}&to={END_MS}", headers={"If-None-Match": tag}
            ) as response,
        ):
            assert (response.status, (await response.json())["total"]) == (200, 3)


async def test_a_client_that_leaves_frees_its_place(past_folder: Path) -> None:
    async with history(past_folder) as running:
        query = f"from={START_MS}&to={START_MS + 399_000}&step_s=1"
        for _ in range(40):
            response = await running.session.get(f"{running.url}/api/v1/history/frames?{query}")
            await response.content.readany()
            response.close()
        async with asyncio.timeout(10):
            while True:
                async with running.session.get(f"{running.url}/api/v1/history/frames?{query}") as response:
                    if response.status == 200:
                        assert len(list(split_frames(await response.read()))) == 400
                        break
                    assert response.status in (429, 503)
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
async def test_a_damaged_file_costs_no_other_file(past_folder: Path, damage: Damage) -> None:
    write_history(past_folder, [heard(145, icao24="00000b")], offset=10_000)
    apply(damage, past_folder)
    async with history(past_folder) as running:
        for _ in range(2):
            status, found = await running.get(f"/api/v1/history/flights?from={START_MS}&to={END_MS + HOUR_MS}")
            assert (status, found["total"]) == (200, 2)
        assert len(await frames(running, f"from={START_MS}&to={END_MS + HOUR_MS}&step_s=300")) == 31
        for icao24, count in (("3c6444", 82), ("00000b", 0)):
            status, track = await running.get(f"/api/v1/flights/{icao24}/track?from={START_MS}&to={END_MS + HOUR_MS}")
            assert (status, len(track["points"])) == (200, count)
    async with history(past_folder) as running:
        status, _ = await running.get("/api/v1/history")
        assert status == 200


def apply(damage: Damage, folder: Path) -> None:
    [file] = [path for path in folder.rglob("*.parquet") if "10000" in path.name]
    file.write_bytes(damage(file.read_bytes()))


async def test_a_store_that_fails_is_503_and_says_that_it_may_pass(tmp_path: Path) -> None:
    no_folder = tmp_path / "history"
    no_folder.write_text("")
    async with history(no_folder) as running:
        for path in ("history", f"history/frames?from={START_MS}", f"flights/3c6444/track?from={START_MS}"):
            async with running.session.get(f"{running.url}/api/v1/{path}") as response:
                problem = await response.json(content_type="application/problem+json")
                assert (response.status, problem["reason"]) == (503, "history_unavailable")
                assert int(response.headers["Retry-After"]) > 0
                assert str(tmp_path) not in problem["detail"]


async def test_questions_are_bounded_in_number_and_a_file_that_compaction_removes_is_read_elsewhere(
    past_folder: Path,
) -> None:
    reader = HistoryReader(FolderStore(past_folder), PRESENCE, ManualClock(END_MS))
    wanted = FramesRequest(Period(START_MS, START_MS + MINUTE_MS), MINUTE_MS, None)
    try:
        streams = [reader.frames(wanted) for _ in range(MAX_QUESTIONS)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(BusyError):
            await anext(reader.frames(wanted))
        for stream in streams:
            await stream.aclose()  # type: ignore[attr-defined]
        kept = Kept(FolderStore(past_folder))
        kept.refresh()
        for stored in kept.files():
            longer = stored.name._replace(next_offset=stored.name.next_offset + 1)
            (past_folder / stored.name.path).rename(past_folder / longer.path)
        # The list of files is as old as the clock, which stands still.
        assert len(await reader.track("3c6444", Period(START_MS, END_MS))) == 82
    finally:
        reader.close()


async def test_the_historian_itself_knows_no_other_path(past_folder: Path) -> None:
    async with serving_history(past_folder, ManualClock(END_MS)) as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}/api/v1/flights") as response:
            assert (response.status, response.content_type) == (404, "application/problem+json")
        async with session.post(f"{url}/api/v1/history") as response:
            assert response.status == 405


async def test_in_one_process_a_gateway_asks_through_a_socket(past_folder: Path) -> None:
    settings, clock = HistorianSettings(folder=str(past_folder)), ManualClock(END_MS)
    with history_socket() as (url, listener):
        started = asyncio.Event()
        serving = asyncio.create_task(serve(settings, FolderStore(past_folder), clock, [listener], started.set))
        async with asyncio.timeout(10), running_gateway(GatewaySettings(history_url=url)) as running:
            await started.wait()
            assert (await running.get("/api/v1/history"))[1]["to"] == END_MS
            serving.cancel()
            await asyncio.wait({serving})
            assert (await running.get("/api/v1/history"))[0] == 503
