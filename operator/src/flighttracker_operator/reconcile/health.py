"""The operator's `/health`. Pure.

The operator is unhealthy if a restart may help: the loop hangs, or no request gets a response. It is healthy if the API
server rejects its requests, the CustomResourceDefinition is missing, or there is nothing to do: logs and conditions
report these, and a restart would not help.
"""

from __future__ import annotations

from typing import Any, Final

STALE_S: Final = 300.0
"""Time without a response from the API server after which a restart is requested: five resync rounds."""


class Health:
    """Tracks when the API server last responded.

    Args:
        now_s: monotonic time, seconds.
    """

    def __init__(self, now_s: float) -> None:
        self._answered_s = now_s
        self._success_s: float | None = None
        self._trouble = "starting"

    def succeeded(self, now_s: float) -> None:
        """Record a successful round or pass."""
        self._answered_s = self._success_s = now_s
        self._trouble = ""

    def answered(self, now_s: float, trouble: str) -> None:
        """Record an error response of the API server."""
        self._answered_s = now_s
        self._trouble = trouble

    def failed(self, trouble: str) -> None:
        """Record a request without a response."""
        self._trouble = trouble

    def report(self, now_s: float) -> tuple[bool, dict[str, Any]]:
        """Return whether the operator is healthy, and the body of `/health`."""
        is_alive = now_s - self._answered_s <= STALE_S
        success_age_s = None if self._success_s is None else round(now_s - self._success_s, 1)
        report = {"status": "alive" if is_alive else "stuck", "last_success_age_s": success_age_s}
        if self._trouble:
            report["trouble"] = self._trouble
        return is_alive, report
