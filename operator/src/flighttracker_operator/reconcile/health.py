"""Whether the operator does its work: what `/health` says. Pure.

Unhealthy means that a restart may help: the loop hangs, or no request comes back. It is not unhealthy for an operator
to be refused by the API server, to find no CustomResourceDefinition, or to have nothing to do: that is said in the log
and in conditions, and a restart would change nothing.
"""

from __future__ import annotations

from typing import Any, Final

STALE_S: Final = 300.0
"""Age of the last sign of work above which a restart is asked for: five rounds of the resync."""


class Health:
    """When the operator last got anywhere.

    Args:
        now_s: the time.
    """

    def __init__(self, now_s: float) -> None:
        self._answered_s = now_s
        self._success_s: float | None = None
        self._trouble = "starting"

    def succeeded(self, now_s: float) -> None:
        """Note a round or a pass that went well."""
        self._answered_s = self._success_s = now_s
        self._trouble = ""

    def answered(self, now_s: float, trouble: str) -> None:
        """Note that the API server answered, though not with what was asked for."""
        self._answered_s = now_s
        self._trouble = trouble

    def failed(self, trouble: str) -> None:
        """Note that nothing came back."""
        self._trouble = trouble

    def report(self, now_s: float) -> tuple[bool, dict[str, Any]]:
        """Return whether the operator is alive, and what `/health` shows."""
        is_alive = now_s - self._answered_s <= STALE_S
        success_age_s = None if self._success_s is None else round(now_s - self._success_s, 1)
        report = {"status": "alive" if is_alive else "stuck", "last_success_age_s": success_age_s}
        if self._trouble:
            report["trouble"] = self._trouble
        return is_alive, report
