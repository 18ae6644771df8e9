"""The plan passes the resource's fields to every role, and its settings survive the file that a pod reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import StartError
from flighttracker.plan import TABLE_DIRECTORY, Listening, plan
from flighttracker.settings import (
    AircraftTableSettings,
    AuthSettings,
    BaseMapSettings,
    GatewaySettings,
    GeneratorSettings,
    HttpAccessSettings,
    OpenSkySource,
    OverlaySettings,
    PhotoSettings,
    ReadsbSource,
    TlsSettings,
    read_settings,
    write_settings,
)
from flighttracker.spec import FlightTracker, parse_tracker, read_tracker

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))
LOCAL = Listening(host="127.0.0.1", port=8000, metrics_port=9100)


def tracker_with(spec: dict[str, Any]) -> FlightTracker:
    head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "local"}}
    return read_tracker({**head, "spec": spec})


def test_defaults_of_the_resource_are_the_defaults_of_the_settings() -> None:
    made = plan(tracker_with({}), listening=LOCAL)
    assert made.generator == GeneratorSettings()
    assert made.gateway == GatewaySettings(metrics_port=9100)
    assert made.shards == 6


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_settings_read_back_equal_from_the_file_that_a_pod_mounts(path: Path, tmp_path: Path) -> None:
    made = plan(parse_tracker(path.read_text(encoding="utf-8"), source=path.name))
    generator_file, gateway_file = tmp_path / "generator.json", tmp_path / "gateway.json"
    generator_file.write_bytes(write_settings(made.generator))
    gateway_file.write_bytes(write_settings(made.gateway))
    assert read_settings(generator_file, GeneratorSettings) == made.generator
    assert read_settings(gateway_file, GatewaySettings) == made.gateway


def test_a_settings_file_of_another_version_names_the_field(tmp_path: Path) -> None:
    file = tmp_path / "gateway.json"
    file.write_text('{"tick_ms": 3}')
    with pytest.raises(StartError, match=r"has no valid GatewaySettings: .*tick_ms"):
        read_settings(file, GatewaySettings)


def test_opensky_reads_its_credentials_where_the_secret_is_mounted() -> None:
    box = {"south": 47, "west": 5, "north": 55, "east": 15}
    spec = {"source": {"opensky": {"credentialsSecret": "sky", "bbox": box, "intervalSeconds": 20}}}
    source = plan(tracker_with(spec), secrets_directory="/secrets").generator.sources[0]
    assert source == OpenSkySource(
        credentials_directory="/secrets/sky",
        bounding_box=BoundingBox(south_deg=47, west_deg=5, north_deg=55, east_deg=15),
        interval_s=20,
    )


def test_opensky_without_a_secret_sends_anonymous_requests() -> None:
    source = plan(tracker_with({"source": {"opensky": {}}})).generator.sources[0]
    assert isinstance(source, OpenSkySource)
    assert source.credentials_directory == ""


def test_readsb_is_polled_at_its_address() -> None:
    spec = {"source": {"readsb": {"url": "http://antenna/aircraft.json"}}}
    assert plan(tracker_with(spec)).generator.sources[0] == ReadsbSource(
        url="http://antenna/aircraft.json", interval_s=1
    )


def test_a_table_of_aircraft_is_a_url_or_a_file() -> None:
    def table(chosen: dict[str, Any], directory: str = TABLE_DIRECTORY) -> AircraftTableSettings | None:
        made = plan(tracker_with({"aircraftTable": chosen}), secrets_directory="/secrets", table_directory=directory)
        return made.generator.aircraft_table

    assert plan(tracker_with({})).generator.aircraft_table is None
    made = table(
        {"url": "https://a/t.csv", "intervalSeconds": 60, "credentialsSecret": "t", "apiKey": {"header": "X-K"}}
    )
    access = HttpAccessSettings(api_key_file="/secrets/t/api_key", api_key_header="X-K")
    assert made == AircraftTableSettings(url="https://a/t.csv", interval_s=60, access=access)
    in_pod = AircraftTableSettings(file=f"{TABLE_DIRECTORY}/x/t.csv", directory=TABLE_DIRECTORY)
    assert table({"file": "/x/t.csv"}) == in_pod
    assert table({"file": "/x/t.csv"}, "") == AircraftTableSettings(file="/x/t.csv")
    assert table({"file": "t.csv"}, "") == AircraftTableSettings(file="t.csv")


@pytest.mark.parametrize(("vehicles", "non_icao_addresses"), [(True, False), (False, True)])
def test_what_is_shown_besides_aircraft_reaches_the_sources(vehicles: bool, non_icao_addresses: bool) -> None:
    spec = {"url": "http://antenna/", "vehicles": vehicles, "nonIcaoAddresses": non_icao_addresses}
    readsb = plan(tracker_with({"source": {"readsb": spec}})).generator.sources[0]
    assert isinstance(readsb, ReadsbSource)
    assert (readsb.vehicles, readsb.non_icao_addresses) == (vehicles, non_icao_addresses)
    opensky = plan(tracker_with({"source": {"opensky": {"vehicles": vehicles}}})).generator.sources[0]
    assert isinstance(opensky, OpenSkySource)
    assert opensky.vehicles == vehicles


def test_every_field_of_the_gateway_reaches_its_settings() -> None:
    limits = {
        "maxConnections": 1,
        "maxConnectionsPerUser": 1,
        "maxConnectsPerSecond": 2,
        "maxConnectsPerAddressPerSecond": 3,
        "maxRequestsPerAddressPerSecond": 6,
        "maxConcurrentRequestsPerAddress": 60,
        "maxMessageBytes": 1024,
        "maxMessagesPerSecond": 4,
        "slowClientSeconds": 5,
        "writeBufferBytes": 8192,
        "pingIntervalSeconds": 7,
        "pingTimeoutSeconds": 8,
        "maxRequestBytes": 5000,
        "requestHeadSeconds": 11,
        "answerSeconds": 12,
        "maxSlotsPerShard": 9,
    }
    gateway = {
        "tickSeconds": 2,
        "timeToLiveSeconds": 60,
        "keyFrameSeconds": 20,
        "drainSeconds": 3,
        "allowedOrigins": ["https://a.example"],
        "trustedProxies": ["10.0.0.0/8"],
        "tls": {"secretName": "cert"},
        "limits": limits,
    }
    web = {
        "tilesUrl": "https://t/{z}/{x}/{y}.png",
        "tilesAttribution": "T",
        "baseMaps": [{"name": "Europe", "url": "/maps/europe.pmtiles", "attribution": "E"}],
        "overlays": [{"name": "Airspaces", "url": "https://a.example/a.kml"}],
        "defaultView": {"latitude": 1, "longitude": 2, "zoom": 3},
        "receiver": {"latitude": 52.3, "longitude": 4.8, "name": "Roof"},
        "photos": {"url": "https://p.example/{icao24}.jpg", "attribution": "P"},
    }
    made = plan(tracker_with({"gateway": gateway, "web": web}), page_directory="/page").gateway
    assert (made.host, made.port, made.page_directory) == ("::", 8080, "/page")
    assert (made.tick_s, made.time_to_live_s, made.key_frame_interval_s, made.drain_s) == (2, 60, 20, 3)
    assert (made.tiles_url, made.tiles_attribution) == ("https://t/{z}/{x}/{y}.png", "T")
    assert made.base_maps == (BaseMapSettings(name="Europe", url="/maps/europe.pmtiles", attribution="E"),)
    assert made.overlays == (OverlaySettings(name="Airspaces", url="https://a.example/a.kml"),)
    assert made.default_view == (1, 2, 3)
    assert made.receiver == (52.3, 4.8, "Roof")
    assert made.photos == PhotoSettings(url="https://p.example/{icao24}.jpg", attribution="P")
    assert made.allowed_origins == ("https://a.example",)
    assert made.trusted_proxies == ("10.0.0.0/8",)
    assert made.tls == TlsSettings(
        certificate_file="/etc/flighttracker/secrets/cert/tls.crt", key_file="/etc/flighttracker/secrets/cert/tls.key"
    )
    set_limits = made.limits
    assert [getattr(set_limits, name) for name in set_limits.__struct_fields__] == list(limits.values())


def test_tokens_are_verified_with_the_mounted_secret_or_the_keys_of_a_url() -> None:
    claims = {"audience": "map", "issuer": "https://id", "leewaySeconds": 5, "refreshSeconds": 60}
    auth = {"mode": "token", "token": {"hs256Secret": "keys", **claims}}
    made = plan(tracker_with({"gateway": {"auth": auth}}), secrets_directory="/secrets").gateway
    assert made.auth == AuthSettings(
        mode="token",
        hs256_secret_file="/secrets/keys/secret",
        audience="map",
        issuer="https://id",
        leeway_s=5,
        refresh_s=60,
    )
    assert made.limits.max_connections_per_user == 100
    auth = {"mode": "token", "token": {"jwksUrl": "https://id/keys"}}
    made = plan(tracker_with({"gateway": {"auth": auth, "limits": {"maxConnectionsPerUser": 7}}})).gateway
    assert made.auth == AuthSettings(mode="token", jwks_url="https://id/keys")
    assert made.limits.max_connections_per_user == 7


def test_pages_of_the_ingress_host_may_connect() -> None:
    spec = {"ingress": {"enabled": True, "host": "map.example.org"}}
    assert plan(tracker_with(spec)).gateway.allowed_origins == ("https://map.example.org", "http://map.example.org")


def test_behind_a_wildcard_host_each_page_may_connect_to_its_own_host_only() -> None:
    spec = {"ingress": {"enabled": True, "host": "*.example.org"}}
    assert plan(tracker_with(spec)).gateway.allowed_origins == ()


def test_without_the_page_none_is_served() -> None:
    made = plan(tracker_with({"web": {"enabled": False}}), page_directory="/page")
    assert made.gateway.page_directory == ""


def test_gateways_know_the_sources_by_their_names_and_kinds_in_yaml() -> None:
    entries = [
        {"name": "roof", "readsb": {"url": "http://pi/"}},
        {"name": "vrs", "virtualRadar": {"url": "http://vrs/"}},
    ]
    made = plan(tracker_with({"sources": entries}))
    assert [(source.name, source.kind, source.interval_s) for source in made.gateway.sources] == [
        ("roof", "readsb", 1.0),
        ("vrs", "virtualRadar", 1.0),
    ]
    assert [source.name for source in made.generator.sources] == ["roof", "vrs"]
    (alone,) = plan(tracker_with({"source": {"virtualRadar": {"url": "http://vrs/"}}})).gateway.sources
    assert (alone.name, alone.kind) == ("virtual-radar", "virtualRadar")
