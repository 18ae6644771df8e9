"""Metrics as the scraper asks for them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from flighttracker.exposition import exposition

TRACE = {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"}


def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("flights_things_total", "Things.", registry=registry).inc()
    Histogram("flights_things_seconds", "Time.", buckets=(1.0,), registry=registry).observe(0.5, TRACE)
    return registry


@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
        "text/plain, APPLICATION/OPENMETRICS-TEXT; version=99",
    ],
)
def test_openmetrics_with_exemplars(accept: str) -> None:
    body, content_type = exposition(registry(), accept)
    assert content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    families = {family.name: family for family in open_metrics(body.decode())}  # type: ignore[no-untyped-call]
    assert families["flights_things"].type == "counter"
    exemplars = [sample.exemplar for sample in families["flights_things_seconds"].samples if sample.exemplar]
    assert [exemplar.labels for exemplar in exemplars] == [TRACE]


@pytest.mark.parametrize(
    "accept", ["", "*/*", "text/plain;version=0.0.4", "text/plain;version=x", "application/openmetrics-text;q=0", ";,;"]
)
def test_plain_text_for_everybody_else(accept: str) -> None:
    body, content_type = exposition(registry(), accept)
    assert content_type.startswith("text/plain; version=")
    assert b"trace_id" not in body
    assert "flights_things" in {family.name for family in plain_text(body.decode())}
