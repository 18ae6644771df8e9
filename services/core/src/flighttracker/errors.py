"""Every error that this project raises on purpose.

    FlightTrackerError
    ├── UserError            the user can fix it; the message says how. Exit code 2
    │   ├── SpecError        a FlightTracker resource is invalid; one line for each mistake
    │   └── StartError       a port is in use, a file is unreadable, the page is not built
    ├── RetryableError       may succeed on a later attempt; can say how long to wait
    │   ├── SourceError      a real source returned no usable answer
    │   └── BusError         the bus is unavailable for reads or writes
    │       ├── ReassignedError  a shard was given to another reader of the group
    │       └── SharingError relay, frame store or sessions are unavailable; a gateway continues alone
    ├── RecordRefusedError   one record or frame is unusable; counted by `reason`, kept, never stops the stream
    └── FrameError           bytes are not a frame of a supported version
        └── FrameVersionError    a frame of a newer version

Anything else that escapes is a bug. Third-party exceptions are wrapped where they are caught, with `from`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flighttracker.redaction import presentable


class FlightTrackerError(Exception):
    """Base of every error that this project raises on purpose; its text has no credentials and no hidden characters."""

    def __str__(self) -> str:
        return presentable(super().__str__())


class UserError(FlightTrackerError):
    """Something that the user can fix; the message says what and how."""


@dataclass(frozen=True, slots=True)
class SpecMistake:
    """One mistake in a resource.

    Attributes:
        path: the field: `spec.source.simulated.aircraft`.
        value: its value as YAML; empty for an absent field.
        allowed: what is valid, as the end of a sentence: "must be at most 3".
        line: where it is in the text, from 1; 0 for an object of the API server.
    """

    path: str
    value: str
    allowed: str
    line: int = 0

    def __str__(self) -> str:
        shown = f" is {self.value}, but" if self.value else ""
        return presentable(f"{self.path}{shown} {self.allowed}")


class SpecError(UserError):
    """A FlightTracker resource has one or more mistakes."""

    def __init__(self, mistakes: Sequence[SpecMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class StartError(UserError):
    """A role cannot start with its present settings or environment."""


class RetryableError(FlightTrackerError):
    """An operation that may succeed on a later attempt."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SourceError(RetryableError):
    """A source of positions returned no usable answer.

    Attributes:
        reason: short and stable, a metric label.
        was_reached: whether the server got the request, so that it may count against a limit.
    """

    def __init__(
        self, message: str, *, reason: str, retry_after_s: float | None = None, was_reached: bool = True
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.reason = reason
        self.was_reached = was_reached


class BusError(RetryableError):
    """The bus is unavailable for reads or writes."""


class ReassignedError(BusError):
    """A shard was given to another reader of the group."""


class SharingError(BusError):
    """A server that gateways share is unavailable: relay, frame store or sessions."""


class RecordRefusedError(FlightTrackerError):
    """One record is unusable.

    Attributes:
        reason: a short, stable metric label: `latitude_range`, `truncated`.
        detail: a sentence that contains the value.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class FrameError(FlightTrackerError):
    """Bytes are not a frame of a supported version."""


class FrameVersionError(FrameError):
    """A frame has a version that this program does not read; the next one will not help."""


def first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first exception of a group that is not itself a group."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
