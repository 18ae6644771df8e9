"""The condition `Upgrading`: whether a new release of the operator replaces the pods of a tracker, or waits with that.

It is only present during an upgrade. Its time is the start of the upgrade, or of the wait.
"""

from __future__ import annotations

from typing import Final

from flighttracker_operator.status.view import State, false_state

UPGRADING: Final = "Upgrading"
ROLLING: Final = "Rolling"
ROLLING_UNREADY: Final = "RollingUnready"
"""The same for a tracker that was not Ready before, so nobody waits for it."""
WAITING: Final = "WaitingForOthers"
HELD: Final = "UpgradeHeld"
FAILED: Final = "UpgradeFailed"


def rolling(release: str, ready_s: float, *, was_ready: bool) -> State:
    """Return the state of a tracker whose pods are being replaced."""
    message = f"the pods are being replaced by those of release {release}; Ready is expected within {ready_s:g} s"
    return State("True", ROLLING if was_ready else ROLLING_UNREADY, message)


def waiting(release: str, most: int) -> State:
    """Return the state of a tracker that waits for its turn."""
    return false_state(
        WAITING, f"release {release} upgrades {most} trackers at a time; this one keeps its pods for now"
    )


def held(release: str, other: str) -> State:
    """Return the state of a tracker that waits because another one failed."""
    message = f"the upgrade to release {release} is held, because tracker {other} was not Ready in time: fix it"
    return false_state(HELD, f"{message}, or roll the operator back; this tracker keeps its pods")


def failed(release: str, ready_s: float, problem: str) -> State:
    """Return the state of a tracker that was not Ready in time."""
    message = f"not Ready {ready_s:g} s after the upgrade to release {release}, so other trackers are not upgraded"
    return false_state(FAILED, f"{message}: {problem}")
