"""`SourceReport`: the state of one source, from the generator that runs it to gateways and the operator.

A report has no addresses and no texts of servers, because everybody who may see the map may see it.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

from flighttracker.errors import SourceError

SourceState = Literal[
    "starting", "fresh", "late", "stopped", "refused", "rate_limited", "unreachable", "failing", "unknown"
]
SOURCE_STATES: Final[tuple[SourceState, ...]] = get_args(SourceState)
REPORT_INTERVAL_MS: Final = 5_000
SILENT_MS: Final = 30_000
"""A report that is older says nothing about the present."""
KEPT_S: Final = 86_400
"""How long the last report of a source is kept."""

_REFUSED: Final = ("unauthorized", "credentials")
_UNREACHABLE: Final = ("dns", "connection", "tls", "proxy", "timeout", "closed")


class SourceReport(msgspec.Struct, frozen=True):
    """The state of one source. Times are milliseconds since 1970 UTC, None if unknown."""

    name: str
    """Name of the source: that of its entry in `spec.sources`, or the kind of the single source."""
    state: SourceState
    """`fresh`: it sends positions. `late`: no new answer for three intervals. `stopped`: its answers no longer change.
    `refused`: account or permission. `rate_limited`: it asked for a pause. `unreachable`: no connection. `failing`: its
    answers cannot be used. `starting`: no answer yet. `unknown`: its generator does not report."""
    since_ms: int | None = None
    """Since when it has this state."""
    reported_ms: int | None = None
    """When the generator reported it."""
    last_success_ms: int | None = None
    """When it last sent something usable."""
    next_request_ms: int | None = None
    """When it is asked next; for `rate_limited`, the end of the pause."""
    aircraft: int | None = None
    """Aircraft in its last answer."""
    credits_remaining: int | None = None
    """Credits that its account has left today."""
    reason: str = ""
    """Why it fails, as in `flights_source_errors_total`."""


def failure_state(error: SourceError) -> SourceState:
    """Return the state of a source after a request without a usable answer."""
    reason = error.reason.removeprefix("token_")
    if error.retry_after_s is not None or reason == "rate_limited":
        return "rate_limited"
    if reason in _REFUSED:
        return "refused"
    if reason == "idle":
        return "late"
    return "unreachable" if reason in _UNREACHABLE else "failing"


def read_report(name: str, report: bytes | None, now_ms: int) -> SourceReport:
    """Return the stored report of a source as it is now; `unknown` without a recent one.

    Args:
        name: the source.
        report: as `write_report` wrote it; None if there is none.
        now_ms: the time, milliseconds since 1970.
    """
    if report is None:
        return SourceReport(name, "unknown")
    try:
        found = msgspec.json.decode(report, type=SourceReport)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A newer generator may report a state that this program does not know.
        return SourceReport(name, "unknown")
    reported_ms = found.reported_ms or 0
    if now_ms - reported_ms <= SILENT_MS:
        return found
    return msgspec.structs.replace(found, state="unknown", since_ms=reported_ms)


def write_report(report: SourceReport) -> bytes:
    """Return a report as bytes."""
    return msgspec.json.encode(report)
