"""The HTTP interface of the tracker's sources. `app` mounts `ROUTES`."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import get
from litestar.di import NamedDependency

from flighttracker.source_report import SourceReport, SourceState
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals

STATES: Final = (
    "fresh: it sends positions; late: no new answer for three intervals; stopped: its answers no longer change; "
    "refused: its account is wrong, missing or not allowed; rate_limited: it asked for a pause, until next_request_ms; "
    "unreachable: no connection; failing: its answers cannot be used; starting: no answer yet; "
    "unknown: its generator does not report"
)


def _time(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=f"{text}, milliseconds since 1970 UTC; null if unknown")


class SourceStatus(msgspec.Struct, frozen=True):
    """One source of positions, and its state."""

    name: Annotated[str, msgspec.Meta(description="name of the source, which its positions have as `source`")]
    kind: Annotated[str, msgspec.Meta(description="kind of the source: simulated, opensky, readsb and others")]
    interval_s: Annotated[float, msgspec.Meta(description="seconds between two reports")]
    state: Annotated[SourceState, msgspec.Meta(description=STATES)]
    since_ms: Annotated[int | None, _time("since when it has this state")]
    reported_ms: Annotated[int | None, _time("when the generator last reported it")]
    last_success_ms: Annotated[int | None, _time("when it last sent something usable")]
    next_request_ms: Annotated[int | None, _time("when it is asked next, or the pause ends")]
    aircraft: Annotated[int | None, msgspec.Meta(description="aircraft in its last answer; null if unknown")]
    credits_remaining: Annotated[
        int | None, msgspec.Meta(description="credits that its account has left today; null if it has none")
    ]
    reason: Annotated[
        str, msgspec.Meta(description="why it fails, as in flights_source_errors_total; empty if it does not")
    ]


class Sources(msgspec.Struct, frozen=True):
    """The sources of the tracker."""

    time_ms: Annotated[int, msgspec.Meta(description="time of the answer, milliseconds since 1970 UTC")]
    sources: Annotated[list[SourceStatus], msgspec.Meta(description="in the order of the resource")]


@get(
    "/api/v1/sources",
    summary="The sources of positions, with the state of each",
    opt={ACCESS: Scope.VIEW},
    responses=refusals(401, 403, 503),
)
async def sources(gateway: NamedDependency[Gateway]) -> Sources:
    """Answer the state of each source, without its address."""
    reports = await gateway.sources.now()
    found = [
        _status(report, source.kind, source.interval_s)
        for source, report in zip(gateway.sources.sources, reports, strict=True)
    ]
    return Sources(gateway.clock.now_ms(), found)


def _status(report: SourceReport, kind: str, interval_s: float) -> SourceStatus:
    return SourceStatus(
        name=report.name,
        kind=kind,
        interval_s=interval_s,
        state=report.state,
        since_ms=report.since_ms,
        reported_ms=report.reported_ms,
        last_success_ms=report.last_success_ms,
        next_request_ms=report.next_request_ms,
        aircraft=report.aircraft,
        credits_remaining=report.credits_remaining,
        reason=report.reason,
    )


ROUTES: Final = (sources,)
