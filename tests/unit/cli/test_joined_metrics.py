"""The metrics of two roles on one page are valid: each name once, every sample present."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, generate_latest

from flighttracker_cli.joined_metrics import JoinedRegistry


def test_families_of_one_name_are_joined() -> None:
    other = CollectorRegistry()
    joined = JoinedRegistry(other)
    for registry, role in ((other, "generator"), (joined, "gateway")):
        Counter("refused", "Refused.", ["role"], registry=registry).labels(role=role).inc()
    Counter("made", "Made.", registry=other).inc(3)
    page = generate_latest(joined).decode()
    assert page.count("# TYPE refused_total counter") == 1
    assert 'refused_total{role="generator"} 1.0' in page
    assert 'refused_total{role="gateway"} 1.0' in page
    assert "made_total 3.0" in page
    assert generate_latest(joined).decode() == page
