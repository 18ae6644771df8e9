"""Base model and field types of the resource: names, quantities, URLs, and the parts that several models share.

Every model is frozen and rejects unknown fields. Texts, lists and mappings are bounded, as a structural schema
requires. The docstring under a field becomes its description in the CRD and in `kubectl explain`. Each pattern has the
message that is shown when a value does not match it. Only the other modules of `flighttracker.spec` use this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from flighttracker.spec.quantities import in_units


class BrokenRule(NamedTuple):
    """A violated rule over several fields.

    Attributes:
        path: the field to fix, relative to the model with the rule: `autoscaling.minReplicas`, `volumes.0.name`.
        allowed: what is valid, as the end of a sentence: "must be at most 3".
    """

    path: str
    allowed: str


BROKEN_RULES: Final = "broken_rules"
"""The type of the validation error that carries `BrokenRule`s."""


class SpecModel(BaseModel):
    """Base of every part of the resource: camelCase in YAML, snake_case in Python, frozen, no unknown fields."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield the violated rules over several fields; each model has its own rules."""
        yield from ()

    @model_validator(mode="after")
    def _check_rules(self) -> SpecModel:
        # One error for all rules: pydantic would stop at the first validator that raises.
        broken = tuple(self.broken_rules())
        if broken:
            message = "; ".join(f"{rule.path} {rule.allowed}" for rule in broken)
            raise PydanticCustomError(BROKEN_RULES, "{message}", {"message": message, "broken": broken})
        return self


class Pattern(NamedTuple):
    """A regular expression, and the message for a value that does not match it."""

    regex: str
    words: str

    def matches(self, text: str) -> bool:
        """Return whether a text is allowed."""
        return re.fullmatch(self.regex, text) is not None


NAME: Final = Pattern(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    "must be lower-case letters, digits and '-', with a letter or digit at both ends",
)
TRACKER_NAME: Final = Pattern(
    r"^[a-z]([-a-z0-9]*[a-z0-9])?$",
    "must be lower-case letters, digits and '-', with a letter first and a letter or digit at the end",
)
"""The names of Services begin with it, and most API servers require a letter there (RFC 1035)."""
DOTTED_NAME: Final = Pattern(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "must be lower-case letters, digits, '-' and '.', with a letter or digit at both ends",
)
HOST: Final = Pattern(
    r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    'must be a host name in lower case such as "flights.example.org", without https:// and without a path',
)
PREFIXED_NAME: Final = Pattern(
    r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$",
    'must be a name as Kubernetes labels have them, such as "service.k8s.aws/nlb"',
)
BASE_PATH: Final = Pattern(
    r"^(/[A-Za-z0-9][-A-Za-z0-9._~]*)*$",
    'must be a path such as "/maps/north": a slash before each part, and none at the end',
)
QUANTITY: Final = Pattern(
    r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$",
    'must be a quantity as Kubernetes writes them, such as "500m", 2, "256Mi" or "10Gi"',
)
WEB_URL: Final = Pattern(r"^https?://[^\s/]+\S*$", 'must be a URL that begins with "http://" or "https://"')
TILES_URL: Final = Pattern(
    r"^(https?://\S+(\{z\}\S*|\.pmtiles(\?\S*)?))?$",
    'must be a URL with {z}, {x} and {y} in it, such as "https://tiles.example.org/{z}/{x}/{y}.png", '
    "or of a .pmtiles file",
)
_OF_PAGE: Final = r"(https?://[^\s/\\?#@]+)?/([^\s/\\]\S*)?"
"""Prefix of a URL, or of a path on the page's host; without a user name."""
MAP_URL: Final = Pattern(
    rf"^{_OF_PAGE}(\{{z\}}\S*(\{{x\}}\S*\{{y\}}|\{{y\}}\S*\{{x\}})\S*|\.pmtiles(\?\S*)?)$",
    "must be a URL, or a path on the page's host, with {z} before {x} and {y}, or of a .pmtiles file, "
    "without a user name",
)
FILE_URL: Final = Pattern(
    rf"^{_OF_PAGE}$",
    'must be a URL or a path on the page\'s host, such as "/overlays/airspaces.geojson", without a user name',
)
PHOTO_URL: Final = Pattern(
    r"^https://[A-Za-z0-9.:-]+/[^\s\\]*\{(icao24|registration)\}[^\s\\]*$",
    'must be a URL that begins with "https://" and has {icao24} or {registration} in its path, without a user name',
)
ORIGIN: Final = Pattern(
    r"^(\*|https?://(\*\.)?[^\s/*@]+)$",
    'must be an origin such as "https://flights.example.org" or "https://*.example.org" without a path, or "*" for any',
)
NETWORK: Final = Pattern(
    r"^[0-9a-fA-F:.]{2,45}(/[0-9]{1,3})?$",
    'must be an address or a network in CIDR notation, such as "10.0.0.0/8" or "fd00::/8"',
)
BOOTSTRAP_SERVERS: Final = Pattern(
    r"^[^\s,:]+:[0-9]{1,5}(,[^\s,:]+:[0-9]{1,5})*$",
    'must be host:port, several joined by commas: "kafka-0:9092,kafka-1:9092"',
)
HOST_PORT: Final = Pattern(
    r"^([a-zA-Z0-9]([-a-zA-Z0-9._]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])"
    r":([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
    'must be host:port, such as "raspberrypi.local:30005" or "[fd00::1]:30005"',
)
KAFKA_VERSION: Final = Pattern(r"^[0-9]+\.[0-9]+\.[0-9]+$", 'must be a version with three numbers, such as "4.1.1"')
RELEASE: Final = Pattern(
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$",
    'must be a semantic version without a leading v, such as "1.4.2"',
)
IMAGE: Final = Pattern(r"^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$", 'must be an image, such as "example.org/team/gateway:1.2"')
HEADER_NAME: Final = Pattern(
    r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
    'must be the name of an HTTP header, such as "X-API-Key"',
)
HEADER_VALUE: Final = Pattern(
    r"^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$",
    "must be printable ASCII without spaces at the ends",
)
PARAMETER_NAME: Final = Pattern(
    r"^[A-Za-z0-9._~-]+$",
    'must be the name of a query parameter, such as "key"',
)

