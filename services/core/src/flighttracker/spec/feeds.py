"""`beast` and `sbs` of a source: streams over TCP, from a receiver or from feeders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from flighttracker.spec.fields import HOST_PORT, BrokenRule, Network, SpecModel, networks_rule

HostPort = Annotated[str, Field(pattern=HOST_PORT.regex, max_length=261)]

PRIVATE_NETWORKS: Final = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
"""Addresses that the internet does not route, and those of carriers and VPNs."""
METRICS_PORT: Final = 9100

UNIQUE_PORTS: Final = "must listen on different ports"
ONE_LISTENS: Final = "must be 1 with beast.listen: feeders connect to one generator"
ONE_WAY: Final = "or listen must be set, and not both"
NOT_METRICS: Final = f"must not be {METRICS_PORT}: metrics are served there"


class ReceiverPlace(SpecModel):
    """Place of a receiver, degrees."""

    latitude: float = Field(ge=-90, le=90)
    """Degrees north."""
    longitude: float = Field(ge=-180, le=180)
    """Degrees east."""


class Listen(SpecModel):
    """Awaits feeders. The connections carry no password: `allowedNetworks` and the network itself protect the port."""

    port: int = Field(default=30004, ge=1024, le=65535)
    """Port to which feeders connect. In a cluster, the Service TRACKER-feeders has it."""
    max_feeders: int = Field(default=16, ge=1, le=64)
    """Most feeders at a time; one address may have half of them."""
    allowed_networks: tuple[Network, ...] = Field(default=PRIVATE_NETWORKS, min_length=1, max_length=16)
    """Networks of the feeders; others are closed at once. Defaults to private networks."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield the port of the metrics, and networks that are none."""
        if self.port == METRICS_PORT:
            yield BrokenRule("port", NOT_METRICS)
        yield from networks_rule("allowedNetworks", self.allowed_networks)


class Beast(SpecModel):
    """Real traffic in the format Mode S Beast over TCP: from your receiver, or from feeders."""

    connect: HostPort | None = None
    """Address of the receiver: "raspberrypi.local:30005"."""
    listen: Listen | None = None
    """Awaits feeders that connect to the tracker."""
    receiver: ReceiverPlace | None = None
    """Place of the receiver, to within 300 km. Without it, aircraft on the ground are shown only if they were heard in
    the air before."""
    interval_seconds: float = Field(default=1.0, ge=1, le=60)
    """Seconds between two positions of one aircraft."""
    vehicles: bool = False
    """Whether to show surface vehicles and obstacles with ADS-B."""
    non_icao_addresses: bool = False
    """Whether to show TIS-B tracks and anonymous aircraft, without an ICAO address."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a missing direction, or a second one."""
        if (self.connect is None) == (self.listen is None):
            yield BrokenRule("connect", ONE_WAY)


class Sbs(SpecModel):
    """Real traffic in the format BaseStation (SBS) over TCP, from your receiver. `beast` has more and is smaller."""

    connect: HostPort
    """Address of the receiver: "raspberrypi.local:30003"."""
    interval_seconds: float = Field(default=1.0, ge=1, le=60)
    """Seconds between two positions of one aircraft."""
    non_icao_addresses: bool = False
    """Whether to show TIS-B tracks and anonymous aircraft, without an ICAO address."""
