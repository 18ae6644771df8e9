"""Trackers and facts for the tests of manifests: fixed ones, and Hypothesis strategies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from flighttracker.errors import SpecError
from flighttracker.spec import FlightTracker, parse_tracker, read_tracker
from flighttracker.spec.quantities import in_units
from flighttracker_operator.manifests import desired, referenced_secrets
from flighttracker_operator.model.facts import Facts, Manifest, SecretFacts, digest_of

EXAMPLES = sorted((Path(__file__).parents[4] / "examples").glob("*.yaml"))
UID = "0b1c2d3e-1111-2222-3333-444455556666"
PASSWORDS = {"kafka_password": "hunter2hunter2kafka", "redis_password": "hunter2hunter2"}
EVERYTHING_SERVED = frozenset(
    {
        "kafka.strimzi.io/v1",
        "monitoring.coreos.com/v1",
        "keda.sh/v1alpha1",
        "gateway.networking.k8s.io/v1",
        "cert-manager.io/v1",
    }
)


def tracker(spec: dict[str, Any] | None = None, *, name: str = "sky") -> FlightTracker:
    """Return a tracker as the API server would return it."""
    return read_tracker(
        {
            "apiVersion": "flighttracker.io/v1alpha1",
            "kind": "FlightTracker",
            "metadata": {"name": name, "namespace": "flights", "uid": UID},
            "spec": spec or {},
        }
    )


def facts(**changes: Any) -> Facts:
    """Return the facts of a plain cluster, with changes."""
    return Facts(**{"uid": UID, "namespace": "flights", **PASSWORDS, **changes})


def secrets_of(wanted: FlightTracker) -> dict[str, SecretFacts]:
    """Return facts about every Secret that a tracker references, with all required keys."""
    return {
        name: SecretFacts(keys=keys, digest=digest_of(dict.fromkeys(keys, "x")))
        for name, keys in referenced_secrets(wanted).items()
    }


def made(wanted: FlightTracker, known: Facts | None = None) -> dict[tuple[str, str], Manifest]:
    """Return the rendered objects of a tracker, by kind and name."""
    manifests = desired(wanted, known or facts())
    found = {(manifest["kind"], manifest["metadata"]["name"]): manifest for manifest in manifests}
    assert len(found) == len(manifests), "two objects of one kind and name"
    return found


def pod_of(manifest: Manifest) -> dict[str, Any]:
    """Return the pod spec of a workload."""
    spec: dict[str, Any] = manifest["spec"]["template"]["spec"]
    return spec


def examples() -> list[FlightTracker]:
    """Return the trackers of all examples; a file may also contain other objects, such as a Secret."""
    documents = [
        (path.name, document)
        for path in EXAMPLES
        for document in path.read_text(encoding="utf-8").split("\n---\n")
        if "kind: FlightTracker" in document
    ]
    return [parse_tracker(document, source=name) for name, document in documents]


_names = st.from_regex(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", fullmatch=True)
_secrets = st.sampled_from(["alpha", "beta.gamma", "s-3"])
_amounts = st.fixed_dictionaries(
    {},
    optional={
        "cpu": st.sampled_from(["10m", "500m", "2", "4"]),
        "memory": st.sampled_from(["32Mi", "300Mi", "1.5Gi", "4Gi"]),
    },
)
_limits = st.fixed_dictionaries({}, optional={"memory": st.sampled_from(["512Mi", "6Gi"]), "cpu": st.just("6")})


def _is_possible(resources: dict[str, dict[str, str]]) -> bool:
    """Return whether no request exceeds its limit; the API server rejects others."""
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    return all(in_units(requests[name]) <= in_units(limits[name]) for name in requests.keys() & limits.keys())


_resources = st.fixed_dictionaries({}, optional={"requests": _amounts, "limits": _limits}).filter(_is_possible)
_storage = st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from(["1Gi", "20Gi"]),
        "className": st.just("fast"),
        "reclaim": st.sampled_from(["Delete", "Retain"]),
    },
)


def _blocks(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _external(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


_kafka = st.one_of(
    _blocks(
        builtin=_blocks(replicas=st.sampled_from([1, 3]), storage=_storage, resources=_resources),
        partitions=st.integers(1, 12),
        retentionMinutes=st.integers(60, 600),
    ),
    st.fixed_dictionaries(
        {
            "provider": st.just("strimzi"),
            "strimzi": _blocks(
                cluster=st.just("shared"),
                replicas=st.sampled_from([1, 3]),
                version=st.just("4.1.1"),
                storage=_storage,
                user=st.fixed_dictionaries({"auth": st.sampled_from(["scram", "tls"])}),
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "provider": st.just("external"),
            "external": st.fixed_dictionaries(
                {"bootstrapServers": st.just("kafka-0:9092,kafka-1:9092")},
                optional={
                    "tlsSecret": _secrets,
                    "saslSecret": _secrets,
                    "saslMechanism": st.sampled_from(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
                },
            ),
        }
    ),
)
_redis = st.one_of(
    _blocks(builtin=_blocks(storage=_storage, resources=_resources)),
    st.fixed_dictionaries({"provider": st.just("external"), "external": _external(urlSecret=_secrets)}),
)
_registry = st.one_of(
    _blocks(compatibility=st.just("FULL")),
    st.fixed_dictionaries(
        {
            "provider": st.just("external"),
            "external": st.fixed_dictionaries(
                {"url": st.just("http://registry:8081")}, optional={"credentialsSecret": _secrets}
            ),
        }
    ),
)
_gateway = _blocks(
    autoscaling=_blocks(minReplicas=st.integers(1, 3), maxReplicas=st.integers(3, 9), connectionsPerPod=st.just(500)),
    auth=st.sampled_from([{"mode": "none"}, {"mode": "token", "token": {"hs256Secret": "signing"}}]),
    drainSeconds=st.sampled_from([0, 10, 12.5, 600]),
    resources=_resources,
    tls=st.just({"secretName": "certificate"}),
)
_ingress = _blocks(
    enabled=st.booleans(),
    className=st.sampled_from(["contour", "nginx", "unknown"]),
    host=st.just("flights.example.org"),
    annotations=st.just({"example.org/a": "b"}),
    tls=st.sampled_from([{"secretName": "certificate"}, {"clusterIssuer": "letsencrypt"}]),
    gatewayApi=st.just({"parentRef": {"name": "edge", "sectionName": "https"}}),
)
_pod_template = _blocks(
    tolerations=st.just([{"key": "flights", "operator": "Exists", "tolerationSeconds": 5, "effect": "NoExecute"}]),
    nodeSelector=st.just({"disk": "fast"}),
    affinity=st.just({"nodeAffinity": {}}),
    priorityClassName=st.just("high"),
    annotations=st.just({"example.org/team": "sky", "flighttracker.io/config": "mine"}),
    labels=st.just({"team": "sky", "app.kubernetes.io/component": "mine"}),
    imagePullSecrets=st.just(["pull"]),
    imageOverrides=_blocks(gateway=st.just("example.org/gateway:1"), kafka=st.just("example.org/kafka:1")),
)
_specs = _blocks(
    source=st.sampled_from(
        [{}, {"opensky": {"credentialsSecret": "opensky"}}, {"readsb": {"url": "http://receiver/aircraft.json"}}]
    ),
    aircraftTable=st.sampled_from(
        [
            {"url": "https://example.org/aircraft.csv.gz", "credentialsSecret": "table"},
            {"file": "aircraft.csv.gz", "volumeClaim": "tables"},
        ]
    ),
    generator=_blocks(replicas=st.integers(1, 3), resources=_resources),
    kafka=_kafka,
    redis=_redis,
    schemaRegistry=_registry,
    gateway=_gateway,
    web=_blocks(
        enabled=st.booleans(),
        replicas=st.integers(0, 3),
        basePath=st.just("/maps/north"),
        service=st.sampled_from(
            [{"type": "NodePort", "port": 80}, {"type": "LoadBalancer", "loadBalancerSourceRanges": ["192.0.2.1"]}]
        ),
        resources=_resources,
    ),
    ingress=_ingress,
    monitoring=_blocks(serviceMonitor=st.booleans(), prometheusRule=st.booleans(), grafanaDashboard=st.booleans()),
    podTemplate=_pod_template,
)


@st.composite
def trackers(draw: st.DrawFn) -> FlightTracker:
    """Return any tracker that the API server would accept."""
    spec, name = draw(_specs), draw(_names)
    try:
        return tracker(spec, name=name)
    except SpecError:
        # Rules over several parts: fields that break one are left out, which gives a valid tracker.
        spec.pop("ingress", None)
        spec.pop("generator", None)
        spec.pop("kafka", None)
        return tracker(spec, name=name)


@st.composite
def clusters(draw: st.DrawFn, wanted: FlightTracker) -> Facts:
    """Return the facts of any cluster in which such a tracker may exist."""
    secrets = secrets_of(wanted)
    return facts(
        api_versions=draw(st.sampled_from([frozenset(), frozenset({"kafka.strimzi.io/v1beta2"}), EVERYTHING_SERVED])),
        secrets=draw(st.sampled_from([secrets, {}])),
        optional_kinds=draw(st.sampled_from([{}, {"BackendTLSPolicy": "gateway.networking.k8s.io/v1"}])),
        ingress_classes={"contour": "projectcontour.io/projectcontour", "nginx": "k8s.io/ingress-nginx"},
        default_ingress_class=draw(st.sampled_from([None, "contour"])),
    )