DURATION: Final = Pattern(
    r"^[1-9][0-9]{0,3}[hdw]$",
    'must be a number of hours, days or weeks, such as "12h", "7d" or "8w"',
)
SERVER_URL: Final = Pattern(
    r"^https?://[^\s/@?#]+$",
    'must be a URL without user name and path, such as "https://minio.storage.svc:9000"',
)
BUCKET: Final = Pattern(
    r"^[a-z0-9][-a-z0-9.]{1,61}[a-z0-9]$",
    "must be 3 to 63 lower-case letters, digits, '-' and '.', with a letter or digit at both ends",
)
BUCKET_PREFIX: Final = Pattern(
    r"^[A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*$",
    'must be a prefix such as "flights/europe": without a slash at its ends',
)

PATTERNS: Final = (
    HEADER_NAME,
    HEADER_VALUE,
    PARAMETER_NAME,
    NAME,
    TRACKER_NAME,
    DOTTED_NAME,
    HOST,
    PREFIXED_NAME,
    BASE_PATH,
    QUANTITY,
    WEB_URL,
    TILES_URL,
    MAP_URL,
    FILE_URL,
    PHOTO_URL,
    ORIGIN,
    NETWORK,
    BOOTSTRAP_SERVERS,
    HOST_PORT,
    KAFKA_VERSION,
    RELEASE,
    IMAGE,
    DURATION,
    SERVER_URL,
    BUCKET,
    BUCKET_PREFIX,
)


USERINFO: Final = re.compile(r"^[a-zA-Z+]+://[^/?#]*@")
"""A URL with a user name or password in it. The CRD uses the same expression, which CEL and Python read alike."""


def userinfo_rule(name: str, url: str | None, instead: str) -> Iterator[BrokenRule]:
    """Yield a broken rule when a URL has a user name or password: ConfigMaps, logs and statuses would show it.

    Args:
        name: the field.
        url: its value.
        instead: what to use instead, as the end of a sentence.
    """
    if url and USERINFO.match(url):
        yield BrokenRule(name, f"{NO_USERINFO}: {instead}")


def networks_rule(name: str, networks: tuple[str, ...]) -> Iterator[BrokenRule]:
    """Yield a broken rule for each text that is neither an address nor a network.

    The CRD has no such rule: CEL has functions for addresses since Kubernetes 1.31, and rejects the CRD before. The
    operator reports it in the condition.

    Args:
        name: the field.
        networks: its value.
    """
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            yield BrokenRule(name, f'must be addresses or networks such as "10.0.0.0/8"; "{network}" is neither')


NO_USERINFO: Final = "must contain no user name or password"


def _quantity_text(value: object) -> object:
    """Return `cpu: 2` as text: the API server accepts an int-or-string."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ObjectName = Annotated[str, Field(pattern=DOTTED_NAME.regex, max_length=253)]
"""Name of another Kubernetes object in the same namespace."""
Quantity = Annotated[
    str,
    Field(pattern=QUANTITY.regex, max_length=20, json_schema_extra={"x-kubernetes-int-or-string": True}),
    BeforeValidator(_quantity_text),
]
WebUrl = Annotated[str, Field(pattern=WEB_URL.regex, max_length=2048)]
Network = Annotated[str, Field(pattern=NETWORK.regex, max_length=49)]
ShortText = Annotated[str, Field(max_length=256)]
LongText = Annotated[str, Field(max_length=4096)]
Texts = Annotated[dict[str, LongText], Field(max_length=64)]
"""Labels or annotations."""


class Amounts(SpecModel):
    """Amounts of CPU and memory; an amount that is left out is not set."""

    cpu: Quantity | None = None
    """CPU cores: 1, or "500m" for half."""
    memory: Quantity | None = None
    """Memory in bytes: "256Mi", "2Gi"."""


class Resources(SpecModel):
    """CPU and memory of a container. Without requests and limits, the operator's defaults for the workload apply."""

    requests: Amounts = Amounts()
    """What is reserved on a node."""
    limits: Amounts = Amounts()
    """Limits of the container."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield each request above its limit."""
        for name in ("cpu", "memory"):
            request, limit = getattr(self.requests, name), getattr(self.limits, name)
            if request is not None and limit is not None and in_units(request) > in_units(limit):
                yield BrokenRule(f"requests.{name}", f"must be at most limits.{name}")


class Storage(SpecModel):
    """A persistent volume for each replica."""

    size: Quantity = "10Gi"
    """Size of the volume. It can grow if the StorageClass allows it, never shrink."""
    class_name: ObjectName | None = None
    """StorageClass of the volume. Defaults to the cluster's."""
    reclaim: Literal["Delete", "Retain"] = "Delete"
    """What happens to the volume when the tracker is deleted. `Retain` keeps its claim for a tracker of the same name;
    the map does not need it."""
