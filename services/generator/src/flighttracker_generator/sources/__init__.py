"""Sources of positions: a simulation, and real receivers and networks, behind one interface."""

from flighttracker_generator.sources.base import Source, source_for

__all__ = ["Source", "source_for"]
