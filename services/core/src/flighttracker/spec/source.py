"""`spec.source` and `spec.sources`: where positions come from, one source or a list of named ones.

Without either, the traffic is simulated. A new kind of source is a new field of `Source`: its rules, the CRD and
`FlightTrackerSpec.used_sources` follow from the fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, get_args

from pydantic import Field
from pydantic.alias_generators import to_camel

from flighttracker.spec.feeds import Beast, Sbs
from flighttracker.spec.fields import NAME, BrokenRule, ObjectName, SpecModel, WebUrl, userinfo_rule
from flighttracker.spec.http_access import HttpAccess, HttpAccount

_COUNTRY: Final = re.compile(r"[A-Z]{2}")

SOURCE_ACCOUNT: Final = "put them in a Secret and name it in credentialsSecret"
"""What to use instead of an account in a source's address."""
OPENSKY_ACCOUNT: Final = "put the API client of your account in a Secret and name it in credentialsSecret"
"""What to use instead of an account in OpenSky's address."""

MAX_SOURCES: Final = 32
SOURCE_NAME_CHARACTERS: Final = 40

ONE_KIND: Final = "leave one of them out, or list them under sources"
NO_KIND: Final = "or another kind of source is missing: an entry has a name and one source"
NOT_BOTH: Final = "cannot be combined with sources: leave one of them out"
UNIQUE_NAMES: Final = "must have unique names"

Weight = Annotated[float, Field(ge=0, le=1_000_000)]


class Simulated(SpecModel):
    """Simulated traffic between real airports."""

    aircraft: int = Field(default=10_000, ge=1, le=100_000)
    """Number of aircraft, on the ground and in the air."""
    countries: dict[str, Weight] = Field(default={}, max_length=250)
    """Weight of the traffic by country (ISO 3166-1 alpha-2): `{DE: 2, FR: 1}`. If empty, traffic is worldwide, with
    realistic weights."""
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    """Seed of the random generator. The same seed gives the same fleet and the same flights."""
    interval_seconds: float = Field(default=15.0, ge=1, le=3600)
    """Seconds between two positions of one aircraft."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield invalid country codes, and countries without any traffic."""
        for code in self.countries:
            if not _COUNTRY.fullmatch(code):
                yield BrokenRule(f"countries.{code}", 'must be two capital letters (ISO 3166), such as "DE"')
        if self.countries and not any(self.countries.values()):
            yield BrokenRule("countries", "must give at least one country a weight above 0")


class BoundingBoxSpec(SpecModel):
    """A bounding box in degrees. It crosses the antimeridian (±180°) if `west` is greater than `east`."""

    south: float = Field(default=-90.0, ge=-90, le=90)
    """Southern edge, degrees of latitude."""
    west: float = Field(default=-180.0, ge=-180, le=180)
    """Western edge, degrees of longitude."""
    north: float = Field(default=90.0, ge=-90, le=90)
    """Northern edge, degrees of latitude."""
    east: float = Field(default=180.0, ge=-180, le=180)
    """Eastern edge, degrees of longitude."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a box without height or width."""
        if self.south >= self.north:
            yield BrokenRule("south", f"must be less than north, {self.north:g}")
        if self.west == self.east:
            yield BrokenRule("west", "must differ from east")


class OpenSky(HttpAccess):
    """Real traffic from the OpenSky Network's REST API."""

    credentials_secret: ObjectName | None = None
    """Secret with the keys `client_id` and `client_secret`. If unset, requests are anonymous, with a lower quota."""
    bbox: BoundingBoxSpec | None = None
    """Area to request. A smaller area costs fewer credits. Defaults to the whole world."""
    url: WebUrl = "https://opensky-network.org/api/states/all"
    """URL of the state vectors. Change it to use a proxy."""
    interval_seconds: float = Field(default=90.0, ge=5, le=3600)
    """Seconds between two requests. With the default, the whole world costs less than the 4,000 credits a day of an
    account."""
    vehicles: bool = False
    """Whether to show surface vehicles and obstacles with ADS-B."""

    @property
    def account_keys(self) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
        """The Secret with the API client."""
        return ((self.credentials_secret, ("client_id", "client_secret")),)

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield those of every HTTP source, and a URL with a user name or password."""
        yield from super().broken_rules()
        yield from userinfo_rule("url", self.url, OPENSKY_ACCOUNT)


class Readsb(HttpAccount):
    """Real traffic from your own receiver (`aircraft.json` of readsb, dump1090, dump978 or tar1090) or from a network
    that sends the v2 format, https://api.adsb.lol/v2/point/52.3/4.8/100 for example."""

    url: WebUrl
    """Address of aircraft.json: "http://raspberrypi.local/tar1090/data/aircraft.json"."""
    interval_seconds: float = Field(default=1.0, ge=1, le=3600)
    """Seconds between two requests."""
    vehicles: bool = False
    """Whether to show surface vehicles and obstacles with ADS-B."""
    non_icao_addresses: bool = False
    """Whether to show TIS-B tracks and anonymous aircraft, without an ICAO address."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield those of every HTTP source, and a URL with a user name or password."""
        yield from super().broken_rules()
        yield from userinfo_rule("url", self.url, SOURCE_ACCOUNT)


