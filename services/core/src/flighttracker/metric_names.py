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
SOURCE_NEXT_REQUEST: Final = "flights_source_next_request_timestamp_seconds"
KAFKA_VOLUME_SIZE: Final = "flights_kafka_volume_size_bytes"
KAFKA_VOLUME_FREE: Final = "flights_kafka_volume_free_bytes"
HISTORY_POSITIONS: Final = "flights_history_positions_total"
HISTORY_ROWS: Final = "flights_history_rows_total"
HISTORY_FAILED_WRITES: Final = "flights_history_failed_writes_total"
HISTORY_LAG: Final = "flights_history_lag"
HISTORY_WAITING: Final = "flights_history_waiting_rows"
HISTORY_DAMAGED: Final = "flights_history_damaged_files"
HISTORY_FILES: Final = "flights_history_files"
HISTORY_SIZE: Final = "flights_history_size_bytes"
HISTORY_OLDEST: Final = "flights_history_oldest_timestamp_seconds"
HISTORY_NEWEST: Final = "flights_history_newest_timestamp_seconds"
HISTORY_VOLUME_SIZE: Final = "flights_history_volume_size_bytes"
HISTORY_VOLUME_FREE: Final = "flights_history_volume_free_bytes"
