"""Sources over TCP, Virtual Radar Server and VATSIM: from the resource to settings, and addresses that are none."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker.errors import SpecError
from flighttracker.plan import plan
from flighttracker.settings import (
    BeastSource,
    SbsSource,
    SourceSettings,
    VatsimSource,
    VirtualRadarSource,
    read_settings,
    write_settings,
)
from flighttracker.settings.generator import GeneratorSettings
from flighttracker.spec import FlightTracker, read_tracker
from flighttracker.spec.feeds import PRIVATE_NETWORKS


def tracker(spec: dict[str, Any]) -> FlightTracker:
    head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "a"}}
    return read_tracker({**head, "spec": spec})


def planned(source: dict[str, Any], *, is_private_forbidden: bool = False) -> SourceSettings:
    (made,) = plan(tracker({"source": source}), is_private_forbidden=is_private_forbidden).generator.sources
    return made


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        (
            {
                "beast": {
                    "connect": "[fd00::1]:30005",
                    "receiver": {"latitude": 52.5, "longitude": 4},
                    "vehicles": True,
                    "intervalSeconds": 2,
                }
            },
            BeastSource(
                connect="[fd00::1]:30005",
                receiver_deg=(52.5, 4.0),
                vehicles=True,
                interval_s=2,
                allowed_networks=PRIVATE_NETWORKS,
            ),
        ),
        (
            {
                "beast": {
                    "listen": {"port": 31000, "maxFeeders": 3, "allowedNetworks": ["10.0.0.0/8"]},
                    "nonIcaoAddresses": True,
                }
            },
            BeastSource(listen_port=31000, max_feeders=3, allowed_networks=("10.0.0.0/8",), non_icao_addresses=True),
        ),
        (
            {"sbs": {"connect": "pi:30003", "nonIcaoAddresses": True}},
            SbsSource(connect="pi:30003", non_icao_addresses=True),
        ),
        (
            {"virtualRadar": {"url": "http://pc/list", "vehicles": True}},
            VirtualRadarSource(url="http://pc/list", name="virtual-radar", vehicles=True),
        ),
        ({"vatsim": {"intervalSeconds": 30}}, VatsimSource(interval_s=30)),
    ],
)
def test_source_becomes_settings(source: dict[str, Any], settings: SourceSettings) -> None:
    assert planned(source) == settings


def test_private_addresses_can_be_forbidden() -> None:
    for source in ({"beast": {"connect": "pi:30005"}}, {"sbs": {"connect": "pi:30003"}}):
        made = planned(source, is_private_forbidden=True)
        assert isinstance(made, BeastSource | SbsSource)
        assert made.is_private_forbidden


def test_account_of_virtual_radar_is_mounted() -> None:
    made = planned({"virtualRadar": {"url": "https://pc/list", "credentialsSecret": "account"}})
    assert isinstance(made, VirtualRadarSource)
    assert made.access.username_file == "/etc/flighttracker/secrets/account/username"


def test_settings_survive_the_file(tmp_path: Any) -> None:
    spec = {
        "sources": [
            {"name": "a", "beast": {"listen": {}}},
            {"name": "b", "sbs": {"connect": "pi:30003"}},
            {"name": "c", "vatsim": {}},
        ]
    }
    made = plan(tracker(spec)).generator
    file = tmp_path / "generator.json"
    file.write_bytes(write_settings(made))
    assert read_settings(file, GeneratorSettings) == made


@pytest.mark.parametrize(
    "address",
    ["pi", "pi:", "pi:0", "pi:65536", "pi:30005/x", "http://pi:30005", "fd00::1:30005", ":30005", "p i:1", "pi:030005"],
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(SpecError, match="must be host:port"):
        tracker({"source": {"beast": {"connect": address}}})


@pytest.mark.parametrize("address", ["pi:1", "192.168.1.20:30005", "[fd00::1]:65535", "raspberry_pi.local:30005"])
def test_addresses_that_are_usable(address: str) -> None:
    assert tracker({"source": {"beast": {"connect": address}}}).spec.source.beast is not None
