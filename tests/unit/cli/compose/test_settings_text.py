"""The short settings of a Compose file are the settings of a pod."""

from __future__ import annotations

import msgspec
import pytest

from flighttracker.plan import plan
from flighttracker.settings import write_settings
from flighttracker.spec import FlightTracker, parse_tracker
from flighttracker_cli.compose.inputs import Options, compose_facts
from flighttracker_cli.compose.settings_text import SETTINGS, short_settings
from flighttracker_operator.model.servers import server_settings


def tracker(spec: str) -> FlightTracker:
    text = f"apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {{name: map}}\nspec: {spec}"
    return parse_tracker(text, source="test")


@pytest.mark.parametrize(
    "spec",
    [
        "{}",
        "{source: {opensky: {bbox: {south: 47, west: 5, north: 52, east: 15}, credentialsSecret: sky}}}",
        "{source: {readsb: {url: 'http://192.0.2.1/data/aircraft.json'}}, gateway: {limits: {maxConnections: 5}}}",
        "{gateway: {tls: {secretName: cert}, auth: {mode: token, token: {hs256Secret: key}}}}",
        "{monitoring: {otlpEndpoint: 'http://otel:4318'}}",
    ],
)
def test_short_settings_are_read_as_the_same(spec: str) -> None:
    given = tracker(spec)
    made = plan(given, servers=server_settings(given, compose_facts(given, Options())))
    for name, settings in (("generator.json", made.generator), ("gateway.json", made.gateway)):
        short = short_settings(name, write_settings(settings).decode())
        assert msgspec.json.decode(short, type=SETTINGS[name]) == settings
        assert len(short) < len(write_settings(settings))


def test_other_files_stay_as_they_are() -> None:
    assert short_settings("redis.conf", "dir /data") == "dir /data"
