"""Names of metrics that one part exposes and another reads: the operator and `flighttracker local` scrape them.

The name of a counter includes `_total`, as in /metrics. All other metrics are named in the module that defines them.
"""

from __future__ import annotations

from typing import Final

AIRCRAFT: Final = "flights_aircraft"
VIEWERS: Final = "flights_viewers"
GENERATED: Final = "flights_generated_total"
SOURCE_ERRORS: Final = "flights_source_errors_total"
SOURCE_STATE: Final = "flights_source_state"
SOURCE_STOPPED: Final = "flights_source_stopped"
KAFKA_VOLUME_SIZE: Final = "flights_kafka_volume_size_bytes"
KAFKA_VOLUME_FREE: Final = "flights_kafka_volume_free_bytes"
