"""`exposition`: the metrics of a registry in the format that a scraper asks for. Every role serves it at /metrics.

Prometheus asks for OpenMetrics, which has exemplars: the trace of one observation in a bucket. Everything else gets
Prometheus' text format.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

OPENMETRICS: Final = "application/openmetrics-text"


def exposition(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """Return the metrics, and their content type.

    Args:
        registry: the metrics.
        accept: the header Accept; "" when absent.
    """
    # `choose_encoder` of prometheus_client repeats any version that it is asked for, and fails for some.
    for accepted in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in accepted.split(";"))
        if media_type == OPENMETRICS and not any(part.rstrip("0.") == "q=" for part in parameters):
            body: bytes = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]
            return body, openmetrics.CONTENT_TYPE_LATEST
    return generate_latest(registry), CONTENT_TYPE_LATEST
