"""The states of sources through the real server."""

from __future__ import annotations

from flighttracker.settings import GatewaySettings, SourceSummary
from flighttracker.source_report import SILENT_MS, SourceReport, write_report
from tests.example_flights import NOW_MS
from tests.gateway_server import RunningGateway, running_gateway

SETTINGS = GatewaySettings(
    sources=(
        SourceSummary(name="roof", kind="readsb", interval_s=1.0),
        SourceSummary(name="sky", kind="opensky", interval_s=90.0),
    )
)


async def states(running: RunningGateway) -> dict[str, tuple[str, int | None]]:
    status, answer = await running.get("/api/v1/sources")
    assert status == 200
    return {source["name"]: (source["state"], source["since_ms"]) for source in answer["sources"]}


async def test_states_are_those_that_generators_report_and_become_unknown_without_reports() -> None:
    async with running_gateway(SETTINGS) as running:
        assert await states(running) == {"roof": ("unknown", None), "sky": ("unknown", None)}
        limited = SourceReport(
            "sky",
            "rate_limited",
            since_ms=NOW_MS,
            reported_ms=NOW_MS,
            next_request_ms=NOW_MS + 3_600_000,
            credits_remaining=0,
            reason="rate_limited",
        )
        await running.bus.sources.put({"sky": write_report(limited)})
        assert await states(running) == {"roof": ("unknown", None), "sky": ("unknown", None)}, "read every two seconds"
        await running.clock.advance(2_000)
        _, answer = await running.get("/api/v1/sources")
        assert answer["time_ms"] == NOW_MS + 2_000
        assert answer["sources"][1] == {
            "name": "sky",
            "kind": "opensky",
            "interval_s": 90.0,
            "state": "rate_limited",
            "since_ms": NOW_MS,
            "reported_ms": NOW_MS,
            "last_success_ms": None,
            "next_request_ms": NOW_MS + 3_600_000,
            "aircraft": None,
            "credits_remaining": 0,
            "reason": "rate_limited",
        }
        await running.clock.advance(SILENT_MS)
        assert (await states(running))["sky"] == ("unknown", NOW_MS), "the generator is dead"
