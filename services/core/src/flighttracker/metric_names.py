"""Names of metrics that one part exposes and another reads: the operator and `flighttracker local` scrape them.

A counter's name ends with `_total`, as it is exposed. The names of all other metrics stand where they are defined.
"""

from __future__ import annotations

from typing import Final

AIRCRAFT: Final = "flights_aircraft"
VIEWERS: Final = "flights_viewers"
GENERATED: Final = "flights_generated_total"
SOURCE_ERRORS: Final = "flights_source_errors_total"