class VirtualRadar(HttpAccount):
    """Real traffic from Virtual Radar Server (`AircraftList.json`)."""

    url: WebUrl
    """Address of the list: "http://desktop.local/VirtualRadar/AircraftList.json"."""
    interval_seconds: float = Field(default=1.0, ge=1, le=3600)
    """Seconds between two requests."""
    vehicles: bool = False
    """Whether to show surface vehicles and obstacles with ADS-B."""
    non_icao_addresses: bool = False
    """Whether to show TIS-B tracks and anonymous aircraft, without an ICAO address."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield those of every HTTP source, and a URL with a user name or password."""
        yield from super().broken_rules()
        yield from userinfo_rule("url", self.url, SOURCE_ACCOUNT)


class Vatsim(HttpAccess):
    """Flights of VATSIM, a network of flight simulators. They are simulated by their pilots."""

    url: WebUrl = "https://data.vatsim.net/v3/vatsim-data.json"
    """URL of the data feed."""
    interval_seconds: float = Field(default=15.0, ge=15, le=3600)
    """Seconds between two requests. The feed changes every 15 s."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield those of every HTTP source, and a URL with a user name or password."""
        yield from super().broken_rules()
        yield from userinfo_rule("url", self.url, NO_ACCOUNT_AT_ALL)


NO_ACCOUNT_AT_ALL: Final = "the feed needs no account"

HttpSource = OpenSky | Readsb | VirtualRadar | Vatsim
AnySource = Simulated | HttpSource | Beast | Sbs


class Source(SpecModel):
    """Where positions come from. Set at most one source; the default is `simulated` with its defaults."""

    simulated: Simulated | None = None
    """Simulated traffic between real airports. This is the default."""
    opensky: OpenSky | None = None
    """Real traffic from the OpenSky Network."""
    readsb: Readsb | None = None
    """Real traffic from your own receiver."""
    virtual_radar: VirtualRadar | None = None
    """Real traffic from Virtual Radar Server."""
    beast: Beast | None = None
    """Real traffic from your own receiver or from feeders, over TCP."""
    sbs: Sbs | None = None
    """Real traffic from your own receiver, over TCP."""
    vatsim: Vatsim | None = None
    """Flights of a network of flight simulators."""

    @property
    def kinds(self) -> list[str]:
        """The kinds that are set, at most one in a valid resource."""
        return [kind for kind in source_kinds() if getattr(self, kind) is not None]

    @property
    def kind(self) -> str:
        """The kind that is set, by the name of its field; simulated by default."""
        return next(iter(self.kinds), "simulated")

    @property
    def kind_name(self) -> str:
        """The kind that is set, by its name in YAML."""
        return to_camel(self.kind)

    @property
    def chosen(self) -> AnySource:
        """The source that is set, or simulated traffic with its defaults."""
        chosen: AnySource | None = getattr(self, self.kind)
        return Simulated() if chosen is None else chosen

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield every source after the first."""
        kinds = [to_camel(kind) for kind in self.kinds]
        for kind in kinds[1:]:
            yield BrokenRule(kind, f"cannot be combined with {kinds[0]}: {ONE_KIND}")


class NamedSource(Source):
    """One of several sources, with exactly one of the fields besides `name`."""

    name: str = Field(pattern=NAME.regex, max_length=SOURCE_NAME_CHARACTERS)
    """Name of the source, unique in the list. Positions, metrics and the page show it."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield every source after the first, and a name without a source."""
        yield from super().broken_rules()
        if not self.kinds:
            yield BrokenRule("simulated", NO_KIND)


def source_kinds() -> list[str]:
    """Return the kinds of sources, which are the fields of `Source`, by their names in Python."""
    return list(Source.model_fields)


def source_names() -> list[str]:
    """Return the kinds of sources by their names in YAML."""
    return [to_camel(kind) for kind in source_kinds()]


def source_model(kind: str) -> type[SpecModel]:
    """Return the model of a kind of source."""
    model: type[SpecModel] = get_args(Source.model_fields[kind].annotation)[0]
    return model
