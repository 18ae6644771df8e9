"""The lines in which `validate` and `local` describe a resource."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker.spec import FlightTracker, read_tracker
from flighttracker_cli.summary import describe_source, only_in_a_cluster, summarize


def tracker(spec: dict[str, Any]) -> FlightTracker:
    head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "a"}}
    return read_tracker({**head, "spec": spec})


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({}, "10,000 simulated aircraft, the whole world, each reports every 15 s"),
        (
            {"simulated": {"countries": {"DE": 1, "FR": 2, "AT": 0}, "intervalSeconds": 1}},
            "10,000 simulated aircraft from FR, DE, each reports every 1 s",
        ),
        (
            {"simulated": {"countries": dict.fromkeys(["AT", "BE", "CH", "DE", "ES", "FR", "GB"], 1)}},
            "10,000 simulated aircraft from AT, BE, CH, DE, ES, FR and 1 more, each reports every 15 s",
        ),
        ({"opensky": {}}, "OpenSky, the whole world, asked every 90 s without an account"),
        (
            {"opensky": {"credentialsSecret": "sky", "bbox": {"south": 47, "north": 55, "west": 5.5, "east": 15}}},
            "OpenSky, 47 to 55 north, 5.5 to 15 east, asked every 90 s with the account in Secret sky",
        ),
        ({"readsb": {"url": "http://pi/aircraft.json"}}, "http://pi/aircraft.json, asked every 1 s"),
        ({"virtualRadar": {"url": "http://pc/AircraftList.json"}}, "http://pc/AircraftList.json, asked every 1 s"),
        ({"beast": {"connect": "pi:30005"}}, "Mode S Beast from pi:30005, a position every 1 s"),
        ({"beast": {"listen": {}}}, "feeders on port 30004, at most 16, a position every 1 s"),
        ({"sbs": {"connect": "pi:30003"}}, "BaseStation from pi:30003, a position every 1 s"),
        ({"vatsim": {}}, "VATSIM, flights of simulators, asked every 15 s"),
    ],
)
def test_source_in_one_line(source: dict[str, Any], words: str) -> None:
    assert describe_source(tracker({"source": source}).spec.source.chosen) == words


def test_defaults_in_a_few_lines() -> None:
    assert dict(summarize(tracker({}))) == {
        "source": "10,000 simulated aircraft, the whole world, each reports every 15 s",
        "log": "builtin Kafka, 6 shards, kept 60 min, 1 copy of each record",
        "gateways": "2, an update every 1 s, open to everybody",
        "page": "built-in world map",
    }


def test_everything_set_in_a_few_lines() -> None:
    spec = {
        "kafka": {"provider": "external", "external": {"bootstrapServers": "k:9092"}, "partitions": 1},
        "gateway": {
            "autoscaling": {"maxReplicas": 5},
            "auth": {"mode": "token", "token": {"hs256Secret": "keys"}},
        },
        "web": {"tilesUrl": "https://t/{z}/{x}/{y}.png"},
        "ingress": {"enabled": True, "host": "map.example.org", "tls": {"clusterIssuer": "letsencrypt"}},
        "paused": True,
    }
    assert list(summarize(tracker(spec)))[1:] == [
        ("log", "external Kafka, 1 shard, kept 60 min, 3 copies of each record"),
        ("gateways", "2 to 5, an update every 1 s, clients need a token"),
        ("page", "tiles from https://t/{z}/{x}/{y}.png"),
        ("ingress", "https://map.example.org"),
        ("paused", "the operator does not reconcile it"),
    ]


def test_settings_that_local_ignores_are_listed() -> None:
    spec = {
        "redis": {"provider": "external", "external": {"urlSecret": "redis"}},
        "gateway": {"tls": {"secretName": "a"}, "auth": {"mode": "token", "token": {"hs256Secret": "keys"}}},
    }
    assert list(only_in_a_cluster(tracker(spec))) == [
        "spec.redis.provider external is ignored: this process keeps it in memory",
    ]
    assert list(only_in_a_cluster(tracker({}))) == []


@pytest.mark.parametrize(
    ("readsb", "words"),
    [
        ({"url": "http://pi/a.json", "credentialsSecret": "pi"}, "http:// sends the account readable"),
        ({"url": "https://pi/a.json?key=s3cret"}, "the address has a key in it"),
    ],
)
def test_an_account_that_others_can_read_is_reported_and_never_shown(readsb: dict[str, str], words: str) -> None:
    parts = dict(summarize(tracker({"source": {"readsb": readsb}})))
    assert parts["caution"].startswith(words)
    assert "s3cret" not in str(parts)


def test_an_account_over_https_needs_no_caution() -> None:
    readsb = {"url": "https://pi/a.json?at=1", "credentialsSecret": "pi"}
    parts = dict(summarize(tracker({"source": {"readsb": readsb}})))
    assert "caution" not in parts
    assert parts["source"].endswith("with the account in Secret pi")


@pytest.mark.parametrize(
    ("table", "words", "cautions"),
    [
        (
            {"url": "https://a.org/aircraft.csv.gz"},
            "identified by https://a.org/aircraft.csv.gz, asked every 24 h",
            [],
        ),
        (
            {"url": "http://a.org/t?key=s3cret", "intervalSeconds": 5400, "credentialsSecret": "t"},
            "identified by http://a.org/t?key=***, asked every 1.5 h with the account in Secret t",
            ["http:// sends the account", "has a key in it"],
        ),
        ({"url": "https://a.org/t", "intervalSeconds": 90}, "identified by https://a.org/t, asked every 1.5 min", []),
        ({"file": "aircraft.csv"}, "identified by aircraft.csv", ["needs aircraftTable.volumeClaim"]),
        ({"file": "aircraft.csv", "volumeClaim": "t"}, "identified by aircraft.csv in the volume of t", []),
    ],
)
def test_table_of_aircraft_in_one_line(table: dict[str, Any], words: str, cautions: list[str]) -> None:
    lines = list(summarize(tracker({"source": {"readsb": {"url": "http://pi/"}}, "aircraftTable": table})))
    assert dict(lines)["aircraft"] == words
    found = [line for name, line in lines if name == "caution"]
    assert len(found) == len(cautions)
    assert all(part in line for part, line in zip(cautions, found, strict=True))


def test_a_table_that_nothing_uses_is_a_caution() -> None:
    lines = summarize(tracker({"aircraftTable": {"url": "https://a.org/t"}}))
    assert ("caution", "the table of aircraft is not used: simulated aircraft are made up") in list(lines)
