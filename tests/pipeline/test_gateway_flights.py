"""Flights over HTTP: filters, pages, fields, GeoJSON and entity tags, through the real server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.example_flights import NOW_MS, position
from tests.gateway_server import RunningGateway, running_gateway

FLIGHTS = (
    position(icao24="000001", origin_country="Germany", status="cruising", ground_speed_mps=230.0),
    position(icao24="000002", origin_country="France", status="taxiing", ground_speed_mps=8.0, on_ground=True),
    position(
        icao24="000003",
        origin_country="Fiji",
        ground_speed_mps=None,
        latitude_deg=-17.7,
        longitude_deg=179.0,
        category="rotorcraft",
        address_type="mlat",
    ),
    position(icao24="000004", origin_country="Fiji", ground_speed_mps=100.0, latitude_deg=-17.7, longitude_deg=-179.0),
)


async def asked(running: RunningGateway, query: str) -> list[str]:
    status, answer = await running.get(f"/api/v1/flights?{query}")
    assert status == 200, answer
    assert answer["time_ms"] == running.clock.now_ms()
    return sorted(flight["icao24"] for flight in answer["flights"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["000001", "000002", "000003", "000004"]),
        ("country=Fiji", ["000003", "000004"]),
        ("country=fiji", ["000003", "000004"]),
        ("country=Atlantis", []),
        ("status=taxiing", ["000002"]),
        ("min_speed_mps=99.5", ["000001", "000004"]),
        ("max_speed_mps=100.5", ["000002", "000004"]),
        ("min_speed_mps=50&max_speed_mps=150", ["000004"]),
        ("category=rotorcraft", ["000003"]),
        ("category=large&country=fiji", ["000004"]),
        ("address_type=mlat", ["000003"]),
        ("category=obstacle", []),
        ("bbox=8,50,9,51", ["000001", "000002"]),
        ("bbox=178,-20,-178,-10", ["000003", "000004"]),
        ("bbox=178,-20,180,-10", ["000003"]),
        ("country=Fiji&max_speed_mps=100.5", ["000004"]),
    ],
)
async def test_flights_are_filtered(query: str, expected: list[str]) -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        assert await asked(running, query) == expected


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        ("170,-20,-170,20", ["000001", "000002", "000003"]),
        ("170,-20,180,20", ["000001", "000002"]),
        ("-180,-20,-170,20", ["000002", "000003"]),
        ("180,-20,-180,20", ["000002"]),
        ("-180,-20,180,20", ["000001", "000002", "000003", "000004"]),
        ("-170,-20,170,20", ["000004"]),
        ("10,-20,9,20", ["000001", "000002", "000003", "000004"]),
        ("1.1,-20,9,20", ["000004"]),
    ],
)
async def test_a_bbox_may_cross_the_antimeridian(bbox: str, expected: list[str]) -> None:
    longitudes = {"000001": 175.0, "000002": 180.0, "000003": -175.0, "000004": 1.1}
    async with running_gateway() as running:
        await running.tick(
            *(
                position(icao24=icao24, latitude_deg=1.0, longitude_deg=longitude)
                for icao24, longitude in longitudes.items()
            )
        )
        assert await asked(running, f"bbox={bbox}") == expected


async def test_limit_bounds_the_number_of_flights() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        assert len(await asked(running, "limit=3")) == 3


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("contry=Fiji", "'contry' is not a parameter of /api/v1/flights; allowed: country, operator, type,"),
        ("status=flying", "status is 'flying'; it may be unknown, scheduled,"),
        ("min_speed_mps=fast", "min_speed_mps is 'fast'; it must be a number from 0 to 1500."),
        ("max_speed_mps=-1", "max_speed_mps is '-1'; it must be a number from 0 to 1500."),
        ("max_speed_mps=nan", "max_speed_mps is 'nan'; it must be a number from 0 to 1500."),
        ("min_speed_mps=9&max_speed_mps=8", "min_speed_mps is 9, more than max_speed_mps, 8."),
        ("bbox=1,2,3", "bbox is '1,2,3'; it must be four numbers: west,south,east,north in degrees."),
        ("bbox=1,2,3,x", "bbox is '1,2,3,x'; it must be four numbers: west,south,east,north in degrees."),
        ("bbox=1,2,181,3", "bbox is '1,2,181,3'; its east, 181, must be from -180 to 180."),
        ("bbox=1,9,2,8", "bbox is '1,9,2,8'; its south, 9, is greater than its north, 8."),
        ("limit=0", "limit is '0'; it must be a whole number from 1 to 50000."),
        ("limit=50001", "limit is '50001'; it must be a whole number from 1 to 50000."),
        ("where=air&where=ground", "The parameter where of /api/v1/flights is repeated; give it once."),
        ("where=air", "where is 'air'; it may be anywhere, airborne, ground."),
        ("emergencies=all", "emergencies is 'all'; it may be only."),
        ("min_altitude_ft=9&max_altitude_ft=8", "min_altitude_ft is 9, more than max_altitude_ft, 8."),
        ("min_speed_kt=1.5", "min_speed_kt is '1.5'; it must be a whole number from 0 to 2000."),
        ("country=", "country is empty; give it a value, or leave it out."),
        ("country=Fiji" + "&country=Fiji" * 50, "country has 51 values; it may have 50."),
        ("type=A388X", "type is 'A388X'; it must be an ICAO designator of at most 4 characters."),
        ("q=" + ",".join(map(str, range(101))), "q has 101 search terms; it may have 100, with commas between."),
        ("fields=icao24,speed", "fields has 'speed'; it may have, with commas between: icao24, callsign,"),
        ("fields=", "fields has ''; it may have, with commas between: icao24,"),
        ("cursor=", "cursor is ''; it must be the next_cursor of an answer. Begin without a cursor."),
        ("cursor=AQAA", "cursor is 'AQAA'; it must be the next_cursor of an answer. Begin without a cursor."),
        ("cursor=%C3%A9", "cursor is 'é'; it must be the next_cursor of an answer. Begin without a cursor."),
        ("format=xml", "format is 'xml'; it may be json, geojson."),
    ],
)
async def test_an_invalid_query_parameter_is_named(query: str, detail: str) -> None:
    async with running_gateway() as running:
        status, answer = await running.get(f"/api/v1/flights?{query}")
        assert (status, answer["status"]) == (400, 400)
        assert answer["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("query", "accept"),
    [("?format=geojson", "*/*"), ("", "application/geo+json"), ("?limit=9", "application/geo+json")],
)
async def test_flights_are_geojson_on_request(query: str, accept: str) -> None:
    async with running_gateway() as running:
        await running.tick(FLIGHTS[0])
        async with running.session.get(f"{running.url}/api/v1/flights{query}", headers={"Accept": accept}) as response:
            assert response.headers["Content-Type"] == "application/geo+json"
            collection = json.loads(await response.read())
        assert collection["type"] == "FeatureCollection"
        (feature,) = collection["features"]
        assert (feature["type"], feature["id"], feature["geometry"]["type"]) == ("Feature", "000001", "Point")
        assert feature["geometry"]["coordinates"] == [8.57056, 50.03333]
        assert feature["properties"]["origin_country"] == "Germany"


async def test_a_program_walks_through_all_flights_while_aircraft_come_and_go() -> None:
    async with running_gateway() as running:
        await running.tick(*(position(icao24=f"{number:06x}") for number in range(1, 10)))
        status, first = await running.get("/api/v1/flights?limit=4&fields=icao24")
        assert (status, first["total"]) == (200, 9)
        assert first["flights"] == [{"icao24": f"{number:06x}"} for number in (1, 2, 3, 4)]
        await running.tick(position(icao24="000000"), position(icao24="0000ff"))
        _, second = await running.get(f"/api/v1/flights?limit=4&fields=icao24&cursor={first['next_cursor']}")
        assert (second["total"], [flight["icao24"] for flight in second["flights"]]) == (
            11,
            ["000005", "000006", "000007", "000008"],
        )
        status, last = await running.get(f"/api/v1/flights?limit=4&cursor={second['next_cursor']}&format=geojson")
        assert ([feature["id"] for feature in last["features"]], last["next_cursor"]) == (["000009", "0000ff"], None)
        status, answer = await running.get(f"/api/v1/flights?country=Germany&cursor={first['next_cursor']}")
        assert (status, answer["detail"]) == (
            400,
            "cursor is from an answer with other filters; keep the filters, or begin without a cursor.",
        )


async def test_one_flight_has_chosen_fields_and_a_second_form() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        chosen = await running.get("/api/v1/flights/000001?fields=status,icao24")
        assert chosen == (200, {"icao24": "000001", "status": "cruising"})
        _, feature = await running.get("/api/v1/flights/000001", headers={"Accept": "application/geo+json"})
        assert (feature["type"], feature["geometry"]["coordinates"]) == ("Feature", [8.57056, 50.03333])
        status, answer = await running.get("/api/v1/flights/000001?fields=speed")
        assert (status, answer["detail"].startswith("fields has 'speed'; it may have")) == (400, True)


async def test_the_parameter_format_wins_over_accept_and_json_over_a_worse_second_choice() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        for path in ("/api/v1/flights", "/api/v1/flights/000001", "/api/v1/flights/000001/track"):
            for query, accept, geojson in (
                ("", "application/json, application/geo+json;q=0.9", False),
                ("", "application/geo+json, application/json;q=0.5", True),
                ("", "text/html", False),
                ("?format=json", "application/geo+json", False),
                ("?format=geojson", "application/json", True),
            ):
                async with running.session.get(running.url + path + query, headers={"Accept": accept}) as response:
                    is_geojson = response.headers["Content-Type"] == "application/geo+json"
                    assert (response.status, is_geojson) == (200, geojson), (path, query, accept)
                    assert "Accept" in response.headers["Vary"].replace(" ", "").split(",")


@pytest.mark.parametrize("path", ["/api/v1/flights/000001", "/api/v1/flights/000001/track", "/api/v1/config"])
async def test_a_short_answer_has_a_tag_until_its_content_changes(path: str) -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        url = running.url + path
        async with running.session.get(url) as response:
            tag = response.headers["ETag"]
            assert response.headers["Cache-Control"] == "private, no-cache"
        async with running.session.get(url, headers={"If-None-Match": tag}) as response:
            assert (response.status, response.headers["ETag"], await response.read()) == (304, tag, b"")
        if path != "/api/v1/config":
            await running.tick(position(icao24="000001", latitude_deg=1.0, position_time=NOW_MS + 1_000))
            running.gateway.tracks.sample()
            async with running.session.get(url, headers={"If-None-Match": tag}) as response:
                assert (response.status, response.headers["ETag"] != tag) == (200, True)


async def test_no_flights_are_an_empty_list() -> None:
    async with running_gateway() as running:
        nothing: dict[str, Any] = {"time_ms": NOW_MS, "total": 0, "next_cursor": None, "flights": []}
        assert await running.get("/api/v1/flights") == (200, nothing)
