"""The recent track of an aircraft through the real server."""

from __future__ import annotations

from pathlib import Path

from flighttracker.settings import GatewaySettings
from tests.example_flights import NOW_MS, position
from tests.gateway_server import RunningGateway, running_gateway
from tests.token_issuer import bearer, secret_settings, token


async def fly(running: RunningGateway, *latitudes: float) -> None:
    for latitude in latitudes:
        now_ms = running.clock.now_ms() + 1000
        await running.tick(position(icao24="3c6444", latitude_deg=latitude, position_time=now_ms, last_contact=now_ms))
        running.gateway.tracks.sample()


async def test_a_track_is_listed_oldest_first() -> None:
    async with running_gateway() as running:
        await fly(running, 50.0, 50.1, 50.2)
        for spelling in ("3c6444", "3C6444"):
            status, answer = await running.get(f"/api/v1/flights/{spelling}/track")
            assert (status, answer["icao24"]) == (200, "3c6444")
            assert [point["latitude_deg"] for point in answer["points"]] == [50.0, 50.1, 50.2]
        assert answer["points"][0] == {
            "position_time_ms": NOW_MS + 1000,
            "latitude_deg": 50.0,
            "longitude_deg": 8.57056,
            "baro_altitude_m": answer["points"][2]["baro_altitude_m"],
            "ground_speed_mps": answer["points"][2]["ground_speed_mps"],
            "on_ground": False,
        }


async def test_a_parked_aircraft_has_no_points_and_an_unknown_one_is_404() -> None:
    async with running_gateway() as running:
        await running.tick(position(icao24="000001", on_ground=True, ground_speed_mps=0.0))
        running.gateway.tracks.sample()
        assert await running.get("/api/v1/flights/000001/track") == (200, {"icao24": "000001", "points": []})
        status, answer = await running.get("/api/v1/flights/abcdef/track")
        assert (status, answer["detail"]) == (404, "No aircraft with the icao24 abcdef has been heard recently.")
        status, answer = await running.get("/api/v1/flights/nobody/track")
        assert (status, answer["detail"]) == (400, "icao24 is 'nobody'; it must be six hexadecimal digits.")


async def test_a_track_needs_the_scope_view(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await fly(running, 50.0)
        asked = "/api/v1/flights/3c6444/track"
        assert (await running.get(asked))[0] == 401
        assert (await running.get(asked, headers=bearer(token(scope="stats"))))[0] == 403
        status, answer = await running.get(asked, headers=bearer(token()))
        assert (status, len(answer["points"])) == (200, 1)


async def test_the_tracks_of_an_area_come_in_columns() -> None:
    async with running_gateway() as running:
        await fly(running, 50.0, 50.1, 50.2)
        status, answer = await running.get("/api/v1/tracks?bbox=8,49,9,51")
        assert status == 200
        assert (answer["icao24"], answer["point_count"]) == (["3c6444"], [3])
        assert answer["latitude_deg"] == [50.0, 50.1, 50.2]
        assert answer["position_time_ms"] == [NOW_MS + 1000, NOW_MS + 2000, NOW_MS + 3000]
        _, one = await running.get("/api/v1/flights/3c6444/track")
        assert answer["baro_altitude_m"] == [point["baro_altitude_m"] for point in one["points"]]
        assert answer["on_ground"] == [False] * 3
        assert (await running.get("/api/v1/tracks"))[1] == answer
        assert (await running.get("/api/v1/tracks?bbox=100,0,110,10"))[1]["icao24"] == []
        status, answer = await running.get("/api/v1/tracks?bbox=8,49,9")
        assert (status, answer["detail"]) == (
            400,
            "bbox is '8,49,9'; it must be four numbers: west,south,east,north in degrees.",
        )
