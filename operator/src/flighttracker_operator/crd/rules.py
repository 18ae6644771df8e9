"""The CEL rules over several fields, with which the API server rejects what `flighttracker validate` rejects.

Each rule belongs to a model whose `broken_rules()` is its counterpart in Python, with the same message. A test breaks
every rule in both. The messages contain no numbers, because CEL can only concatenate strings of bounded length. Rules
with `oldSelf` restrict updates, so they have no counterpart in Python.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from flighttracker.spec.aircraft_table import CLAIM_OF_A_FILE, NO_PARENTS, ONE_TABLE, PARENTS
from flighttracker.spec.feeds import METRICS_PORT, NOT_METRICS, ONE_LISTENS, ONE_WAY, UNIQUE_PORTS
from flighttracker.spec.fields import TRACKER_NAME
from flighttracker.spec.gateway import DEFAULT_REPLICAS, JWKS_ACCOUNT
from flighttracker.spec.http_access import ONE_PLACE
from flighttracker.spec.outgoing import ONE_BUNDLE, PROXY_ACCOUNT
from flighttracker.spec.pod_template import TOPICS_CONTAINER
from flighttracker.spec.servers import REGISTRY_ACCOUNT, TLS_IS_OFF, BuiltinKafka, BuiltinRedis, StrimziKafka
from flighttracker.spec.source import (
    NO_ACCOUNT_AT_ALL,
    NO_KIND,
    NOT_BOTH,
    ONE_KIND,
    OPENSKY_ACCOUNT,
    SOURCE_ACCOUNT,
    Simulated,
    source_kinds,
    source_model,
    source_names,
)
from flighttracker.spec.tracker import COLLECTOR_ACCOUNT, NAME_CHARACTERS
from flighttracker_operator.crd.history_rules import HISTORY_RULES
from flighttracker_operator.crd.http_rules import HTTP_ACCESS, HTTP_ACCOUNT
from flighttracker_operator.crd.page_rules import PAGE_RULES
from flighttracker_operator.crd.pod_rules import COMMON_CONTAINERS, container_rules
from flighttracker_operator.crd.rule import Rule, no_userinfo


def _providers(*names: str) -> tuple[Rule, ...]:
    blocks = tuple(
        Rule(
            f"self.provider == '{name}' || !has(self.{name})",
            name,
            f"must be left out, because provider is <<self.provider>>; or set provider: {name}",
        )
        for name in names
    )
    missing = Rule(
        "self.provider != 'external' || has(self.external)",
        "external",
        "is missing: provider: external needs the address of the server",
    )
    return (*blocks, missing)


def _storage(provider: str, default: str) -> tuple[Rule, ...]:
    """Return rules for updates of a volume: it can grow, but not shrink or change its storage class."""

    def field(owner: str, name: str, otherwise: str) -> str:
        block = f"{owner}.{provider}"
        return f"has({block}) && has({block}.storage.{name}) ? dyn({block}.storage.{name}) : dyn('{otherwise}')"

    new, old = (f"string({field(owner, 'size', default)})" for owner in ("self", "oldSelf"))
    new_class, old_class = (f"string({field(owner, 'className', '')})" for owner in ("self", "oldSelf"))
    return (
        Rule(
            f"self.provider != '{provider}' || quantity({new}).compareTo(quantity({old})) >= 0",
            provider,
            "storage.size cannot shrink: a volume can only grow",
        ),
        Rule(
            f"self.provider != '{provider}' || {new_class} == {old_class}",
            provider,
            "storage.className cannot change: a volume cannot move to another class; create another tracker instead",
        ),
    )


def _at_most_the_limit(amount: str) -> Rule:
    request, limit = (f"self.{part}.{amount}" for part in ("requests", "limits"))
    both = f"has({request}) && has({limit})"
    compared = f"quantity(string(dyn({request}))).compareTo(quantity(string(dyn({limit})))) <= 0"
    return Rule(f"!({both}) || {compared}", f"requests.{amount}", f"must be at most limits.{amount}")


_BROKERS: Final = (
    f"(self.provider == 'builtin' ? (has(self.builtin) ? self.builtin.replicas : {BuiltinKafka().replicas})"
    " : self.provider == 'strimzi' ? (has(self.strimzi)"
    f" ? (has(self.strimzi.cluster) ? 9 : self.strimzi.replicas) : {StrimziKafka().replicas}) : 9)"
)
"""CEL for the number of brokers; for a Kafka that the tracker does not create, 9, the maximum of replicationFactor."""


def _interval(source: str) -> str:
    """Return CEL for the interval of a source."""
    kinds = zip(source_kinds(), source_names(), strict=True)
    names = [name for kind, name in kinds if "interval_seconds" in source_model(kind).model_fields]
    intervals = (f"has({source}.{name}) ? {source}.{name}.intervalSeconds : " for name in names)
    return f"({''.join(intervals)}{Simulated().interval_seconds})"


def _listens(source: str) -> str:
    return f"(has({source}.beast) && has({source}.beast.listen))"


def _any_of(source: str, kinds: Sequence[str]) -> str:
    return " || ".join(f"has({source}.{kind})" for kind in kinds)


_ONE_SOURCE: Final = tuple(
    Rule(
        f"!has(self.{kind}) || !({_any_of('self', source_names()[:number])})",
        kind,
        f"cannot be combined with {' or '.join(source_names()[:number])}: {ONE_KIND}",
    )
    for number, kind in enumerate(source_names())
    if number
)
"""Rules of a source: at most one kind is set."""

_REPLICAS: Final = f"has({{0}}.builtin) ? {{0}}.builtin.replicas : {BuiltinKafka().replicas}"
_CLUSTER: Final = "has({0}.strimzi) && has({0}.strimzi.cluster) ? {0}.strimzi.cluster : ''"

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Simulated": (
        Rule(
            "self.countries.all(code, code.matches('^[A-Z]{2}$'))",
            "countries",
            'must be two capital letters (ISO 3166), such as "DE"',
        ),
        Rule(
            "self.countries.size() == 0 || self.countries.exists(code, self.countries[code] > 0.0)",
            "countries",
            "must give at least one country a weight above 0",
        ),
    ),
    "BoundingBoxSpec": (
        Rule("self.south < self.north", "south", "must be less than north"),
        Rule("self.west != self.east", "west", "must differ from east"),
    ),
    "OpenSky": (*HTTP_ACCESS, no_userinfo("url", OPENSKY_ACCOUNT)),
    "Readsb": (*HTTP_ACCOUNT, no_userinfo("url", SOURCE_ACCOUNT)),
    "AircraftTableSpec": (
        *HTTP_ACCOUNT,
        no_userinfo("url", SOURCE_ACCOUNT, optional=True),
        Rule("has(self.url) != has(self.file)", "url", ONE_TABLE),
        Rule(f"!has(self.file) || !self.file.matches({json.dumps(PARENTS)})", "file", NO_PARENTS),
        Rule("!has(self.volumeClaim) || has(self.file)", "volumeClaim", CLAIM_OF_A_FILE),
    ),
    "VirtualRadar": (*HTTP_ACCOUNT, no_userinfo("url", SOURCE_ACCOUNT)),
    "Vatsim": (*HTTP_ACCESS, no_userinfo("url", NO_ACCOUNT_AT_ALL)),
    "Beast": (Rule("has(self.connect) != has(self.listen)", "connect", ONE_WAY),),
    "Listen": (Rule(f"self.port != {METRICS_PORT}", "port", NOT_METRICS),),
    "ApiKey": (Rule("has(self.header) != has(self.query)", "header", ONE_PLACE),),
    "Source": _ONE_SOURCE,
    "NamedSource": (*_ONE_SOURCE, Rule(_any_of("self", source_names()), "simulated", NO_KIND)),
    "Resources": (_at_most_the_limit("cpu"), _at_most_the_limit("memory")),
    "Generator": container_rules("generator", TOPICS_CONTAINER),
    "Kafka": (
        *_providers("builtin", "strimzi", "external"),
        Rule(
            f"!has(self.replicationFactor) || self.replicationFactor <= {_BROKERS}",
            "replicationFactor",
            "must be at most the number of brokers",
        ),
        Rule(
            "self.partitions >= oldSelf.partitions",
            "partitions",
            "cannot decrease: Kafka never removes a partition",
        ),
        Rule(
            "self.provider == oldSelf.provider",
            "provider",
            "cannot change from <<oldSelf.provider>>: positions would not be migrated; create another tracker instead",
        ),
        Rule(
            f"self.provider != 'builtin' || ({_REPLICAS.format('self')}) == ({_REPLICAS.format('oldSelf')})",
            "builtin",
            "replicas cannot change: the brokers' quorum is fixed; create another tracker instead",
        ),
        Rule(
            f"({_CLUSTER.format('self')}) == ({_CLUSTER.format('oldSelf')})",
            "strimzi",
            "cluster cannot change: positions would not be migrated; create another tracker instead",
        ),
        *_storage("builtin", BuiltinKafka().storage.size),
        *_storage("strimzi", StrimziKafka().storage.size),
        *container_rules("kafka"),
    ),
    "ExternalKafka": (Rule("!has(self.tls) || self.tls || !has(self.tlsSecret)", "tlsSecret", TLS_IS_OFF),),
    "Redis": (
        *_providers("builtin", "external"),
        *_storage("builtin", BuiltinRedis().storage.size),
        *container_rules("redis"),
    ),
    "SchemaRegistrySpec": (*_providers("builtin", "external"), *container_rules("registry", TOPICS_CONTAINER)),
    "ExternalSchemaRegistry": (no_userinfo("url", REGISTRY_ACCOUNT),),
    "Autoscaling": (Rule("self.minReplicas <= self.maxReplicas", "minReplicas", "must be at most maxReplicas"),),
    "Token": (
        Rule(
            "has(self.hs256Secret) || has(self.jwksUrl)",
            "hs256Secret",
            "is missing: set hs256Secret or jwksUrl to verify tokens",
        ),
        Rule(
            "!(has(self.hs256Secret) && has(self.jwksUrl))",
            "jwksUrl",
            "cannot be combined with hs256Secret: leave one of them out",
        ),
        no_userinfo("jwksUrl", JWKS_ACCOUNT, optional=True),
    ),
    "Auth": (
        Rule(
            "self.mode != 'token' || has(self.token)",
            "token",
            "is missing: mode: token needs hs256Secret or jwksUrl to verify tokens",
        ),
        Rule(
            "self.mode != 'none' || !has(self.token)",
            "token",
            "must be left out, because mode is none; or set mode: token",
        ),
    ),
    "Gateway": (
        Rule(
            f"!has(self.autoscaling) || self.replicas == {DEFAULT_REPLICAS}",
            "replicas",
            "must be left out, because autoscaling sets the number of gateways",
        ),
        Rule(
            "self.keyFrameSeconds >= self.tickSeconds",
            "keyFrameSeconds",
            "must be at least tickSeconds",
        ),
        *container_rules("gateway"),
    ),
    "CaBundle": (Rule("has(self.configMapName) != has(self.secretName)", "configMapName", ONE_BUNDLE),),
    "OutgoingSpec": (
        no_userinfo("httpProxy", PROXY_ACCOUNT, optional=True),
        no_userinfo("httpsProxy", PROXY_ACCOUNT, optional=True),
    ),
    "Monitoring": (no_userinfo("otlpEndpoint", COLLECTOR_ACCOUNT, optional=True),),
    **PAGE_RULES,
    **HISTORY_RULES,
    "FlightTrackerSpec": (
        Rule(
            f"self.gateway.timeToLiveSeconds > {_interval('self.source')}"
            f" && self.sources.all(source, self.gateway.timeToLiveSeconds > {_interval('source')})",
            "gateway.timeToLiveSeconds",
            "must be more than the source's interval, or aircraft disappear between two reports",
        ),
        Rule(
            "double(self.kafka.retentionMinutes) * 60.0 >= self.gateway.timeToLiveSeconds",
            "kafka.retentionMinutes",
            "must cover gateway.timeToLiveSeconds: a gateway rebuilds the map from the positions in Kafka",
        ),
        Rule(
            f"self.sources.filter(one, {_listens('one')}).all(one,"
            f" self.sources.exists_one(other, {_listens('other')} &&"
            " other.beast.listen.port == one.beast.listen.port))",
            "sources",
            UNIQUE_PORTS,
        ),
        Rule(
            f"self.generator.replicas == 1 || !({_listens('self.source')}"
            f" || self.sources.exists(one, {_listens('one')}))",
            "generator.replicas",
            ONE_LISTENS,
        ),
        *COMMON_CONTAINERS,
        Rule(f"self.sources.size() == 0 || !({_any_of('self.source', source_names())})", "source", NOT_BOTH),
    ),
}
"""The rules of each model, by the model's name."""

NAME_RULES: Final = (
    Rule(
        f"size(self.metadata.name) <= {NAME_CHARACTERS}",
        "",
        f"metadata.name must be at most {NAME_CHARACTERS} characters: the names of all its objects begin with it",
    ),
    Rule(f"self.metadata.name.matches('{TRACKER_NAME.regex}')", "", f"metadata.name {TRACKER_NAME.words}"),
)
"""Rules for `metadata.name`, which is stricter than in Kubernetes because children's names start with it."""
