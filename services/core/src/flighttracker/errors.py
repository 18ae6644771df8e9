"""Every error that this project raises on purpose.

    FlightTrackerError
    ├── UserError            what the person who runs this can mend; the message says how. Exit code 2.
    │   ├── SpecError        a FlightTracker resource that is not valid, with one line for each mistake
    │   └── StartError       a port in use, a file that cannot be read, a page that is not built
    ├── RetryableError       may succeed when tried again; carries how long to wait
    │   ├── SourceError      a real source did not give a usable answer
    │   └── BusError         the bus cannot take or give records now
    │       └── SharingError what gateways share is away: relay, frame store, sessions; a gateway goes on alone
    ├── RecordRefusedError   one record or frame that cannot be used; counted by `reason`, kept, never stops the stream
    └── FrameError           bytes that are not a frame of a version we know

Anything else that escapes is a bug. Third-party exceptions are wrapped where they are caught, with `from`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flighttracker.redaction import redacted


class FlightTrackerError(Exception):
    """Base of every error that this project raises on purpose; its text holds no credentials."""

    def __str__(self) -> str:
        return redacted(super().__str__())


class UserError(FlightTrackerError):
    """Something the user can mend; the message says what and how."""


@dataclass(frozen=True, slots=True)
class SpecMistake:
    """One mistake in a resource.

    Attributes:
        path: where it stands, `spec.source.simulated.aircraft` for example.
        value: what stands there, as YAML would show it; empty when a field is absent.
        allowed: what would be right, as the end of a sentence.
    """

    path: str
    value: str
    allowed: str

    def __str__(self) -> str:
        shown = f" is {self.value}, but" if self.value else ""
        return redacted(f"{self.path}{shown} {self.allowed}")


class SpecError(UserError):
    """A FlightTracker resource with one mistake or several."""

    def __init__(self, mistakes: Sequence[SpecMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class StartError(UserError):
    """A role cannot start on this machine as it is."""


class RetryableError(FlightTrackerError):
    """May succeed when tried again."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SourceError(RetryableError):
    """A source of positions did not give a usable answer; `reason` is a metric label."""

    def __init__(self, message: str, *, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.reason = reason


class BusError(RetryableError):
    """The bus cannot take or give records now."""


class SharingError(BusError):
    """What gateways share with each other is away: the relay, the frame store, the sessions."""


class RecordRefusedError(FlightTrackerError):
    """One record that cannot be used.

    Attributes:
        reason: short and stable, a metric label: `latitude_range`, `truncated`.
        detail: a sentence that names the value.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class FrameError(FlightTrackerError):
    """Bytes that are not a frame of a version that we know."""


def first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first exception of a group that is not itself a group."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
