"""Where positions come from: a simulation, or a real receiver network behind the same interface."""

from flighttracker_generator.sources.base import Source, source_for

__all__ = ["Source", "source_for"]
