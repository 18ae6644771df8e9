"""Errors of the client, each with a sentence that says what to do."""

from __future__ import annotations

from flighttracker.errors import FlightTrackerError, RetryableError, UserError


class ClientError(FlightTrackerError):
    """Base of the errors that `Client` raises."""


class AddressError(ClientError, UserError):
    """No gateway can be at this address: it is malformed, or another server answers."""


class TokenRejectedError(ClientError, UserError):
    """The gateway requires a token, or does not accept this one."""


class VersionError(ClientError, UserError):
    """The gateway uses a version of the protocol or of the frame that this client does not read."""


class RejectedError(ClientError, UserError):
    """The gateway does not accept what this client sends; trying again does not help."""


class UnavailableError(ClientError, RetryableError):
    """No gateway answers now, or it takes no more connections; `retry_after_s` is its advice, seconds."""
