"""The operator's `/health` and `/ready`. Pure.

The operator is unhealthy if a restart may help: the loop hangs, or no request gets a response. It is healthy if the API
server rejects its requests, the CustomResourceDefinition is missing, or there is nothing to do: logs and conditions
report these, and a restart would not help. It is ready once it has read the cluster, unless another operator manages
everything that it should.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

STALE_S: Final = 300.0
"""Time without a response from the API server after which a restart is requested: five resync rounds."""


class Health:
    """Tracks when the API server last responded.

    Args:
        now_s: monotonic time, seconds.

    Attributes:
        standby: operators that manage a part of this one's scope, by part.
        is_useful: whether this operator manages anything.
    """

    def __init__(self, now_s: float) -> None:
        self.standby: Mapping[str, str] = {}
        self.is_useful = True
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
        report: dict[str, Any] = {"status": "alive" if is_alive else "stuck", "last_success_age_s": success_age_s}
        if self._trouble:
            report["trouble"] = self._trouble
        if self.standby:
            report["standby"] = {part: f"managed by operator {other}" for part, other in self.standby.items()}
        return is_alive, report

    def readiness(self, now_s: float) -> tuple[bool, dict[str, Any]]:
        """Return whether the operator does its work, and the body of `/ready`."""
        is_alive, report = self.report(now_s)
        if self._success_s is None:
            return False, {**report, "status": "starting"}
        if not self.is_useful:
            return False, {**report, "status": "standby"}
        return is_alive, {**report, "status": "ready"} if is_alive else report
