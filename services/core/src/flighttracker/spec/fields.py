"""What the parts of the resource are made of: the base model and the kinds of text that Kubernetes knows.

Every part is frozen, refuses unknown fields, has a default for each field, and bounds whatever can grow, as a
structural schema demands. The docstring under a field is its description in the CRD. A pattern carries the words that
a person reads when it does not match. The other modules of `flighttracker.spec` are the only callers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from flighttracker.spec.quantities import in_units


class BrokenRule(NamedTuple):
    """A rule over several fields that does not hold.

    Attributes:
        path: the field to mend, seen from the model that states the rule: `autoscaling.minReplicas`.
        allowed: what would be right, as the end of a sentence.
    """

    path: str
    allowed: str


BROKEN_RULES: Final = "broken_rules"
"""The type of the validation error that carries `BrokenRule`s."""


class SpecModel(BaseModel):
    """Base of every part of the resource: camelCase in YAML, snake_case in Python, frozen, nothing unknown."""

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
        """Yield the rules over several fields that do not hold; each model states its own."""
        yield from ()

    @model_validator(mode="after")
    def _hold_rules(self) -> SpecModel:
        # One error for all of them: pydantic would stop at the first validator that raises.
        broken = tuple(self.broken_rules())
        if broken:
            message = "; ".join(f"{rule.path} {rule.allowed}" for rule in broken)
            raise PydanticCustomError(BROKEN_RULES, "{message}", {"message": message, "broken": broken})
        return self


class Pattern(NamedTuple):
    """A regular expression, and what it allows in the words of a person."""

    regex: str
    words: str


NAME: Final = Pattern(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    "must be lower-case letters, digits and '-', with a letter or digit at both ends",
)
DOTTED_NAME: Final = Pattern(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "must be lower-case letters, digits, '-' and '.', with a letter or digit at both ends",
)
HOST: Final = Pattern(
    r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    'must be a host name in lower case such as "flights.example.org", without https:// and without a path',
)
QUANTITY: Final = Pattern(
    r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$",
    'must be a quantity as Kubernetes writes them, such as "500m", 2, "256Mi" or "10Gi"',
)
WEB_URL: Final = Pattern(r"^https?://[^\s/]+\S*$", 'must be a URL that begins with "http://" or "https://"')
TILES_URL: Final = Pattern(
    r"^(https?://\S+\{z\}\S*)?$",
    'must be a URL with {z}, {x} and {y} in it, such as "https://tiles.example.org/{z}/{x}/{y}.png"',
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
KAFKA_VERSION: Final = Pattern(r"^[0-9]+\.[0-9]+\.[0-9]+$", 'must be a version with three numbers, such as "4.1.1"')
IMAGE: Final = Pattern(r"^[a-zA-Z0-9][-a-zA-Z0-9._/:@]*$", 'must be an image, such as "example.org/team/gateway:1.2"')

PATTERNS: Final = (
    NAME,
    DOTTED_NAME,
    HOST,
    QUANTITY,
    WEB_URL,
    TILES_URL,
    ORIGIN,
    NETWORK,
    BOOTSTRAP_SERVERS,
    KAFKA_VERSION,
    IMAGE,
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


NO_USERINFO: Final = "must contain no user name or password"


def _quantity_text(value: object) -> object:
    """Return `cpu: 2` as text, as the API server does with an int-or-string."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ObjectName = Annotated[str, Field(pattern=DOTTED_NAME.regex, max_length=253)]
"""Name of another Kubernetes object in the same namespace."""
Quantity = Annotated[
    str,
    Field(pattern=QUANTITY.regex, max_length=20, json_schema_extra={"x-kubernetes-int-or-string": True}),
    BeforeValidator(_quantity_text),
]
WebUrl = Annotated[str, Field(pattern=WEB_URL.regex, max_length=2048)]
ShortText = Annotated[str, Field(max_length=256)]
LongText = Annotated[str, Field(max_length=4096)]
Texts = Annotated[dict[str, LongText], Field(max_length=64)]
"""Labels or annotations."""


class Amounts(SpecModel):
    """An amount of each resource; what is left out is not set."""

    cpu: Quantity | None = None
    """Processor time: 1 is one core, "500m" half of one."""
    memory: Quantity | None = None
    """Memory: "256Mi", "2Gi"."""


class Resources(SpecModel):
    """What a container asks for and may use; empty takes the operator's amounts for that workload."""

    requests: Amounts = Amounts()
    """What the scheduler sets aside."""
    limits: Amounts = Amounts()
    """What the container may use at most."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Nobody asks for more than is allowed."""
        for name in ("cpu", "memory"):
            request, limit = getattr(self.requests, name), getattr(self.limits, name)
            if request is not None and limit is not None and in_units(request) > in_units(limit):
                yield BrokenRule(f"requests.{name}", f"must be at most limits.{name}")


class Storage(SpecModel):
    """A persistent volume for each replica."""

    size: Quantity = "10Gi"
    """Size of the volume; it can grow where the storage class allows it, never shrink."""
    class_name: ObjectName | None = None
    """StorageClass; left out: the cluster's default."""
