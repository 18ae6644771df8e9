"""The methods of our protocols that override those of uvicorn: a release may change what it calls them with."""

from __future__ import annotations

import inspect


def assert_same_signatures(ours: type, theirs: type, at_least: int) -> None:
    """Fail if a method that overrides another has other parameters, or if fewer than `at_least` override any."""
    overridden = [name for name in vars(ours) if callable(getattr(theirs, name, None))]
    assert len(overridden) >= at_least
    for name in overridden:
        if not name.startswith("__"):
            own, other = getattr(ours, name), getattr(theirs, name)
            assert list(inspect.signature(own).parameters) == list(inspect.signature(other).parameters), name
