"""The real sources against a real HTTP server that misbehaves like real ones."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import StartError
from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker.redaction import redacted
from flighttracker.settings import GeneratorSettings, HttpAccessSettings, OpenSkySource, ReadsbSource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from tests.answer_server import Handler, RestlessClock, Server, saying
from tests.manual_clock import ManualClock

pytest_plugins = ["tests.answer_fixtures"]

NOW_MS = 1_750_588_115_000
REAL_STATES = Path(__file__).parents[2] / "../shared/data/opensky-states.json"


def states(*vectors: list[Any]) -> dict[str, Any]:
    return {"time": NOW_MS // 1000, "states": vectors}


def vector(icao24: str = "3c6444", at_s: int = NOW_MS // 1000) -> list[Any]:
    return [icao24, "DLH4YA", "Germany", at_s, at_s, 8.5, 50.0, 10668, False, 231.5, 301, 0, None, None, None, False, 0]


async def truncated(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"time": 1, "states": [[')
    assert request.transport is not None
    request.transport.close()
    return response


async def hanging(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("never")


async def disconnecting(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


GOOD = saying(states(vector()))


async def first_batch(
    source: OpenSkySource | ReadsbSource, clock: ManualClock, metrics: GeneratorMetrics
) -> list[FlightPosition]:
    async with aclosing(source_for(GeneratorSettings(sources=(source,)), clock, metrics).batches()) as batches:
        return list(await asyncio.wait_for(anext(batches), 20))


def counted(metrics: GeneratorMetrics, name: str, **labels: str) -> float:
    values = (metrics.registry.get_sample_value(name, {**labels, "source": kind}) for kind in ("opensky", "readsb"))
    return sum(value or 0.0 for value in values)


def errors(metrics: GeneratorMetrics, reason: str) -> float:
    return counted(metrics, "flights_source_errors_total", reason=reason)


def skipped(metrics: GeneratorMetrics, reason: str) -> float:
    return counted(metrics, "flights_source_skipped_total", reason=reason)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (saying("no", 500), "server_error"),
        (saying("no", 502), "server_error"),
        (saying("no", 503), "server_error"),
        (saying("no", 429), "rate_limited"),
        (saying("no", 403), "unauthorized"),
        (saying("no", 404), "http_status"),
        (saying("<html>"), "not_json"),
        (saying([1]), "wrong_shape"),
        (saying(states(vector()) | {"more": "x" * 5_000}), "too_large"),
        (truncated, "truncated"),
        (hanging, "timeout"),
    ],
)
async def test_every_bad_answer_is_counted_logged_and_retried(
    answers: Server, bad: Handler, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers.handlers = [bad, bad, GOOD]
    clock, metrics = RestlessClock(NOW_MS), GeneratorMetrics()
    source = OpenSkySource(url=f"{answers.url}/answer", interval_s=10.0, request_timeout_s=0.5, max_answer_bytes=4_000)
    (position,) = await first_batch(source, clock, metrics)
    assert position.icao24 == "3c6444"
    assert errors(metrics, reason) == 2
    assert f"({reason}); next request in" in caplog.text
    assert 5.0 <= clock.waits_s[0] <= 10.5
    assert 10.0 <= clock.waits_s[1] <= 20.5


async def test_broken_connection_is_counted_and_retried(answers: Server) -> None:
    # The HTTP client tries once more by itself, so the number of errors is not that of the cut connections.
    answers.handlers = [disconnecting] * 4 + [GOOD]
    metrics = GeneratorMetrics()
    (position,) = await first_batch(OpenSkySource(url=f"{answers.url}/answer"), RestlessClock(NOW_MS), metrics)
    assert position.icao24 == "3c6444"
    assert 1 <= errors(metrics, "connection") <= 4


async def test_a_server_that_was_not_reached_is_asked_again_soon_however_long_the_interval_is() -> None:
    clock, metrics = RestlessClock(NOW_MS), GeneratorMetrics()
    source = OpenSkySource(url="http://127.0.0.1:1/", interval_s=440.0)
    settings = GeneratorSettings(sources=(source,))

    async def follow() -> None:
        async with aclosing(source_for(settings, clock, metrics).batches()) as batches:
            await anext(batches)

    task = asyncio.create_task(follow())
    while len(clock.waits_s) < 12:
        await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert errors(metrics, "connection") >= 12
    assert clock.waits_s[0] <= 1.5
    assert 30.0 <= clock.waits_s[11] <= 60.5


async def test_a_rate_limit_holds_for_the_next_loop_and_the_next_process(answers: Server, tmp_path: Path) -> None:
    answers.handlers = [saying("slow down", 429, {"Retry-After": "1234"}), GOOD]
    access = HttpAccessSettings(state_directory=str(tmp_path))
    settings = GeneratorSettings(sources=(OpenSkySource(url=f"{answers.url}/answer", access=access),))
    stopped, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    first = source_for(settings, stopped, metrics)
    for source in (first, first, source_for(settings, stopped, metrics)):
        async with aclosing(source.batches()) as batches:
            waiting = asyncio.ensure_future(anext(batches))
            await asyncio.sleep(0.2)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
    assert len(answers.requests) == 1
    clock = RestlessClock(NOW_MS)
    await first_batch(settings.sources[0], clock, GeneratorMetrics())  # type: ignore[arg-type]
    assert clock.waits_s == [1234.0]
    assert len(answers.requests) == 2


@pytest.mark.parametrize(("status", "reason"), [(503, "server_error"), (403, "unauthorized"), (404, "http_status")])
async def test_retry_after_is_obeyed_whatever_the_status(answers: Server, status: int, reason: str) -> None:
    answers.handlers = [saying("later", status, {"Retry-After": "1234"}), GOOD]
    clock, metrics = RestlessClock(NOW_MS), GeneratorMetrics()
    await first_batch(OpenSkySource(url=f"{answers.url}/answer"), clock, metrics)
    assert clock.waits_s == [1234.0]
    assert errors(metrics, reason) == 1


@pytest.mark.parametrize("header", ["X-Rate-Limit-Retry-After-Seconds", "Retry-After"])
async def test_rate_limit_is_obeyed(answers: Server, header: str) -> None:
    answers.handlers = [saying("slow down", 429, {header: "1234"}), GOOD]
    clock = RestlessClock(NOW_MS)
    await first_batch(OpenSkySource(url=f"{answers.url}/answer"), clock, GeneratorMetrics())
    assert clock.waits_s == [1234.0]


async def test_published_position_is_not_published_again(answers: Server) -> None:
    at_s = NOW_MS // 1000
    answers.handlers = [
        saying(states(vector("3c6444", at_s), vector("3c6445", at_s))),
        saying(states(vector("3c6444", at_s), vector("3c6445", at_s + 10))),
    ]
    clock, metrics = RestlessClock(NOW_MS), GeneratorMetrics()
    settings = GeneratorSettings(sources=(OpenSkySource(url=f"{answers.url}/answer", interval_s=10.0),))
    async with aclosing(source_for(settings, clock, metrics).batches()) as batches:
        assert [position.icao24 for position in await anext(batches)] == ["3c6444", "3c6445"]
        assert [position.icao24 for position in await anext(batches)] == ["3c6445"]
    assert skipped(metrics, "unchanged") == 1
    assert clock.waits_s == [10.0]


async def test_compressed_answer_without_a_header_is_read(answers: Server) -> None:
    async def compressed(_: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(json.dumps(states(vector())).encode()))

    answers.handlers = [compressed]
    positions = await first_batch(OpenSkySource(url=f"{answers.url}/answer"), RestlessClock(NOW_MS), GeneratorMetrics())
    assert [position.icao24 for position in positions] == ["3c6444"]


async def test_bounding_box_is_requested(answers: Server) -> None:
    answers.handlers = [GOOD]
    box = BoundingBox(south_deg=45.0, west_deg=5.5, north_deg=48.0, east_deg=11.0)
    source = OpenSkySource(url=f"{answers.url}/answer", bounding_box=box)
    await first_batch(source, RestlessClock(NOW_MS), GeneratorMetrics())
    area = {"lamin": "45", "lomin": "5.5", "lamax": "48", "lomax": "11"}
    assert dict(answers.requests[0].query) == area | {"extended": "1"}


async def test_with_a_box_across_the_antimeridian_only_positions_inside_are_published(answers: Server) -> None:
    inside, outside = vector("000001"), vector("000002")
    inside[5], outside[5] = 179.0, 8.5
    answers.handlers = [saying(states(inside, outside))]
    box = BoundingBox(south_deg=45.0, west_deg=170.0, north_deg=55.0, east_deg=-170.0)
    source = OpenSkySource(url=f"{answers.url}/answer", bounding_box=box)
    metrics = GeneratorMetrics()
    assert [flight.icao24 for flight in await first_batch(source, RestlessClock(NOW_MS), metrics)] == ["000001"]
    assert skipped(metrics, "outside_bbox") == 1


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    (tmp_path / "client_id").write_text("somebody\n")
    (tmp_path / "client_secret").write_text("secret\n")
    return tmp_path


async def test_token_is_kept_until_just_before_it_expires(answers: Server, credentials: Path) -> None:
    answers.token_handlers = [
        saying({"access_token": "first", "expires_in": 300}),
        saying({"access_token": "second", "expires_in": 300}),
    ]
    answers.handlers = [GOOD]
    clock = RestlessClock(NOW_MS)
    source = OpenSkySource(
        url=f"{answers.url}/answer",
        token_url=f"{answers.url}/token",
        credentials_directory=str(credentials),
        interval_s=100.0,
    )
    settings = GeneratorSettings(sources=(source,))
    async with aclosing(source_for(settings, clock, GeneratorMetrics()).batches()) as batches:
        for _ in range(4):
            await anext(batches)
    used = [request.headers["Authorization"] for request in answers.requests]
    assert used == ["Bearer first", "Bearer first", "Bearer first", "Bearer second"]
    assert answers.token_requests[0] == {
        "grant_type": "client_credentials",
        "client_id": "somebody",
        "client_secret": "secret",
    }


async def test_rejected_token_is_replaced(answers: Server, credentials: Path) -> None:
    answers.token_handlers = [saying({"access_token": "stale"}), saying({"access_token": "fresh"})]
    answers.handlers = [saying("who are you", 401), GOOD]
    metrics = GeneratorMetrics()
    source = OpenSkySource(
        url=f"{answers.url}/answer", token_url=f"{answers.url}/token", credentials_directory=str(credentials)
    )
    await first_batch(source, RestlessClock(NOW_MS), metrics)
    assert [request.headers["Authorization"] for request in answers.requests] == ["Bearer stale", "Bearer fresh"]
    assert errors(metrics, "unauthorized") == 1


async def test_a_token_of_opensky_is_in_no_text(answers: Server, credentials: Path) -> None:
    token = "3b9d1f0c5a7e"
    answers.token_handlers = [saying({"access_token": token})]
    answers.handlers = [saying(f"no such user: {token}", 401), GOOD]
    source = OpenSkySource(
        url=f"{answers.url}/answer", token_url=f"{answers.url}/token", credentials_directory=str(credentials)
    )
    await first_batch(source, RestlessClock(NOW_MS), GeneratorMetrics())
    assert token not in redacted(f"no such user: {token}")


async def test_failing_token_server_is_retried(answers: Server, credentials: Path) -> None:
    answers.token_handlers = [saying("no", 503), saying("<html>"), saying({"access_token": "t"})]
    answers.handlers = [GOOD]
    metrics = GeneratorMetrics()
    source = OpenSkySource(
        url=f"{answers.url}/answer", token_url=f"{answers.url}/token", credentials_directory=str(credentials)
    )
    await first_batch(source, RestlessClock(NOW_MS), metrics)
    assert (errors(metrics, "token_server_error"), errors(metrics, "token_not_json")) == (1, 1)


@pytest.mark.parametrize(
    "bad",
    [
        {"access_token": "t", "expires_in": 1e308},
        {"access_token": "t", "expires_in": -5},
        {"access_token": "a\r\nX-Other: b"},
        {"access_token": ""},
        {"access_token": "ü"},
    ],
)
async def test_a_strange_token_neither_stops_the_source_nor_reaches_a_header(
    answers: Server, credentials: Path, bad: dict[str, Any]
) -> None:
    answers.token_handlers = [saying(bad), saying({"access_token": "t"})]
    answers.handlers = [GOOD]
    metrics = GeneratorMetrics()
    source = OpenSkySource(
        url=f"{answers.url}/answer", token_url=f"{answers.url}/token", credentials_directory=str(credentials)
    )
    (position,) = await first_batch(source, RestlessClock(NOW_MS), metrics)
    assert position.icao24 == "3c6444"
    assert [request.headers["Authorization"] for request in answers.requests] == ["Bearer t"]
    assert errors(metrics, "token_wrong_shape") == (0 if bad["access_token"] == "t" else 1)


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
async def test_missing_credential_is_named_at_the_start(credentials: Path, missing: str) -> None:
    (credentials / missing).unlink()
    source = OpenSkySource(credentials_directory=str(credentials))
    with pytest.raises(StartError, match=missing):
        await first_batch(source, RestlessClock(NOW_MS), GeneratorMetrics())


async def test_receiver_is_read_and_its_country_known(answers: Server) -> None:
    aircraft = {"hex": "4b1801", "flight": "SWR1", "lat": 47.0, "lon": 8.0, "seen_pos": 1.0, "alt_baro": "ground"}
    answer = {"now": NOW_MS / 1000, "aircraft": [aircraft, {**aircraft, "hex": "~4b1802"}, {"hex": "4b1803"}]}
    answers.handlers = [saying("broken", 500), saying(answer)]
    metrics = GeneratorMetrics()
    (position,) = await first_batch(ReadsbSource(url=f"{answers.url}/answer"), RestlessClock(NOW_MS), metrics)
    assert (position.origin_country, position.on_ground) == ("Switzerland", True)
    assert (skipped(metrics, "non_icao_address"), skipped(metrics, "no_position")) == (1, 1)
    assert errors(metrics, "server_error") == 1


async def test_recorded_answer_of_opensky_is_read_whole(answers: Server) -> None:
    if not REAL_STATES.exists():
        pytest.skip(f"{REAL_STATES.name} is not beside the checkout")
    body = REAL_STATES.read_text()
    answers.handlers = [saying(body)]
    metrics = GeneratorMetrics()
    clock = RestlessClock(NOW_MS)
    positions = await first_batch(OpenSkySource(url=f"{answers.url}/answer"), clock, metrics)
    vectors = json.loads(body)["states"]
    lost = sum(skipped(metrics, reason) for reason in ("no_position", "no_time", "malformed", "unchanged"))
    assert len(positions) + lost == len(vectors)
    assert len(positions) > 0.9 * len(vectors)
    assert skipped(metrics, "malformed") == 0
    for position in positions:
        refuse_out_of_range(position, NOW_MS)
    # One aircraft claims Mach 5.
    assert counted(metrics, "flights_source_fields_lost_total", field="ground_speed_mps") == 1
