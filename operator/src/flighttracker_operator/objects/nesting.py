"""JSON that is nested more deeply than any object of Kubernetes: read as a whole, kept in part. Pure.

The API server stores parts of pods in a FlightTracker, and parts of other custom resources, as they are: with up to
10,000 levels. Python reads 1,000. The list or watch with one such object could not be read at all, so its author would
stop the operator for every tracker. `main` and `cluster.watch` make room; `store` keeps no level below `MAX_LEVELS`.
"""

from __future__ import annotations

from typing import Any, Final

READABLE_LEVELS: Final = 11_000
"""Recursion limit of the process: the 10,000 levels of an API server, and what calls the decoder."""
STACK_BYTES: Final = 16 * 1024 * 1024
"""Stack of a thread that decodes JSON: msgspec needs up to 4 MB for these levels. The main thread has 8 MB."""
MAX_LEVELS: Final = 250
"""Levels of a kept object. Trackers with more than 32 are rejected; no other object of the operator has as many."""
TOO_DEEP: Final = "(nested too deeply)"


def may_be_deep(encoded: bytes) -> bool:
    """Return whether an object can have more than `MAX_LEVELS`: whether it has as many brackets."""
    return encoded.count(b"{") + encoded.count(b"[") > MAX_LEVELS


def shallow(value: Any, levels: int = MAX_LEVELS) -> Any:
    """Return a copy of a value with a text in the place of each level below the given number."""
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        return TOO_DEEP
    if isinstance(value, dict):
        return {name: shallow(member, levels - 1) for name, member in value.items()}
    return [shallow(item, levels - 1) for item in value]
